package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.store.ChainHead;
import dev.sealift.client.store.ChainPlace;
import dev.sealift.client.store.RemoteFile;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.NewerFormatException;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.evidence.ShownReceipt;
import dev.sealift.protocol.file.FileDot;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.Leaf;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.protocol.proto.ProvenEntry;
import dev.sealift.protocol.proto.Receipt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Checks what a mesh delivers: signatures, chains, membership, payload hashes, server times, and that it is the log that the
 * notary signed, continuing the one that this device holds. Pure: it keeps nothing and touches no store.
 */
final class LogVerifier {
  /** The root that this device's own log had at a sequence; empty when it does not know. */
  interface Roots {
    Optional<Hash> at(long sequence);
  }

  /** The file that this device's own log has at a place of a chain; empty when it has none there. */
  interface Chains {
    Optional<ChainPlace> at(DeviceId device, long counter);
  }

  /** Which files this device signed itself: their signatures need no checking. */
  interface OwnFiles {
    boolean has(SignedHeader file);
  }

  private final SpaceId space;
  private final VerifyingKey notary;
  private final Predicate<DeviceId> omitted;
  private final List<Incarnation> incarnations;
  private final Roots roots;
  private final Chains held;
  private final OwnFiles own;

  /**
   * @param omitted whose payloads may be left out: the mesh was asked to, or nobody is to look at them
   * @param incarnations what a mesh that was restored said so far that it lost
   */
  LogVerifier(
      SpaceId space,
      VerifyingKey notary,
      Predicate<DeviceId> omitted,
      List<Incarnation> incarnations,
      Roots roots,
      Chains held,
      OwnFiles own) {
    this.incarnations = incarnations;
    this.space = space;
    this.notary = notary;
    this.omitted = omitted;
    this.roots = roots;
    this.held = held;
    this.own = own;
  }

  /**
   * A head that the mesh claims to be the log's present one, checked against the largest one seen so far.
   *
   * @throws MeshViolationException when it is not the notary's, is shorter than the log was, or is a fork of it
   */
  SignedTreeHead checkPresentHead(SignedTreeHead claimed, LogState state)
      throws MeshViolationException {
    if (Integer.compareUnsigned(claimed.head().incarnation(), state.incarnation()) < 0) {
      throw new MeshViolationException(
          Violation.ROLLED_BACK,
          claimed.head().size(),
          "the mesh has gone back to before it was restored");
    }
    SignedTreeHead head = checkSignature(claimed, state);
    long size = head.head().size();
    if (size < state.knownSize()) {
      throw new MeshViolationException(
          Violation.ROLLED_BACK, size, "the mesh's log ends before files that it has acknowledged");
    }
    checkNotForked(head, state);
    return head;
  }

  /**
   * The head of a mesh that says that it was restored: it may be shorter than what was known, and of an incarnation before those that it has
   * lost, whether this device has heard of them or the mesh has from others. Then it need not be of the log that is held beyond where the first of those began: others may have brought back what stood in them. Nor, where nothing was heard of its own incarnation, beyond where the first
   * began of those up to it that came and were lost while this device was away.
   *
   * @param told all incarnations that the mesh has, and has lost, genuine ones
   */
  SignedTreeHead checkRestoredHead(SignedTreeHead head, List<Incarnation> told, LogState state)
      throws MeshViolationException {
    require(isSigned(head, state), head);
    int number = head.head().incarnation();
    if (Integer.compareUnsigned(number, state.incarnation()) > 0) {
      checkIncarnation(head, state);
    }
    long common = Stream.concat(
            Stream.concat(incarnations.stream(), told.stream())
                .filter(begun -> Integer.compareUnsigned(begun.number(), number) > 0),
            told.stream()
                .filter(begun -> !isHeardOf(number, state))
                .filter(begun -> Integer.compareUnsigned(begun.number(), number) <= 0)
                .filter(begun -> !isHeardOf(begun.number(), state)))
        .mapToLong(Incarnation::size)
        .min()
        .orElse(Long.MAX_VALUE);
    if (head.head().size() <= common) {
      checkNotForked(head, state);
    }
    return head;
  }

  private boolean isHeardOf(int incarnation, LogState state) {
    return incarnation == state.incarnation()
        || incarnations.stream().anyMatch(begun -> begun.number() == incarnation);
  }

