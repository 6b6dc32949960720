package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.compact.Block;
import dev.sealift.client.compact.CarriedFile;
import dev.sealift.client.compact.PartReader;
import dev.sealift.client.compact.StepRange;
import dev.sealift.client.pack.UnknownPayloadVersionException;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.FetchedFile;
import dev.sealift.client.store.Installing;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.store.StepRoots;
import dev.sealift.client.value.Bytes;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.file.SequenceSpan;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Leaf;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.MembershipException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Takes a step whose files were fetched: keeps those, checks what they hold before anything changes, and takes it in. From then on no connection is needed: a step that was cut off goes on when the home is opened. Used with the
 * replica's monitor.
 */
final class StepInstaller {
  private static final String READY = "step.ready";

  private final SpaceStore store;
  private final SpaceRecords records;
  private final ContentKeys keys;

  /** What is under way, as long as it was not taken up again from the store. */
  private Optional<Checked> checked = Optional.empty();

  StepInstaller(SpaceStore store, SpaceRecords records, ContentKeys keys) {
    this.store = store;
    this.records = records;
    this.keys = keys;
  }

  /** Keeps parts that were fetched. */
  void keep(List<FetchedFile> parts) {
    try (Batch batch = store.batchUnsynced()) {
      parts.forEach(batch::fetched);
      batch.commit();
    }
  }

  /** What was fetched is of no use. Not to be called once a step is {@link #ready}. */
  void forget() {
    if (store.fetched(0).isPresent()) {
      try (Batch batch = store.batchUnsynced()) {
        batch.forgetFetched();
        batch.commit();
      }
    }
  }

  /** What is under way; empty when nothing is, or not all of it is here. */
  Optional<StepRange> underWay() {
    return store.setting(READY).map(bytes -> {
      ByteBuffer kept = ByteBuffer.wrap(bytes);
      return new StepRange(kept.getLong(), kept.getLong());
    });
  }

  /**
   * All parts are kept: what they hold is checked, and from now on the step is under way.
   *
   * @param scout has been at the head
   * @throws StepRefusedException when what they hold is nothing that a log could come to
   * @throws MeshViolationException when the key that opens them is not the space's, or a file with a receipt is not where that says
   */
  void ready(Scout scout, StepRange range, LogState log)
      throws StepRefusedException, MeshViolationException {
    Membership membership = scout
        .membershipAt(range.base())
        .orElseThrow(() -> new StepRefusedException("nobody was in the space at a step's base"));
    keys.believe(scout.keys(), range.base(), scout.now());
    Checked step;
    try {
      step = check(range, log, membership);
    } catch (FormatException | KeyMissingException e) {
      throw new StepRefusedException("a compaction is not what a log comes to", e);
    }
    step.ahead().requireAsSigned();
    try (Batch batch = store.batch()) {
      if (log.position() == 0) {
        batch.useRules(membership.rules());
      }
      scout.changes().stream()
          .filter(change -> change.sequence() > log.position() && change.sequence() <= range.base())
          .forEach(change -> batch.fetched(kept(change)));
      batch.putSetting(
          READY,
          ByteBuffer.allocate(2 * Long.BYTES)
              .putLong(range.first())
              .putLong(range.base())
              .array());
      keys.keep(batch); // the log was seen to commit to it
      batch.commit();
    }
    keys.kept();
    checked = Optional.of(step);
  }

  private static FetchedFile kept(VerifiedEntry change) {
    return new FetchedFile(
        change.sequence(),
        change.serverTimeMillis(),
        change.base(),
        Bytes.of(change.file().toByteArray()),
        Bytes.of(change.payload().orElseThrow().toByteArray()));
  }

  // What the parts hold

  private interface BlockTaker {
    void take(Block block) throws FormatException;
  }

  private void blocks(StepRange range, BlockTaker taker) throws FormatException {
    for (Optional<FetchedFile> file = store.fetched(0);
        file.isPresent();
        file = store.fetched(file.get().sequence())) {
      SignedHeader header = header(file.get());
      if (isPart(header, range)) {
        PartReader reader = new PartReader(
            keys.plaintext(header, ByteString.copyFrom(file.get().payload().toByteArray())));
        blocks(reader, taker);
      }
    }
  }

  /** Parts of several steps may be kept: each is of the files that its header names. */
  private static boolean isPart(SignedHeader file, StepRange range) {
    return file.header()
        .supersedes()
        .equals(List.of(new SequenceSpan(range.first(), range.base())));
  }

  private static void blocks(PartReader reader, BlockTaker taker) throws FormatException {
    try {
      for (Optional<Block> block = reader.next(); block.isPresent(); block = reader.next()) {
        taker.take(block.get());
      }
    } catch (UnknownPayloadVersionException e) {
      throw new FormatException("a block of a newer version", e);
    }
  }

  private static SignedHeader header(FetchedFile file) {
    try {
      return SignedHeader.parse(ByteString.copyFrom(file.header().toByteArray()));
    } catch (FormatException e) {
      throw new IllegalStateException("a file that was checked is well-formed", e);
    }
  }

  /** The root where a step leads, as its author had it. */
  private Hash root(StepRange range) {
    for (Optional<FetchedFile> file = store.fetched(0);
        file.isPresent();
        file = store.fetched(file.get().sequence())) {
      SignedHeader header = header(file.get());
      if (isPart(header, range)) {
        return header.header().seen().root();
      }
    }
    throw new IllegalStateException("a step has a part");
  }

  /** A step of which all blocks were looked at. */
  private record Checked(Installing installing, Ahead ahead) {}

