package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.pack.DotRef;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.PackedPayload;
import dev.sealift.client.pack.PayloadCodec;
import dev.sealift.client.pack.PayloadPacker;
import dev.sealift.client.pack.UnknownPayloadVersionException;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.ChainHead;
import dev.sealift.client.store.HeldCompaction;
import dev.sealift.client.store.HeldCompaction.Said;
import dev.sealift.client.store.PendingEvents;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.evidence.ShownReceipt;
import dev.sealift.protocol.file.Attested;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Receipt;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * This device's files on their way to the mesh: packs pending writes, makes membership changes, keeps each file until it has its
 * receipt. A file that no other device can have seen may be made again under the next free counter. Used by the sync
 * loop's thread.
 */
final class Outbox {
  /** Pending writes that are worth a file of their own beside one that is under way. */
  private static final int FULL_FILE_WRITES = 10_000;

  private final SpaceStore store;
  private final SpaceRecords records;
  private final MeshClock clock;
  private final Progress progress;
  private final FileMaker maker;
  private final Replica replica;
  private final Compacting compacting;
  private final MembershipChanges changes;
  private final Compactions compactions;
  private final Deque<SignedFile> files = new ArrayDeque<>();
  private Optional<ChainHead> chainEnd;
  private @Nullable PendingEvents pending;
  private @Nullable PayloadPacker packer;

  /** Files up to this counter were handed over: they stay as they are, as long as they can be admitted. */
  private long handedOver;

  /** The mesh did not take a file that said something of several compactions. */
  private boolean saysOneByOne;

  Outbox(
      SpaceStore store,
      SpaceRecords records,
      MeshClock clock,
      Progress progress,
      FileMaker maker,
      Compactions compactions,
      Replica replica) {
    this.store = store;
    this.compactions = compactions;
    this.records = records;
    this.clock = clock;
    this.progress = progress;
    this.maker = maker;
    this.replica = replica;
    this.compacting = new Compacting(store);
    this.changes = new MembershipChanges(store, records, maker, replica);
    this.chainEnd = Optional.empty();
    reload();
  }

  /** As the store has it. */
  void reload() {
    files.clear();
    store.outbox().forEach(file -> files.add(SignedFile.of(file)));
    chainEnd = store.ownHead();
    packer = null;
    handedOver = records.handedOver();
  }

  /** Files that wait for their receipts, oldest first, in memory: as many as the put window takes, or else as could be handed over at once. */
  Deque<SignedFile> files() {
    return files;
  }

  boolean hasPendingWrites() {
    return store.pendingUpTo(1) > 0;
  }

  boolean hasFullFilePending() {
    return store.pendingUpTo(FULL_FILE_WRITES) == FULL_FILE_WRITES;
  }

  /** The same, as they are handed over. */
  List<Handed> handed() {
    return files.stream().map(Outbox::handed).toList();
  }

  private static Handed handed(SignedFile file) {
    return new Handed(file.file(), file.payload());
  }

  /** A file that was made, and is durable here. */
  void add(SignedFile file) {
    files.add(file);
    chainEnd = Optional.of(new ChainHead(file.counter(), file.file().id()));
  }

  /** The counter behind which the next file goes; the log may not be held so far yet. */
  long lastCounter() {
    return chainEnd.map(ChainHead::counter).orElse(0L);
  }

  // Packing

  /**
   * Packs the oldest pending writes into the next file; empty when there are none. Those whose author had seen others' files that the mesh has yet to take wait behind
   * these, and go on being coalesced.
   */
  Optional<SignedFile> pack() throws FormatException {
    return packNext(true);
  }

  /**
   * Packs all that is pending, to be handed over. Writes that are made meanwhile may stay.
   *
   * @param load what is handed over beside it, {@link #handed} included
   * @throws SealiftException {@code TOO_MANY_FILES}; then all that was pending is so still
   */
  void packAll(Load load) throws FormatException {
    long first = lastCounter() + 1;
    HybridTime last = store.lastLocalTime();
    try {
      for (int tries = 0; store.isPending(last) && tries < 2 * HandOver.MAX_FILES; tries++) {
        packNext(false).map(Outbox::handed).ifPresent(handed -> replica.add(load, handed));
      }
    } catch (SealiftException e) {
      unpack(first);
      throw e;
    }
    packAnew();
  }