  /** @throws MeshViolationException when an incarnation is not the notary's, or of another space */
  void checkGenuine(SignedIncarnation signed) throws MeshViolationException {
    if (!signed.incarnation().space().equals(space) || !signed.verify(notary)) {
      throw new MeshViolationException(
          Violation.HEAD_NOT_SIGNED,
          signed.incarnation().size(),
          "an incarnation is not signed by the space's notary");
    }
  }

  /** Whether the log that is held goes through a head. */
  boolean isHeld(SignedTreeHead signed, LogState state) {
    return rootHeld(signed.head().size(), state)
        .filter(signed.head().root()::equals)
        .isPresent();
  }

  /**
   * A head that the mesh pushed; an older one than the newest may come late and is fine.
   *
   * @throws MeshViolationException when it is not the notary's, or is a fork
   */
  SignedTreeHead checkHead(ByteString signed, LogState state)
      throws MeshViolationException, FormatException {
    SignedTreeHead head = checkSignature(SignedTreeHead.parse(signed), state);
    checkNotForked(head, state);
    return head;
  }

  /**
   * The files of one frame, which must follow the position without a gap. Entries that are held already are passed over.
   *
   * @throws MeshViolationException naming the first thing that an honest mesh does not do
   * @throws FormatException when the frame is malformed
   */
  VerifiedFiles check(Files frame, LogState state) throws MeshViolationException, FormatException {
    SignedTreeHead claimed = SignedTreeHead.parse(frame.getSignedHead());
    FutureTask<Boolean> signed = new FutureTask<>(() -> isSigned(claimed, state));
    ForkJoinPool.commonPool().execute(signed); // while this thread checks the files
    Walk walk = new Walk(state, claimed.head().serverTimeMillis());
    long sequence = frame.getFirstSequence();
    if (sequence < 1 || sequence > state.position() + 1) {
      throw new MeshViolationException(Violation.LOG_ALTERED, sequence, "the mesh left files out");
    }
    for (LogEntry entry : frame.getEntriesList()) {
      if (sequence > state.position()) {
        walk.take(sequence, entry);
      }
      sequence++;
    }
    SignedTreeHead head = require(result(signed), claimed);
    checkIncarnation(head, state);
    checkNotForked(head, state);
    walk.checkAgainst(head, sequence - 1, frame.getConsistencyList(), state);
    walk.checkSeen();
    walk.checkBases();
    return new VerifiedFiles(walk.entries, walk.state(state).withHead(head));
  }

  /**
   * Files of a log, under no head: all that is checked of {@link #check checked} ones, but what the notary has to say of them.
   *
   * @throws MeshViolationException naming the first thing that no log has
   */
  VerifiedFiles follow(Files frame, LogState state) throws MeshViolationException, FormatException {
    if (frame.getFirstSequence() != state.position() + 1 || frame.getEntriesCount() == 0) {
      throw new FormatException("files of the log are missing");
    }
    Walk walk = new Walk(state, 0);
    for (LogEntry entry : frame.getEntriesList()) {
      walk.take(walk.next(), entry);
    }
    walk.checkSeen();
    walk.checkBases();
    return new VerifiedFiles(walk.entries, walk.state(state));
  }

  /** Whether a frame's files, and there are some, are those of a log that goes on from the state's to the frame's head, whatever is wrong with them otherwise. */
  boolean leads(Files frame, LogState state) {
    CompactTree tree = state.tree().copy();
    long sequence = frame.getFirstSequence();
    if (sequence < 1 || sequence > tree.size() + 1) {
      return false;
    }
    try {
      for (LogEntry entry : frame.getEntriesList()) {
        if (sequence == tree.size() + 1) {
          tree.append(leafHash(sequence, entry));
        }
        sequence++;
      }
      TreeHead head = SignedTreeHead.parse(frame.getSignedHead()).head();
      return tree.size() > state.position()
          && tree.size() == sequence - 1
          && leads(tree, head, hashes(frame.getConsistencyList()));
    } catch (FormatException e) {
      return false;
    }
  }

  /** The root that a log has at a size, which goes on with a frame's files; empty where it does not come there with them. */
  Optional<Hash> rootBehind(Files frame, LogState state, long size) {
    CompactTree tree = state.tree().copy();
    long sequence = frame.getFirstSequence();
    for (LogEntry entry : frame.getEntriesList()) {
      if (sequence == tree.size() + 1 && tree.size() < size) {
        tree.append(leafHash(sequence, entry));
      }
      sequence++;
    }
    return tree.size() == size ? Optional.of(tree.root()) : Optional.empty();
  }