  /** All that can be known of it before anything changes. */
  private Checked check(StepRange range, LogState log, Membership then) throws FormatException {
    Ahead ahead = new Ahead(log);
    Installing installing = store.install(range, root(range), ahead, then::everHad);
    blocks(range, block -> {
      for (CarriedFile file : block.files()) {
        ahead.look(file);
      }
      installing.check(block);
    });
    installing.checked();
    return new Checked(installing, ahead);
  }

  /** The log behind the position, as the files of a step have it. */
  private final class Ahead implements StepRoots {
    private CompactTree tree = new CompactTree();

    /** In front of the first file that the step tells whole. */
    private CompactTree edge = new CompactTree();

    private final long position;
    private final SpaceId space = records.space().orElseThrow();
    private long serverTimeMillis;

    /** A place where another file stands than was promised; 0 for none. */
    private long notHonoured;

    /** Heads that the notary was seen to sign, by their sizes. */
    private final Map<Long, Hash> signed = new HashMap<>();

    /** Where the log is not that of such a head; 0 for nowhere. */
    private long forkedAt;

    Ahead(LogState log) {
      Stream.concat(log.nextHead().stream(), log.newestHead().stream())
          .forEach(head -> signed.put(head.head().size(), head.head().root()));
      position = log.position();
      serverTimeMillis = log.serverTimeMillis();
    }

    void look(CarriedFile file) throws FormatException {
      if (file.sequence() <= position) {
        return;
      }
      Optional<FileId> promised = records.promised(file.sequence());
      if (notHonoured == 0 && promised.isPresent() && !file.mayBe(promised.get())) {
        notHonoured = file.sequence();
      }
    }

    @Override
    public void begin(long sequence, Bytes front) throws FormatException {
      edge = CompactTree.restore(sequence - 1, front.toByteArray());
      tree = edge.copy();
    }

    @Override
    public Hash with(long sequence, FileId file, long timeMillis, long base) {
      tree.append(new Leaf(space, sequence, timeMillis, base, file).hash());
      serverTimeMillis = timeMillis;
      Hash root = tree.root();
      if (forkedAt == 0
          && sequence > position
          && !signed.getOrDefault(sequence, root).equals(root)) {
        forkedAt = sequence;
      }
      return root;
    }

    /** The files are those of the log: whether that is what the mesh has promised and signed. */
    void requireAsSigned() throws MeshViolationException {
      if (notHonoured != 0) {
        throw Replica.notHonoured(notHonoured);
      }
      if (forkedAt != 0) {
        throw new MeshViolationException(
            Violation.FORKED, forkedAt, "the log is not the one that was signed before");
      }
    }
  }

  // Taking it in

  /**
   * Takes in what is under way.
   *
   * @throws StepRefusedException when it cannot be taken after all; it is forgotten
   */
  void take(LogState log) throws StepRefusedException {
    StepRange range = underWay().orElseThrow();
    Optional<Checked> before = checked;
    checked = Optional.empty(); // whatever becomes of it, it is taken in once
    try {
      Checked step =
          before.isPresent() ? before.get() : check(range, log, membership(log, range.base()));
      blocks(range, step.installing()::take);
      step.installing().finish(batch -> arrived(batch, range, step.ahead()));
    } catch (FormatException | MembershipException | KeyMissingException e) {
      over(range);
      throw new StepRefusedException("a compaction is not what a log comes to", e);
    }
    over(range);
  }

  /** With the position, and in its transaction. */
  private void arrived(Batch batch, StepRange range, Ahead ahead) {
    for (Optional<FetchedFile> file = store.fetched(0);
        file.isPresent() && file.get().sequence() <= range.base();
        file = store.fetched(file.get().sequence())) {
      FetchedFile kept = file.get();
      SignedHeader header = header(kept);
      if (header.header().membership().isPresent()) {
        records.putMembership(
            batch, header.header().membership().get().getNumber(), header, kept.serverTimeMillis());
        batch.keep(kept.sequence(), kept.header().toByteArray(), kept.payload().toByteArray());
      }
    }
    records.putTree(batch, ahead.tree, ahead.serverTimeMillis);
    if (ahead.edge.size() > ahead.position) {
      records.putEdge(batch, ahead.edge);
    }
    records.removeReceiptsUpTo(batch, range.base());
  }

  /** Nothing is under way; what was fetched for other steps stays. */
  private void over(StepRange range) {
    checked = Optional.empty();
    List<Long> used = new ArrayList<>();
    for (Optional<FetchedFile> file = store.fetched(0);
        file.isPresent();
        file = store.fetched(file.get().sequence())) {
      SignedHeader header = header(file.get());
      if (isPart(header, range) || header.header().membership().isPresent()) {
        used.add(file.get().sequence());
      }
    }
    try (Batch batch = store.batch()) {
      batch.removeSetting(READY);
      used.forEach(batch::forgetFetched);
      batch.commit();
    }
  }

  /** As of the base. */
  private Membership membership(LogState log, long base) throws MembershipException {
    Optional<Membership> membership = log.membership();
    for (Optional<FetchedFile> file = store.fetched(log.position());
        file.isPresent() && file.get().sequence() <= base;
        file = store.fetched(file.get().sequence())) {
      SignedHeader change = header(file.get());
      if (change.header().membership().isPresent()) {
        membership = Optional.of(
            membership.isEmpty()
                ? Membership.found(change)
                : membership.get().apply(change, file.get().serverTimeMillis()));
      }
    }
    return membership.orElseThrow();
  }
}