  /** What is packed next is looked up in the store. */
  void packAnew() {
    packer = null;
  }

  private Optional<SignedFile> packNext(boolean holdsBack) throws FormatException {
    if (!replica.mayWrite() || replica.epochKey().isEmpty()) {
      return Optional.empty();
    }
    Optional<SignedFile> rest = packOn();
    if (rest.isPresent() || !hasPendingWrites()) {
      return rest;
    }
    restampWhatIsAhead();
    Optional<HybridTime> end = holdsBack ? firstHeldBack() : Optional.empty();
    PendingEvents taken =
        end.map(store::takePendingBefore).orElseGet(() -> store.takePending(Long.MAX_VALUE));
    pending = taken;
    packer = new PayloadPacker(taken.runs().iterator());
    return packOn();
  }

  /** The first of the pending writes that goes behind others' files that the mesh has yet to take. */
  private Optional<HybridTime> firstHeldBack() {
    if (!store.awaitsTakenOver()) {
      return Optional.empty();
    }
    return store.pendingSeenFiles().entrySet().stream()
        .filter(saw -> saw.getValue().stream().anyMatch(replica::isAwaited))
        .map(Map.Entry::getKey)
        .min(Comparator.naturalOrder());
  }

  /** The next file of what is being packed; empty at its end, or when times were moved meanwhile. */
  private Optional<SignedFile> packOn() throws FormatException {
    PendingEvents from = pending;
    Optional<PackedPayload> payload = packer == null ? Optional.empty() : packer.next();
    if (from == null || payload.isEmpty()) {
      return Optional.empty();
    }
    SignedFile file = maker.events(
        place(),
        replica.space().orElseThrow(),
        replica.epochKey().orElseThrow(),
        payload.get().plaintext(),
        oldest(payload.get()),
        payload.get().newest(),
        store.expiry(payload.get().runs()),
        buildsOn(payload.get().runs()));
    // The events are on the disk as pending ones. Should a power failure take the file back after
    // the mesh
    // has it, this home finds it in the log as one that another copy of it made.
    try (Batch batch = store.batchUnsynced()) {
      if (!batch.commitPacked(from, file.kept())) {
        packer = null;
        return Optional.empty();
      }
      batch.commit();
    }
    add(file);
    return Optional.of(file);
  }

  /** The newest of each chain that was seen and that the log does not have; what it can never have is nothing to wait for. */
  private List<DotRef> buildsOn(List<EventRun> runs) {
    Map<DeviceId, DotRef> newest = new TreeMap<>();
    runs.stream()
        .flatMap(run -> run.seenFiles().stream())
        .filter(replica::isAwaited)
        .forEach(dot -> newest.merge(
            dot.device(), dot, (one, other) -> one.counter() < other.counter() ? other : one));
    return List.copyOf(newest.values());
  }

  /** All that waits for its receipt was handed over from now on. */
  void handedOver() {
    keepHandedOver(lastCounter());
  }

  /** Whether a file was handed over, and stays as it is. */
  boolean isHandedOver(SignedFile file) {
    return file.counter() <= handedOver;
  }

  private void keepHandedOver(long counter) {
    if (counter != handedOver) {
      try (Batch batch = store.batch()) {
        records.putHandedOver(batch, counter);
        batch.commit();
      }
      handedOver = counter;
    }
  }

  // Compacting

  /** Whether parts of a compaction have yet to be made: nothing else of this device may stand between them. */
  boolean isCompacting() {
    return compacting.plan().isPresent();
  }

  /** The compaction that this device makes. */
  Compacting compacting() {
    return compacting;
  }

