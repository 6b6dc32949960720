package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
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
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.MembershipException;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.protocol.proto.Put;
import dev.sealift.protocol.proto.PutFile;
import dev.sealift.protocol.proto.Receipt;
import dev.sealift.protocol.proto.Refusal;
import dev.sealift.protocol.proto.RefusalCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * One space's log in a {@link FakeMesh}. {@link #admit} checks what a mesh checks, in its order; {@link #append} checks nothing,
 * and with {@link #upTo} that is how a lying mesh makes the logs that its notary should never have signed.
 */
public final class FakeLog {
  /** A file in its place. */
  public record Stored(SignedHeader file, ByteString payload, Leaf leaf) {}

  private final SigningKey notary;
  private final LongSupplier meshMillis;
  private final List<Stored> files = new ArrayList<>();
  private final Map<DeviceId, SignedHeader> chains = new HashMap<>();
  private final Map<DeviceId, Long> places = new HashMap<>();
  private final Map<FileId, Long> placesOfFiles = new HashMap<>();
  private final List<SignedIncarnation> incarnations = new ArrayList<>();
  private final List<SignedIncarnation> lostIncarnations = new ArrayList<>();
  private final List<ByteString> told = new ArrayList<>();
  private Optional<Membership> membership = Optional.empty();
  private boolean recovering;

  FakeLog(SigningKey notary, LongSupplier meshMillis) {
    this.notary = notary;
    this.meshMillis = meshMillis;
  }

  /** A log of its own that begins with the first files of this one. */
  public synchronized FakeLog upTo(long size) {
    FakeLog copy = new FakeLog(notary, meshMillis);
    for (Stored stored : files.subList(0, (int) size)) {
      copy.append(
          stored.file(),
          stored.payload(),
          stored.leaf().serverTimeMillis(),
          stored.leaf().base());
    }
    return copy;
  }

  // After the mesh was restored

  /** From now on it takes back what devices hold, and nothing else; or no more. */
  public synchronized void recover(boolean on) {
    recovering = on;
  }

  synchronized boolean isRecovering() {
    return recovering;
  }

  /** Begins an incarnation at a size that the log has, or had. */
  public synchronized SignedIncarnation begin(int number, long size) {
    Incarnation begun = new Incarnation(
        space(), number, size, root(size), Math.max(size, size()), meshMillis.getAsLong());
    SignedIncarnation signed = SignedIncarnation.sign(begun, notary);
    incarnations.add(signed);
    return signed;
  }

  public synchronized void add(SignedIncarnation before) {
    incarnations.add(before);
  }

  /** It is known of from devices that bring back what stood in it; its heads are not of it. */
  synchronized void addLost(SignedIncarnation lost) {
    lostIncarnations.add(lost);
  }

  synchronized List<SignedIncarnation> incarnations() {
    return List.copyOf(incarnations);
  }

  /** What devices are told of. */
  synchronized List<SignedIncarnation> allIncarnations() {
    return Stream.concat(incarnations.stream(), lostIncarnations.stream()).toList();
  }

  /** The incarnations that devices brought along. */
  public synchronized List<ByteString> told() {
    return List.copyOf(told);
  }

  /** Takes files back at their places; believes that they were there. */
  synchronized List<Outcome> putBack(Put put) throws FormatException {
    told.addAll(put.getRestoration().getIncarnationsList());
    List<Outcome> outcomes = new ArrayList<>();
    long sequence = put.getRestoration().getFirstSequence();
    for (PutFile brought : put.getFilesList()) {
      SignedHeader file = SignedHeader.parse(brought.getSignedHeader());
      if (sequence == size() + 1) {
        append(file, brought.getPayload(), brought.getServerTimeMillis());
      }
      outcomes.add(
          file(sequence).file().equals(file)
              ? receipt(sequence)
              : refusal(RefusalCode.REFUSAL_CODE_UNKNOWN_HEAD));
      sequence++;
    }
    return outcomes;
  }

  private static Outcome refusal(RefusalCode code) {
    return Outcome.newBuilder().setRefusal(Refusal.newBuilder().setCode(code)).build();
  }

  private boolean isExcused(FileHeader header) {
    return incarnations.stream()
        .map(SignedIncarnation::incarnation)
        .anyMatch(begun -> begun.excuses(header.seen(), header.time().millis(), 0));
  }

  private boolean mayHaveLost(FileHeader header) {
    return incarnations.stream()
        .anyMatch(begun -> header.time().millis() <= begun.incarnation().serverTimeMillis());
  }

  public synchronized long size() {
    return files.size();
  }

  public synchronized List<Stored> files() {
    return List.copyOf(files);
  }

  public synchronized Stored file(long sequence) {
    return files.get((int) sequence - 1);
  }

  public synchronized SpaceId space() {
    return files.get(0).file().space();
  }

  public synchronized Optional<Membership> membership() {
    return membership;
  }

  synchronized Optional<SignedHeader> lastOf(DeviceId device) {
    return Optional.ofNullable(chains.get(device));
  }

  /** What the log is, for whoever writes the next file. */
  public synchronized SeenLog seen() {
    return files.isEmpty() ? SeenLog.nothing() : new SeenLog(size(), root(size()));
  }

  // Admission

  synchronized Outcome admit(
      SignedHeader file, ByteString payload, SpaceId space, DeviceId author) {
    RefusalCode refused = judge(file, payload, space, author);
    if (refused == null) {
      append(file, payload);
      return receipt(size());
    }
    if (refused == RefusalCode.REFUSAL_CODE_UNSPECIFIED) {
      return receipt(sequenceOf(file));
    }
    return Outcome.newBuilder()
        .setRefusal(Refusal.newBuilder()
            .setCode(refused)
            .setExpectedCounter(lastCounter(author) + 1)
            .setServerTimeMillis(meshMillis.getAsLong()))
        .build();
  }

  /** Null to admit it; unspecified when it was admitted before. */
  private RefusalCode judge(SignedHeader file, ByteString payload, SpaceId space, DeviceId author) {
    FileHeader header = file.header();
    if (!file.space().equals(space)) {
      return RefusalCode.REFUSAL_CODE_WRONG_SPACE;
    }
    if (!header.device().equals(author) && !mayBeHandedOver(header) && !mayHaveLost(header)) {
      return RefusalCode.REFUSAL_CODE_NOT_A_MEMBER;
    }
    if (header.counter() <= lastCounter(header.device())) {
      return sequenceOf(file) > 0
          ? RefusalCode.REFUSAL_CODE_UNSPECIFIED
          : RefusalCode.REFUSAL_CODE_COUNTER_TAKEN;
    }
    if (payload.size() != header.payloadLength()
        || !Hash.of(payload.toByteArray()).equals(header.payloadHash())) {
      return RefusalCode.REFUSAL_CODE_PAYLOAD_MISMATCH;
    }
    return membership.isEmpty() ? judgeGenesis(file) : judgeInSpace(file, membership.get());
  }

  private boolean mayBeHandedOver(FileHeader header) {
    return header.kind() == FileKind.FILE_KIND_EVENTS
        && membership.flatMap(members -> members.device(header.device())).isPresent();
  }

  private boolean has(FileDot dot) {
    return files.stream()
        .map(Stored::file)
        .anyMatch(file -> file.id().equals(dot.file())
            && file.header().device().equals(dot.device())
            && file.header().counter() == dot.counter());
  }

  private RefusalCode judgeGenesis(SignedHeader file) {
    if (!file.header().isGenesis()) {
      return RefusalCode.REFUSAL_CODE_UNKNOWN_SPACE;
    }
    try {
      boolean ours = Membership.found(file).notary().equals(notary.verifyingKey());
      return ours ? null : RefusalCode.REFUSAL_CODE_UNSUPPORTED;
    } catch (MembershipException e) {
      return e.code();
    }
  }

  private RefusalCode judgeInSpace(SignedHeader file, Membership members) {
    FileHeader header = file.header();
    boolean events = header.kind() == FileKind.FILE_KIND_EVENTS;
    if (events && !members.device(header.device()).map(Device::mayWrite).orElse(false)) {
      return RefusalCode.REFUSAL_CODE_NOT_A_MEMBER;
    }
    Optional<VerifyingKey> key = members.authorKey(file);
    if (key.isEmpty()) {
      return RefusalCode.REFUSAL_CODE_NOT_A_MEMBER;
    }
    if (header.counter() != lastCounter(header.device()) + 1) {
      return RefusalCode.REFUSAL_CODE_CHAIN_GAP;
    }
    if (!header.previous().equals(lastOf(header.device()).map(SignedHeader::id))) {
      return RefusalCode.REFUSAL_CODE_WRONG_PREVIOUS;
    }
    if (header.time().millis() > meshMillis.getAsLong() + members.rules().clockBoundMillis()) {
      return RefusalCode.REFUSAL_CODE_CLOCK_AHEAD;
    }
    if (!isExcused(header) && !hasSeenThis(header.seen())) {
      return RefusalCode.REFUSAL_CODE_UNKNOWN_HEAD;
    }
    if (!header.buildsOn().stream().allMatch(this::has)) {
      return RefusalCode.REFUSAL_CODE_BUILDS_ON_MISSING;
    }
    if (!file.verify(key.get())) {
      return RefusalCode.REFUSAL_CODE_BAD_SIGNATURE;
    }
    return header.membership().isEmpty() ? null : judgeChange(file, members);
  }

  private RefusalCode judgeChange(SignedHeader file, Membership members) {
    try {
      members.apply(file, nextServerTime());
      return null;
    } catch (MembershipException e) {
      return e.code();
    }
  }

  private boolean hasSeenThis(SeenLog seen) {
    return seen.sequence() == 0
        || (seen.sequence() <= size() && seen.root().equals(root(seen.sequence())));
  }

  private long nextServerTime() {
    long last = files.isEmpty() ? 0 : file(size()).leaf().serverTimeMillis();
    return Math.max(meshMillis.getAsLong(), last + 1);
  }

  /** Puts a file at the log's end, whatever it is. */
  public synchronized void append(SignedHeader file, ByteString payload) {
    append(file, payload, nextServerTime());
  }

  /** As above, at any time. */
  public synchronized void append(SignedHeader file, ByteString payload, long serverTimeMillis) {
    append(file, payload, serverTimeMillis, base(file.header()));
  }

  private long base(FileHeader file) {
    long before = places.getOrDefault(file.device(), 0L);
    return file.buildsOn().stream()
        .map(dot -> placesOfFiles.getOrDefault(dot.file(), 0L))
        .reduce(before, Math::max);
  }

  /** As above, on any base. */
  public synchronized void append(
      SignedHeader file, ByteString payload, long serverTimeMillis, long base) {
    Leaf leaf = new Leaf(file.space(), size() + 1, serverTimeMillis, base, file.id());
    files.add(new Stored(file, payload, leaf));
    chains.put(file.header().device(), file);
    try {
      if (membership.isEmpty()) {
        membership = Optional.of(Membership.found(file));
      } else if (file.header().kind() == FileKind.FILE_KIND_MEMBERSHIP) {
        membership = Optional.of(membership.get().apply(file, serverTimeMillis));
      }
    } catch (MembershipException lie) {
      // What should not be there changes nothing here.
    }
    long place = membership
        .map(members ->
            members.rules().publicPlace(serverTimeMillis, base, file.header().time()))
        .orElse(0L);
    places.put(file.header().device(), place);
    placesOfFiles.put(file.id(), place);
  }

  private long lastCounter(DeviceId device) {
    return lastOf(device).map(last -> last.header().counter()).orElse(0L);
  }

  private long sequenceOf(SignedHeader file) {
    for (Stored stored : files) {
      if (stored.file().equals(file)) {
        return stored.leaf().sequence();
      }
    }
    return 0;
  }

  // Proving

  private Outcome receipt(long sequence) {
    return Outcome.newBuilder().setReceipt(receiptAt(sequence)).build();
  }

  /** The receipt of a file, with its path to the present head. */
  public synchronized Receipt receiptAt(long sequence) {
    Receipt.Builder receipt = Receipt.newBuilder()
        .setSequence(sequence)
        .setServerTimeMillis(file(sequence).leaf().serverTimeMillis())
        .setBase(file(sequence).leaf().base());
    Proofs.inclusion(sequence - 1, size(), this::node)
        .forEach(hash -> receipt.addPath(hash.byteString()));
    return receipt.build();
  }

  /** The notary's word for the log as it is. */
  public synchronized SignedTreeHead head() {
    return headAt(size());
  }

  /** The notary's word for the log as it was. */
  public synchronized SignedTreeHead headAt(long size) {
    int incarnation = incarnations.isEmpty()
        ? 0
        : incarnations.get(incarnations.size() - 1).incarnation().number();
    TreeHead head = new TreeHead(space(), incarnation, size, root(size), meshMillis.getAsLong());
    return SignedTreeHead.sign(head, notary);
  }

  synchronized Hash root(long size) {
    return Proofs.rootAt(size, this::node);
  }

  private Hash node(int level, long index) {
    CompactTree subtree = new CompactTree();
    for (Stored stored : files.subList((int) (index << level), (int) ((index + 1) << level))) {
      subtree.append(stored.leaf().hash());
    }
    return subtree.root();
  }

  /** The files after a sequence, within what a device takes, with the proof that they are the log's. */
  synchronized Files.Builder read(
      long after, long maxBytes, int maxFiles, Optional<DeviceId> omitted) {
    Files.Builder read =
        Files.newBuilder().setFirstSequence(after + 1).setSignedHead(head().byteString());
    long bytes = 0;
    long last = after;
    while (last < size() && last - after < maxFiles && (last == after || bytes < maxBytes)) {
      LogEntry entry = entry(file(last + 1), omitted);
      bytes += entry.getSerializedSize();
      read.addEntries(entry);
      last++;
    }
    if (last > 0) {
      Proofs.consistency(last, size(), this::node)
          .forEach(hash -> read.addConsistency(hash.byteString()));
    }
    return read;
  }

  private static LogEntry entry(Stored stored, Optional<DeviceId> omitted) {
    LogEntry.Builder entry = LogEntry.newBuilder()
        .setSignedHeader(stored.file().byteString())
        .setServerTimeMillis(stored.leaf().serverTimeMillis())
        .setBase(stored.leaf().base());
    boolean left = omitted.filter(stored.file().header().device()::equals).isPresent();
    return left
        ? entry.setAbsence(PayloadAbsence.PAYLOAD_ABSENCE_OWN).build()
        : entry.setPayload(stored.payload()).build();
  }

  /** A file's bytes with one bit turned. */
  public static SignedHeader withFlippedSignature(SignedHeader file) {
    byte[] bytes = file.toByteArray();
    bytes[bytes.length - 1] ^= 1;
    try {
      return SignedHeader.parse(bytes);
    } catch (FormatException e) {
      throw new AssertionError("a signature may be any bytes", e);
    }
  }
}