  /** Of whatever stands there. */
  private Hash leafHash(long sequence, LogEntry entry) {
    FileId file = FileId.of(Hash.of(entry.getSignedHeader().toByteArray()));
    return new Leaf(space, sequence, entry.getServerTimeMillis(), entry.getBase(), file).hash();
  }

  private static boolean leads(CompactTree tree, TreeHead head, List<Hash> consistency) {
    return tree.size() == head.size()
        ? tree.root().equals(head.root())
        : tree.size() < head.size()
            && Proofs.verifyConsistency(
                tree.size(), head.size(), tree.root(), head.root(), consistency);
  }

  /**
   * A receipt for a file of this device's own.
   *
   * @throws MeshViolationException when its path does not lead to the signed head
   */
  SignedTreeHead checkReceipt(Receipt receipt, FileId file, ByteString signedHead, LogState state)
      throws MeshViolationException, FormatException {
    ShownReceipt given = new ShownReceipt(file, receipt, SignedTreeHead.parse(signedHead));
    try {
      checkReceipt(given, state);
      return given.head();
    } catch (MeshViolationException e) {
      throw e.of(given);
    }
  }

  private void checkReceipt(ShownReceipt given, LogState state)
      throws MeshViolationException, FormatException {
    SignedTreeHead head = checkSignature(given.head(), state);
    checkNotForked(head, state);
    Receipt receipt = given.receipt();
    long sequence = receipt.getSequence();
    boolean inRange = sequence >= 1 && receipt.getServerTimeMillis() > 0;
    Leaf leaf = inRange
        ? new Leaf(space, sequence, receipt.getServerTimeMillis(), receipt.getBase(), given.file())
        : null;
    if (leaf == null || !isIncluded(leaf, receipt.getPathList(), head.head())) {
      throw new MeshViolationException(
          Violation.RECEIPT_FALSE,
          sequence,
          "a receipt does not lead to the head that was signed with it");
    }
  }

  /**
   * A file that was told by itself, of a log whose head was checked.
   *
   * @return the file; its payload, too, is what it says
   * @throws MeshViolationException when it is not of that log; who its author is was not looked at
   */
  SignedHeader checkEntry(ProvenEntry proven, SignedTreeHead head)
      throws MeshViolationException, FormatException {
    long sequence = proven.getSequence();
    LogEntry entry = proven.getEntry();
    SignedHeader file = parse(sequence, entry.getSignedHeader());
    checkSpace(sequence, file, space);
    boolean inRange = sequence >= 1 && entry.getServerTimeMillis() > 0;
    if (!inRange || !isIncluded(leaf(sequence, file, entry), proven.getPathList(), head.head())) {
      throw new MeshViolationException(
          Violation.LOG_ALTERED, sequence, "a file is not that of the signed log");
    }
    checkPayload(sequence, file, entry);
    return file;
  }

  private Leaf leaf(long sequence, SignedHeader file, LogEntry entry) {
    return new Leaf(space, sequence, entry.getServerTimeMillis(), entry.getBase(), file.id());
  }

  private static boolean isIncluded(Leaf leaf, List<ByteString> path, TreeHead head)
      throws FormatException {
    return leaf.sequence() <= head.size()
        && Proofs.verifyInclusion(
            leaf.hash(), leaf.sequence() - 1, head.size(), hashes(path), head.root());
  }

  /** Who may write, from a state of the membership on. */
  Authors authors(Optional<Membership> membership) {
    return new Authors(notary, membership, incarnations, own);
  }

  /**
   * A head that was told with an outline, of a log that goes on from a tree.
   *
   * @param consistency from the tree's size to the head
   */
  SignedTreeHead checkOutline(
      ByteString signed, CompactTree tree, List<ByteString> consistency, LogState state)
      throws MeshViolationException, FormatException {
    SignedTreeHead head = checkHead(signed, state);
    long size = head.head().size();
    boolean leads = size == tree.size()
        ? tree.root().equals(head.head().root())
        : size > tree.size()
            && Proofs.verifyConsistency(
                tree.size(), size, tree.root(), head.head().root(), hashes(consistency));
    if (!leads) {
      throw new MeshViolationException(
          Violation.LOG_ALTERED, tree.size(), "the outline is not that of the signed log");
    }
    return head;
  }