  /** The next part of the compaction that is under way. */
  Optional<SignedFile> makePart() throws FormatException {
    Optional<CompactionPlan> plan = compacting.plan();
    if (plan.isEmpty()) {
      return Optional.empty();
    }
    SignedFile part = maker.compaction(
        chainEnd,
        replica.space().orElseThrow(),
        replica.epochKey().orElseThrow(),
        plan.get(),
        plan.get().next(),
        compacting.next(),
        clock.getAsLong());
    try (Batch batch = store.batch()) {
      batch.send(part.kept());
      compacting.sent(batch);
      batch.commit();
    }
    compacting.sent();
    add(part);
    return Optional.of(part);
  }

  /**
   * Says something of compactions.
   *
   * @param judged with what is said of each; nothing of those that this device is silent about
   */
  void attest(List<HeldCompaction> judged) throws FormatException {
    List<Attested> said = judged.stream()
        .filter(one -> one.said() != Said.SILENT)
        .map(one -> new Attested(one.name(), one.said() == Said.CONTESTED))
        .toList();
    Optional<SignedFile> file = said.isEmpty()
        ? Optional.empty()
        : Optional.of(maker.attestations(
            place(),
            replica.space().orElseThrow(),
            replica.log().membership().orElseThrow().epoch(),
            said));
    try (Batch batch = store.batch()) {
      judged.forEach(one -> compactions.put(batch, one));
      file.ifPresent(made -> batch.send(made.kept()));
      batch.commit();
    }
    file.ifPresent(this::add);
  }

  /** The mesh does not take what a file says: each of it is said by itself from now on, and what already was is not said at all. */
  void refuse(SignedFile attestations) {
    List<Attested> said = attestations.file().header().attestations();
    saysOneByOne = true;
    if (said.size() == 1) {
      try (Batch batch = store.batch()) {
        compactions
            .find(said.get(0).compaction())
            .ifPresent(
                of -> compactions.put(batch, of.said(Said.SILENT, of.word().difference())));
        batch.commit();
      }
    }
  }

  /** What a file says has not been said. */
  private void takeBack(Batch batch, SignedFile attestations) {
    for (Attested one : attestations.file().header().attestations()) {
      compactions
          .find(one.compaction())
          .filter(of -> of.said() != Said.SILENT)
          .ifPresent(of -> compactions.put(batch, of.said(Said.NOTHING, Optional.empty())));
    }
  }

  /** How many compactions something is said of in one file. */
  int mostSaid() {
    return saysOneByOne ? 1 : Limits.MAX_ATTESTATIONS;
  }

  private static HybridTime oldest(PackedPayload payload) {
    return payload.runs().get(0).rows().get(0).time();
  }

  /** Writes stamped by a clock that ran ahead of the mesh's are moved back, in their order, before anybody sees them. */
  private void restampWhatIsAhead() {
    try (Batch batch = store.batch()) { // others will hear of the new times
      batch.restampAhead(clock.getAsLong());
      batch.commit();
    }
  }

  private FileMaker.Place place() {
    LogState log = replica.log();
    SeenLog seen = log.position() == 0
        ? SeenLog.nothing()
        : new SeenLog(log.position(), log.tree().root());
    return new FileMaker.Place(chainEnd, seen, clock.getAsLong());
  }

  // Membership changes

  /** The changes of the membership that this device makes. */
  MembershipChanges changes() {
    return changes;
  }

  /** The next membership change that this device has to make: its own joining first. */
  Optional<SignedFile> makeMembershipChange() throws FormatException {
    Optional<MembershipChanges.Made> made = changes.next(place(), files.isEmpty());
    if (made.isEmpty()) {
      return Optional.empty();
    }
    SignedFile file = made.get().file();
    try (Batch batch = store.batch()) {
      made.get().key().ifPresent(key -> replica.contentKeys().made(batch, key));
      batch.send(file.kept());
      batch.commit();
    }
    add(file);
    return Optional.of(file);
  }