  /** Server times rise, and no file comes from beyond the clock bound. */
  static void checkTimes(
      long sequence, SignedHeader file, long beforeMillis, long timeMillis, SpaceRules rules)
      throws MeshViolationException {
    if (timeMillis <= beforeMillis
        || file.header().time().millis() > timeMillis + rules.clockBoundMillis()) {
      throw new MeshViolationException(
          Violation.TIME_BROKEN,
          sequence,
          "server times do not rise, or a file comes from beyond the clock bound");
    }
  }

  /** What stands in the log is a file. */
  static SignedHeader parse(long sequence, ByteString header)
      throws MeshViolationException, FormatException {
    try {
      return SignedHeader.parse(header);
    } catch (NewerFormatException e) {
      throw e;
    } catch (FormatException e) {
      throw new MeshViolationException(
          Violation.LOG_ALTERED, sequence, "what stands in the log is no file: " + e.getMessage());
    }
  }

  static void checkSpace(long sequence, SignedHeader file, SpaceId space)
      throws MeshViolationException {
    if (!file.space().equals(space)) {
      throw new MeshViolationException(
          Violation.LOG_ALTERED, sequence, "a file of another space stands in the log");
    }
  }

  /** The payload of a file, which is there and is what its header names. */
  static ByteString checkPayload(long sequence, SignedHeader file, LogEntry entry)
      throws MeshViolationException {
    if (entry.getAbsence() != PayloadAbsence.PAYLOAD_ABSENCE_UNSPECIFIED) {
      throw new MeshViolationException(
          Violation.PAYLOAD_MISSING, sequence, "a payload is missing that nothing has superseded");
    }
    ByteString payload = entry.getPayload();
    boolean same = payload.size() == file.header().payloadLength()
        && Hash.of(payload.toByteArray()).equals(file.header().payloadHash());
    if (!same) {
      throw new MeshViolationException(
          Violation.PAYLOAD_ALTERED, sequence, "a payload is not the one that its header names");
    }
    return payload;
  }

  private SignedTreeHead checkSignature(SignedTreeHead head, LogState state)
      throws MeshViolationException {
    require(isSigned(head, state), head);
    checkIncarnation(head, state);
    return head;
  }

  /**
   * A new incarnation is told of by a Welcome, which says where it begins. Who holds nothing yet begins with any. A part of the mesh may
   * still be in the one before for a moment: connecting again brings a Welcome, which must not be.
   */
  private static void checkIncarnation(SignedTreeHead signed, LogState state) {
    boolean fresh = state.position() == 0 && state.newestHead().isEmpty();
    if (signed.head().incarnation() != state.incarnation() && !fresh) {
      throw new MeshBusyException(0);
    }
  }

  /** Runs it here when nobody has begun it: the pool is the app's too, and may be busy for long. */
  private static boolean result(FutureTask<Boolean> task) {
    task.run();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true; // it takes a fraction of a millisecond more
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("checking a head failed", e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean isSigned(SignedTreeHead head, LogState state) {
    boolean knownAlready = state.newestHead().filter(head::equals).isPresent();
    return head.head().space().equals(space) && (knownAlready || head.verify(notary));
  }

  private static SignedTreeHead require(boolean signed, SignedTreeHead head)
      throws MeshViolationException {
    if (!signed) {
      throw new MeshViolationException(
          Violation.HEAD_NOT_SIGNED,
          head.head().size(),
          "a log head is not signed by the space's notary");
    }
    return head;
  }

  /** Two heads of one size must have one root, and a head within what is held must be what is held. */
  private void checkNotForked(SignedTreeHead signed, LogState state) throws MeshViolationException {
    TreeHead head = signed.head();
    Optional<Hash> known = rootHeld(head.size(), state);
    boolean contradicted = Stream.concat(state.newestHead().stream(), state.nextHead().stream())
        .map(SignedTreeHead::head)
        .anyMatch(other -> other.size() == head.size() && !other.root().equals(head.root()));
    if (contradicted || !known.map(head.root()::equals).orElse(true)) {
      throw new MeshViolationException(
          Violation.FORKED, head.size(), "the notary has signed two different logs of one size");
    }
  }

  private Optional<Hash> rootHeld(long size, LogState state) {
    if (size == state.position()) {
      return Optional.of(state.tree().root());
    }
    return size < state.position() ? roots.at(size) : Optional.empty();
  }

  private static List<Hash> hashes(List<ByteString> bytes) throws FormatException {
    if (bytes.size() > Limits.MAX_PROOF_HASHES) {
      throw new FormatException("a proof is longer than any log needs");
    }
    List<Hash> hashes = new ArrayList<>(bytes.size());
    for (ByteString hash : bytes) {
      hashes.add(Hash.parse(hash));
    }
    return hashes;
  }

  private record Place(DeviceId device, long counter) {}

  /** The log's state while one frame's entries are gone through. */
  private final class Walk {
    private final CompactTree tree;
    private final Map<DeviceId, ChainHead> chains;
    private final List<VerifiedEntry> entries = new ArrayList<>();
    private final Map<Place, ChainHead> places = new HashMap<>();
    private final long start;
    private final Authors authors;
    private final long headMillis;
    private long serverTimeMillis;
    private long falseBase;

    /** @param headMillis the server time of the head that the frame came with */
    Walk(LogState state, long headMillis) {
      this.headMillis = headMillis;
      this.tree = state.tree().copy();
      this.chains = new HashMap<>(state.chains());
      this.authors = authors(state.membership());
      this.serverTimeMillis = state.serverTimeMillis();
      this.start = state.position();
    }

    long next() {
      return tree.size() + 1;
    }

    void take(long sequence, LogEntry entry) throws MeshViolationException, FormatException {
      SignedHeader file = parse(sequence, entry.getSignedHeader());
      checkSpace(sequence, file, space);
      authors.take(sequence, file, entry.getServerTimeMillis());
      checkChain(sequence, file);
      checkBuildsOn(sequence, file);
      checkTimes(
          sequence,
          file,
          serverTimeMillis,
          entry.getServerTimeMillis(),
          authors.now().rules());
      boolean expired = isExpired(file, entry);
      Optional<ByteString> payload =
          expired ? Optional.empty() : checkPayload(sequence, file, entry);
      serverTimeMillis = entry.getServerTimeMillis();
      takePlace(sequence, file, entry.getBase());
      tree.append(new Leaf(space, sequence, serverTimeMillis, entry.getBase(), file.id()).hash());
      entries.add(new VerifiedEntry(
          sequence,
          serverTimeMillis,
          entry.getBase(),
          file,
          payload,
          expired,
          tree.root(),
          authors.now()));
    }

    /** What is said of the place of the file before it is judged once this is known to be the signed log. */
    private void takePlace(long sequence, SignedHeader file, long base) {
      FileHeader header = file.header();
      SpaceRules rules = authors.now().rules();
      if (base != base(header, rules) && falseBase == 0) {
        falseBase = sequence;
      }
      long place = rules.publicPlace(serverTimeMillis, base, header.time());
      ChainHead head = new ChainHead(header.counter(), file.id(), place);
      chains.put(header.device(), head);
      places.put(new Place(header.device(), header.counter()), head);
    }

    /** The highest place among the files that it builds on. */
    private long base(FileHeader header, SpaceRules rules) {
      ChainHead before = chains.get(header.device());
      long base = before == null ? 0 : before.place();
      if (rules.isByArrival()) {
        for (FileDot dot : header.buildsOn()) {
          base = Math.max(base, at(dot).map(ChainPlace::place).orElse(0L));
        }
      }
      return base;
    }

    void checkBases() throws MeshViolationException {
      if (falseBase != 0) {
        throw violation(
            Violation.BASE_FALSE,
            falseBase,
            "the notary has signed a base that is not the highest place among the files that this one builds on");
      }
    }

    private void checkBuildsOn(long sequence, SignedHeader file) throws MeshViolationException {
      for (FileDot dot : file.header().buildsOn()) {
        if (at(dot).filter(there -> there.mayBe(dot.file())).isEmpty()) {
          throw violation(
              Violation.BUILDS_ON_MISSING,
              sequence,
              "a file builds on another one, which does not stand before it");
        }
      }
    }

    /** What the log has there before the entry. */
    private Optional<ChainPlace> at(FileDot dot) {
      return Optional.ofNullable(places.get(new Place(dot.device(), dot.counter())))
          .map(there -> new ChainPlace(Optional.of(there.file()), there.place()))
          .or(() -> held.at(dot.device(), dot.counter()));
    }

    private void checkChain(long sequence, SignedHeader file) throws MeshViolationException {
      FileHeader header = file.header();
      ChainHead last = chains.get(header.device());
      long expected = last == null ? 1 : last.counter() + 1;
      boolean follows = header.counter() == expected
          && header.previous().equals(Optional.ofNullable(last).map(ChainHead::file));
      if (!follows) {
        throw violation(
            Violation.CHAIN_BROKEN, sequence, "a file does not follow its author's chain");
      }
    }

    /** What the authors had seen; only once this log is known to be the signed one can theirs be called another. */
    void checkSeen() throws MeshViolationException {
      for (VerifiedEntry entry : entries) {
        if (!isExcused(entry.file().header())) {
          checkSeen(entry.sequence(), entry.file().header().seen());
        }
      }
    }

    private boolean isExcused(FileHeader header) {
      long bound = authors.now().rules().clockBoundMillis();
      return incarnations.stream()
          .anyMatch(begun -> begun.excuses(header.seen(), header.time().millis(), bound));
    }

    private void checkSeen(long sequence, SeenLog seen) throws MeshViolationException {
      boolean known = seen.sequence() < sequence;
      if (!known || !rootAt(seen.sequence()).map(seen.root()::equals).orElse(true)) {
        throw violation(
            Violation.SEEN_ANOTHER_LOG,
            sequence,
            "a file's author has seen another log than this one");
      }
    }

    private Optional<Hash> rootAt(long sequence) {
      if (sequence > start) {
        return Optional.of(entries.get((int) (sequence - start - 1)).root());
      }
      return sequence == 0 ? Optional.of(SeenLog.nothing().root()) : roots.at(sequence);
    }

    /** Whether what the file held is gone, and may be: the log has come to where all of it is over. */
    private boolean isExpired(SignedHeader file, LogEntry entry) {
      long expiresAtMillis = file.header().expiresAtMillis();
      return entry.getAbsence() == PayloadAbsence.PAYLOAD_ABSENCE_EXPIRED
          && file.header().kind() == FileKind.FILE_KIND_EVENTS
          && expiresAtMillis != RemoteFile.NEVER
          && expiresAtMillis <= headMillis;
    }

    private Optional<ByteString> checkPayload(long sequence, SignedHeader file, LogEntry entry)
        throws MeshViolationException {
      boolean left = entry.getAbsence() == PayloadAbsence.PAYLOAD_ABSENCE_OWN
          && omitted.test(file.header().device());
      if (left) {
        return Optional.empty();
      }
      return Optional.of(LogVerifier.checkPayload(sequence, file, entry));
    }

    /** The files must be those of the signed log, and that log must continue the largest one known before. */
    void checkAgainst(
        SignedTreeHead signed, long last, List<ByteString> consistency, LogState state)
        throws MeshViolationException, FormatException {
      TreeHead head = signed.head();
      if (!leadsTo(head, last, hashes(consistency))) {
        throw violation(
            Violation.LOG_ALTERED, tree.size(), "the files are not those of the signed log");
      }
      checkReached(state.nextHead());
      checkReached(state.newestHead());
    }

    /** From the frame's last entry on, also where it was held before; a root that is not known any more proves nothing. */
    private boolean leadsTo(TreeHead head, long last, List<Hash> consistency) {
      Optional<Hash> root = last == tree.size() ? Optional.of(tree.root()) : rootAt(last);
      if (root.isEmpty()) {
        return true;
      }
      return last == head.size()
          ? root.get().equals(head.root())
          : last < head.size()
              && Proofs.verifyConsistency(last, head.size(), root.get(), head.root(), consistency);
    }

    private void checkReached(Optional<SignedTreeHead> before) throws MeshViolationException {
      if (before.isEmpty()) {
        return;
      }
      TreeHead signed = before.get().head();
      boolean reached = signed.size() > start && signed.size() <= tree.size();
      if (reached && !rootAt(signed.size()).orElseThrow().equals(signed.root())) {
        throw violation(
            Violation.FORKED, signed.size(), "the log is not the one that was signed before");
      }
    }

    LogState state(LogState before) {
      return before.advanced(tree, serverTimeMillis, authors.membership(), chains);
    }

    private MeshViolationException violation(Violation violation, long sequence, String message) {
      return new MeshViolationException(violation, sequence, message);
    }
  }
}