  /** The change lost its link of the chain to another, or was refused: it is made again, or not at all. */
  void dropMembershipChange(SignedFile file) {
    try (Batch batch = store.batch()) {
      batch.withdrawFrom(file.counter());
      file.file()
          .header()
          .membership()
          .flatMap(FoundKeys::started)
          .map(epoch -> KeyName.of(epoch.getNumber(), epoch.getCommitment()))
          .ifPresent(name -> replica.contentKeys().unmade(batch, name));
      batch.commit();
    }
    files.remove(file);
    chainEnd = store.ownHead();
  }

  // Answers

  /** A file has its receipt, which is checked here. */
  void admitted(SignedFile file, Receipt receipt, ByteString signedHead)
      throws MeshViolationException, FormatException {
    SignedTreeHead head =
        replica.verifier().checkReceipt(receipt, file.file().id(), signedHead, replica.log());
    replica.settle(file, new ShownReceipt(file.file().id(), receipt, head));
    files.remove(file);
    settled(file.file(), receipt.getSequence(), head);
  }

  /** Tells who waits for it that a file of this device stands in the log. */
  private void settled(SignedHeader file, long sequence, SignedTreeHead head) {
    if (file.header().kind() == FileKind.FILE_KIND_EVENTS) {
      replica.later(() -> progress.durable(file.header().time()));
    }
    changes.settled(file, sequence, head);
  }

  /** Own files that the log now has need no sending, and no receipt. */
  void logAdvanced(VerifiedFiles applied) {
    boolean hasOwn = false;
    for (VerifiedEntry entry : applied.entries()) {
      if (files.removeIf(file -> file.file().equals(entry.file()))) {
        settled(entry.file(), entry.sequence(), applied.next().newestHead().orElseThrow());
        hasOwn = true;
      }
    }
    if (hasOwn) {
      logHas();
    }
    chainGoesOn();
  }

  /**
   * Own files that the store has found in the log, by a step, or by one that came behind them. One that the log does not tell the id of is that of this home if one behind it is, which names it as the one before; if not, its events come once more ({@link #renumberIfTaken}): another copy of this home may have made it.
   */
  void logHas() {
    for (SignedFile sent : List.copyOf(files)) {
      store.ownSequence(sent.counter(), sent.file().id()).ifPresent(sequence -> {
        files.remove(sent);
        settled(sent.file(), sequence, replica.log().newestHead().orElseThrow());
      });
    }
    chainGoesOn();
  }

  private void chainGoesOn() {
    ChainHead inLog = replica.log().chains().get(replica.keys().id());
    if (inLog != null && chainEnd.map(end -> end.counter() < inLog.counter()).orElse(true)) {
      chainEnd = Optional.of(inLog);
    }
  }

  /**
   * When another copy of this home took counters that this one had given out: the same events again, behind what the log
   * has. Membership changes are made anew instead. Events of what was made on a log that a mesh has lost are packed anew, since they have not seen as much of this one.
   */
  void renumberIfTaken() throws FormatException {
    ChainHead inLog = replica.log().chains().get(replica.keys().id());
    if (inLog == null || files.isEmpty() || files.peek().counter() > inLog.counter()) {
      return;
    }
    keepHandedOver(0); // they can never be admitted
    if (files.stream().anyMatch(this::hasSeenAnotherLog)) {
      unpack();
      return;
    }
    List<SignedFile> old = new ArrayList<>(files);
    files.clear();
    chainEnd = Optional.of(inLog);
    for (SignedFile file : old) {
      if (file.isCompaction()) {
        compacting.abandon();
      }
      if (file.hasEvents()) {
        add(again(file));
      }
    }
    try (Batch batch = store.batch()) {
      batch.replaceOutbox(files.stream().map(SignedFile::kept).toList());
      old.forEach(file -> takeBack(batch, file));
      batch.commit();
    }
  }

  private boolean hasSeenAnotherLog(SignedFile file) {
    SeenLog seen = file.file().header().seen();
    return file.hasEvents() && replica.heldOf(seen) < seen.sequence();
  }

  /**
   * Takes what waits apart again, because its times are too far ahead of the mesh: packing it anew moves them back. What
   * turns out to have been admitted after all is the same events twice, which changes nothing. Not what was handed over: it waits as it is.
   */
  void unpack() throws FormatException {
    unpack(handedOver + 1);
  }

  /** As {@link #unpack}, also this file, if it was handed over, and what stands behind it: it can never be admitted. */
  void giveUp(SignedFile file) throws FormatException {
    keepHandedOver(Math.min(handedOver, file.counter() - 1));
    unpack();
  }

  /**
   * A file that builds on one that can never be admitted cannot be either: it is made again, and so is all behind it.
   *
   * @return the counter of the first
   */
  Optional<Long> unpackWhatIsLost() throws FormatException {
    return unpackFrom(files.stream()
        .filter(file -> file.file().header().buildsOn().stream().anyMatch(replica::isLost))
        .findFirst());
  }

  private Optional<Long> unpackFrom(Optional<SignedFile> first) throws FormatException {
    if (first.isPresent()) {
      keepHandedOver(Math.min(handedOver, first.get().counter() - 1));
      unpack(first.get().counter());
    }
    return first.map(SignedFile::counter);
  }

  /**
   * What waits sealed under an earlier key is made again under the current one; what this device may not write any more waits as it was written.
   *
   * @return the counter of the first
   */
  Optional<Long> unpackWhatIsOutdated() throws FormatException {
    Optional<Membership> membership = replica.log().membership();
    if (membership.isEmpty()) {
      return Optional.empty();
    }
    Optional<SignedFile> first = files.stream()
        .filter(file -> !membership.get().isCurrent(file.file().header())
            || file.file().header().isSealed() && !replica.mayWrite())
        .findFirst();
    return unpackFrom(first);
  }

  /** The last first and one at a time, as there may be many: whatever happens on the way, what is packed stays the beginning of what was. */
  private void unpack(long from) throws FormatException {
    packAnew();
    while (!files.isEmpty() && files.getLast().counter() >= from) {
      unpackLast(files.getLast());
    }
  }

  private void unpackLast(SignedFile file) throws FormatException {
    List<EventRun> runs = file.hasEvents() ? seenHere(file) : List.of();
    try (Batch batch = store.batch()) {
      batch.unpack(file.counter(), runs);
      takeBack(batch, file);
      batch.commit();
    }
    if (file.isCompaction()) {
      compacting.abandon();
    }
    files.removeLast();
    chainEnd = store.ownHead();
  }

  /** A file's events, as its author had seen the log that is held. */
  private List<EventRun> seenHere(SignedFile file) throws FormatException {
    long seen = replica.heldOf(file.file().header().seen());
    return decode(keyOf(file), file).stream().map(run -> run.seenAtMost(seen)).toList();
  }

  private static List<EventRun> decode(EpochKey key, SignedFile file) throws FormatException {
    try {
      return PayloadCodec.decode(key.open(
          file.file().header(), file.file().associatedData(), file.payload().toByteArray()));
    } catch (UnknownPayloadVersionException e) {
      throw new IllegalStateException("this device packs no newer format than it reads", e);
    }
  }

  /** This device sealed it, so it has the key. */
  private EpochKey keyOf(SignedFile file) {
    return replica.contentKeys().find(KeyName.of(file.file().header())).orElseThrow();
  }

  private SignedFile again(SignedFile file) throws FormatException {
    EpochKey key = keyOf(file);
    byte[] plaintext = key.open(
        file.file().header(), file.file().associatedData(), file.payload().toByteArray());
    List<EventRun> runs = decode(key, file);
    return maker.events(
        place(),
        replica.space().orElseThrow(),
        replica.epochKey().orElseThrow(),
        plaintext,
        file.first(),
        file.file().header().time(),
        store.expiry(runs),
        buildsOn(runs));
  }
}
