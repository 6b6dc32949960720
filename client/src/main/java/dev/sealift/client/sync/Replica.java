package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.compact.StepRange;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.pack.DotRef;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.ChainPlace;
import dev.sealift.client.store.DisplacedFile;
import dev.sealift.client.store.HeldCompaction;
import dev.sealift.client.store.KeptFile;
import dev.sealift.client.store.LogEdges;
import dev.sealift.client.store.LogEntry;
import dev.sealift.client.store.RemoteFile;
import dev.sealift.client.store.SignedView;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.store.StoreException;
import dev.sealift.client.value.Bytes;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.evidence.ShownReceipt;
import dev.sealift.protocol.file.FileDot;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.Position;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.wire.WelcomeStatement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * This device's side of a space, as a session sees it: what it holds of the log, what waits to be sent, and the keys that open
 * the one and seal the other. Every method that changes something has it kept when it returns, and durably so, except for what a device can
 * lose to a power failure without anybody missing it: receipts and own files' places, which the mesh gives again. Used by one thread at
 * a time, the sync loop's; {@link #log} may be called from any.
 */
public final class Replica {
  /** Of answers to rules, one after the other: then the exchange has its turn. */
  private static final int MOST_RULE_BATCHES = 20;

  /**
   * So often a mesh may know of no step that is needed: its gateway may have just started, or the compaction that stands may have come just now, in the place of the one that did, and its gateway has not heard of it. With each connection that has.
   */
  private static final int MOST_ROUNDS_WITHOUT_STEP = 3;

  private static final long RULES_PAUSE_MILLIS = 100;

  private final SpaceStore store;
  private final SpaceRecords records;
  private final MeshClock clock;
  private final Progress progress;
  private final DeviceKeyPair keys;
  private final FileMaker maker;
  private final ContentKeys contentKeys;
  private final Outbox outbox;
  private final StepInstaller steps;
  private final Supplier<Set<DeviceHint>> hints;
  private final CompactionRateLimit rateLimit;
  private final CompactionDuty duty;
  private final Compactions compactions;
  private final Attesting attesting;
  private final OthersPositions others;
  private volatile LogState log;
  private List<SignedIncarnation> incarnations;
  private Optional<SpaceId> space;
  private Optional<VerifyingKey> notary;
  private long rulesPausedUntilMillis;
  private long takenOver;

  /** Where others' chains may end for good, as far as the mesh has answered: what is there or behind it is not waited for. */
  private final Map<DeviceId, Long> doubtful = new HashMap<>();

  private boolean needsKeys;

  /** From where the log was last looked through for keys; below 0 for never. */
  private long scoutedFrom = -1;

  private boolean retired;
  private volatile CompactionWork work = CompactionWork.NONE;

  /** A file that the mesh has let go of; 0 for none. */
  private long awaited;

  private long awaitedInVain;
  private int roundsInVain;
  private int roundsUnfinished;

  /** Takes the state that the store has. */
  public Replica(
      DeviceKeyPair keys,
      SpaceStore store,
      SpaceRecords records,
      MeshClock clock,
      Progress progress) {
    this(keys, store, records, clock, progress, Optional.empty());
  }

  /** @param thresholds at how many live files devices compact; empty where this one neither does, nor goes by others' compactions */
  public Replica(
      DeviceKeyPair keys,
      SpaceStore store,
      SpaceRecords records,
      MeshClock clock,
      Progress progress,
      Optional<CompactionThresholds> thresholds) {
    this(keys, store, records, clock, progress, thresholds, Set::of);
  }

  /** @param hints what speaks against giving this device work, as of now; called by any thread that exchanges */
  public Replica(
      DeviceKeyPair keys,
      SpaceStore store,
      SpaceRecords records,
      MeshClock clock,
      Progress progress,
      Optional<CompactionThresholds> thresholds,
      Supplier<Set<DeviceHint>> hints) {
    this.hints = hints;
    this.store = store;
    this.records = records;
    this.clock = clock;
    this.progress = progress;
    this.keys = keys;
    this.maker = new FileMaker(keys);
    this.contentKeys = new ContentKeys(records, keys);
    this.log = records.log();
    // What was there before anybody counted is as good as events: that is one compaction at most.
    this.rateLimit = new CompactionRateLimit(records.eventFiles().orElse(log.position()));
    this.duty = new CompactionDuty(thresholds, rateLimit);
    this.incarnations = records.incarnations();
    this.space = records.space();
    this.notary = records.notary();
    this.compactions = new Compactions(store);
    this.others = new OthersPositions(store);
    this.attesting = new Attesting(store, contentKeys, compactions, keys.id());
    this.outbox = new Outbox(store, records, clock, progress, maker, compactions, this);
    this.steps = new StepInstaller(store, records, contentKeys);
    goOnWithStep();
  }

  private void goOnWithStep() {
    try {
      takeStepOn();
    } catch (StepRefusedException e) {
      // It is forgotten, and the next connection brings another, or the files.
    } catch (MeshViolationException e) {
      // Whoever holds another log will be heard of again, on a connection that this can end.
    } catch (StoreException e) {
      if (e.code() != StoreException.Code.TIME_AHEAD && e.code() != StoreException.Code.DISK_FULL) {
        throw e;
      } // else it is tried again with each connection
    }
  }

  /** What waits to be sent, and what is to be sent next. */
  Outbox outbox() {
    return outbox;
  }

  DeviceKeyPair keys() {
    return keys;
  }

  Optional<SpaceId> space() {
    return space;
  }

  Optional<VerifyingKey> notary() {
    return notary;
  }

  /** The key of the current epoch, as far as the log is held; empty before that says anything, and while nobody has given it to this device. */
  Optional<EpochKey> epochKey() {
    return log.membership().flatMap(contentKeys::current);
  }

  /** All keys of the space. */
  ContentKeys contentKeys() {
    return contentKeys;
  }

  /** What the operator of the mesh gave for this space. */
  Optional<ByteString> admissionToken() {
    return records.admissionToken();
  }

  LogState log() {
    return log;
  }

  /** The time of this device's last write. From any thread. */
  HybridTime lastLocalTime() {
    return store.lastLocalTime();
  }

  /** Who is in the space, as far as the log is held; empty before its first file. From any thread. */
  public Optional<Membership> membership() {
    return log.membership();
  }

  /** Whether the log, as far as it is held, has this device in the space. */
  boolean isMember() {
    return log.membership().flatMap(members -> members.device(keys.id())).isPresent();
  }

  /** What this device comes with to join; empty for a founder. */
  Optional<InvitationKeys> invitation() {
    return records.invitation();
  }

  long invitationSequence() {
    return records.invitationSequence();
  }

  /**
   * @param omitOwnPayloads whether the mesh was asked to leave out what this device wrote
   */
  LogVerifier verifier(boolean omitOwnPayloads) {
    Predicate<DeviceId> omitted = device -> omitOwnPayloads && device.equals(keys.id());
    return new LogVerifier(
        space.orElseThrow(),
        notary.orElseThrow(),
        omitted,
        incarnations.stream().map(SignedIncarnation::incarnation).toList(),
        store::rootAt,
        store::chainAt,
        this::isOwn);
  }

  /** For heads and receipts. */
  LogVerifier verifier() {
    return verifier(true);
  }

  void learnMeshTime(long serverTimeMillis) {
    boolean first = !records.knowsClock();
    clock.learn(serverTimeMillis);
    long behindMillis = clock.offsetMillis();
    try (Batch batch = store.batch()) {
      if (first && behindMillis > SpaceRules.defaults().clockBoundMillis()) {
        batch.restampBehind(behindMillis, 0);
      }
      records.putClock(batch, clock.offsetMillis());
      batch.commit();
    }
  }

  /** The position, which is on the disk when this returns, with everything before it. */
  long durablePosition() {
    long position = log.position();
    try (Batch batch = store.batch()) {
      records.putReported(batch, position);
      batch.commit();
    }
    return position;
  }

  /** The same, and this device's word for it: later than any that it gave before, but for what a clock that was far ahead had it say, which nobody counts. The log has a file. */
  SignedPosition signedPosition() {
    long position = log.position();
    HybridTime now = HybridTime.ofClock(clock.getAsLong());
    HybridTime last = records.positionSigned();
    boolean isAhead = last.millis() > now.millis() + clockBoundMillis();
    HybridTime time = isAhead ? now : HybridTime.max(now, last.next());
    try (Batch batch = store.batch()) {
      records.putReported(batch, position);
      records.putPositionSigned(batch, time);
      batch.commit();
    }
    return SignedPosition.sign(
        new Position(
            space.orElseThrow(),
            keys.id(),
            log.incarnation(),
            position,
            log.tree().root(),
            time),
        keys.signing());
  }

  /** Whether the mesh is to be asked for what others have signed that they hold. */
  boolean wantsPositions() {
    return isMember() && progress.wantsPositions();
  }

  /**
   * Takes what others have signed that they hold.
   *
   * @param behind what the mesh was asked from; empty for the first on
   * @throws MeshViolationException when one of them holds another log
   * @throws FormatException when it is nothing that a mesh tells
   */
  void takePositions(List<ByteString> told, Optional<DeviceId> behind)
      throws MeshViolationException, FormatException {
    if (others.take(told, behind, positionCheck())) {
      long position = log.position();
      later(() -> progress.applied(position));
    }
  }

  private PositionCheck positionCheck() {
    return new PositionCheck(
        space.orElseThrow(),
        keys.id(),
        log,
        incarnations.stream().map(SignedIncarnation::incarnation).toList(),
        clock.getAsLong() + clockBoundMillis());
  }

  private long clockBoundMillis() {
    return log.membership()
        .map(members -> members.rules().clockBoundMillis())
        .orElse(SpaceRules.defaults().clockBoundMillis());
  }

  /**
   * What a file of the log says, as far as the log is held: no events for a membership file, empty for a file that nobody can read. What another device wrote is read as
   * it came, so this is what its author said.
   *
   * @throws SealiftException {@code NEWER_FORMAT}, or {@code KEY_MISSING}
   */
  public Optional<List<EventRun>> events(KeptFile file) throws FormatException {
    SignedHeader header = SignedHeader.parse(file.header().toByteArray());
    return header.header().kind() == FileKind.FILE_KIND_EVENTS
        ? contentKeys.open(header, ByteString.copyFrom(file.payload().toByteArray()))
        : Optional.of(List.of());
  }

  // Whom it works for

  /** Does something with this replica's monitor. What the app is to be told of meanwhile is told behind it. From any thread. */
  public <T> T exclusively(Supplier<T> work) {
    return store.tellings().holding(() -> {
      synchronized (this) {
        return work.get();
      }
    });
  }

  /** Tells the app of something when no lock is held, behind what this thread has changed before: it may ask for this device's files. */
  void later(Runnable telling) {
    store.tellings().tell(telling);
  }

  /** Another one takes the store's state from now on: this one is not to change it any more. From any thread. */
  public synchronized void retire() {
    retired = true;
  }

  /** Whether it was retired. While the caller holds this replica's monitor that does not change. */
  public synchronized boolean isRetired() {
    return retired;
  }

  // Rules across rows

  /** How long until {@link #answerRules} has something to do, if nothing happens; {@code Long.MAX_VALUE} for never, as for who may only read. */
  long untilRulesMillis() {
    if (!mayWrite()) {
      return Long.MAX_VALUE;
    }
    long nowMillis = clock.getAsLong();
    long pauseMillis = rulesPausedUntilMillis - nowMillis;
    boolean pauses = pauseMillis > 0 && pauseMillis <= RULES_PAUSE_MILLIS; // a clock may jump
    return Math.max(store.untilRulesMillis(nowMillis), pauses ? pauseMillis : 0);
  }

  /** Writes what the space's rules ask for. Only while everything known of the log is held: else it might be answered already. */
  void answerRules() {
    boolean more = untilRulesMillis() == 0;
    for (int batches = 0; more; batches++) {
      if (batches == MOST_RULE_BATCHES) {
        rulesPausedUntilMillis = clock.getAsLong() + RULES_PAUSE_MILLIS;
        return;
      }
      try (Batch batch = store.batch()) {
        more = batch.answerRules(clock.getAsLong());
        batch.commit();
      }
    }
  }

  /** Whether this device's files of events are taken, as far as the log is held. */
  boolean mayWrite() {
    return log.membership()
        .flatMap(members -> members.device(keys.id()))
        .filter(Device::mayWrite)
        .isPresent();
  }

  /** How long until this device is to start an epoch that the space owes, if nothing happens; {@code Long.MAX_VALUE} for never. */
  long untilDebtMillis() {
    return log.membership()
        .map(members -> outbox.changes().untilDebtMillis(members, clock.getAsLong()))
        .orElse(Long.MAX_VALUE);
  }

  // Keys

  /** Whether the next file could not be opened: the keys of the log are to be looked through. */
  boolean needsKeys() {
    return needsKeys;
  }

  /** They were looked through to the head; what was found is kept, and there is no use in looking again before another file fails. */
  void keysScouted(Scout scout) throws MeshViolationException {
    needsKeys = false;
    scoutedFrom = log.position();
    contentKeys.believe(scout.keys(), scout.reached(), scout.now());
    try (Batch batch = store.batch()) {
      contentKeys.keep(batch);
      batch.commit();
    }
    contentKeys.kept();
  }

  /** That what is written here goes nowhere, since this device may only read; empty when it may write, or has written nothing. */
  Optional<SealiftException> readsOnly() {
    return isMember() && !mayWrite() && outbox.hasPendingWrites()
        ? Optional.of(Problems.mayOnlyRead())
        : Optional.empty();
  }

  // Founding and joining

  /** Makes the space's genesis, now that the mesh has shown its key. */
  void found(VerifyingKey meshNotary) throws FormatException {
    EpochKey key = EpochKey.generate(Membership.FIRST_EPOCH);
    SignedFile genesis =
        maker.genesis(meshNotary, records.member(), store.rules(), key, clock.getAsLong());
    SpaceId id = genesis.file().space();
    try (Batch batch = store.batch()) {
      // However old it is, nobody wrote anything that it could bury. What a clock set ahead is
      // first as old as it is.
      batch.restampAhead(clock.getAsLong());
      batch.restampBehind(0, clock.getAsLong() - store.rules().cutOffMillis() / 2);
      records.putSpace(batch, id, meshNotary);
      contentKeys.made(batch, key);
      batch.send(genesis.kept());
      batch.commit();
    }
    outbox.add(genesis);
    space = Optional.of(id);
    notary = Optional.of(meshNotary);
  }

  /** Whether the key that opens everything has yet to be fetched from the invitation's file. */
  boolean needsInvitationFile() {
    return contentKeys.isWithout() && records.invitation().isPresent();
  }

  /**
   * Takes the key out of the invitation's file. The file itself is checked later, when the log gets there; the key is kept once the log is seen to
   * commit to it.
   *
   * @throws FormatException when the file does not open this device's invitation
   */
  void learnInvitation(ByteString signedHeader, ByteString payload) throws FormatException {
    contentKeys.learn(
        records.invitation().orElseThrow(), SignedHeader.parse(signedHeader), payload);
  }

  // A mesh that was restored

  /**
   * What brings back to a mesh that recovers what it has lost.
   *
   * @param told the incarnations that it knows of
   */
  Restorer restorer(List<SignedIncarnation> told, Consumer<Frame> out) {
    List<ByteString> lost = incarnations.stream()
        .filter(known -> !told.contains(known))
        .map(SignedIncarnation::exact)
        .toList();
    return new Restorer(store, tree(), log.heldHead(), lost, out);
  }

  /**
   * Takes the incarnations that are new to this device: what it holds beyond the last state that the mesh has in common with it loses its
   * place, and is put once more. The mesh may have lost incarnations that this device knows of; those are kept as well.
   *
   * @throws MeshViolationException when they are not the notary's, or name another log than the one held
   */
  void adopt(List<SignedIncarnation> told) throws MeshViolationException {
    for (SignedIncarnation signed : told) {
      if (Integer.compareUnsigned(signed.incarnation().number(), log.incarnation()) > 0) {
        verifier().checkGenuine(signed);
        adopt(signed, told);
      } else if (!incarnations.contains(signed)) {
        verifier().checkGenuine(signed);
        remember(signed); // of before this device came, or of what another device told the mesh
      }
    }
  }

  /**
   * What the mesh tells of incarnations, without taking them.
   *
   * @throws MeshViolationException when one is not the notary's
   */
  List<Incarnation> genuine(List<SignedIncarnation> told) throws MeshViolationException {
    for (SignedIncarnation signed : told) {
      if (!incarnations.contains(signed)) {
        verifier().checkGenuine(signed);
      }
    }
    return told.stream().map(SignedIncarnation::incarnation).toList();
  }

  private void remember(SignedIncarnation signed) {
    try (Batch batch = store.batch()) {
      records.putIncarnations(batch, with(signed));
      batch.commit();
    }
    incarnations = records.incarnations();
  }

  /** In their order; beyond the bound the oldest are forgotten. */
  private List<SignedIncarnation> with(SignedIncarnation signed) {
    List<SignedIncarnation> all = new ArrayList<>(incarnations);
    all.add(signed);
    all.sort((one, other) ->
        Integer.compareUnsigned(one.incarnation().number(), other.incarnation().number()));
    return all.subList(Math.max(0, all.size() - Limits.MAX_INCARNATIONS), all.size());
  }

  private void adopt(SignedIncarnation signed, List<SignedIncarnation> told)
      throws MeshViolationException {
    Incarnation incarnation = signed.incarnation();
    long size = incarnation.size();
    Parting parting = Parting.after(incarnation, told, incarnations, log, store::rootAt);
    boolean same = size > 0
        && size <= log.position()
        && store.rootAt(size).equals(Optional.of(incarnation.root()));
    long common = same ? size : Math.min(size, parting.size());
    long back = reachable(common);
    LogState next = log.inIncarnation(incarnation.number(), back);
    try (Batch batch = store.batch()) {
      rewind(batch, back, common);
      records.putEventFiles(batch, 0); // those that come once more are not new
      records.putIncarnations(batch, with(signed));
      records.putHeads(batch, next);
      batch.commit();
    } catch (FormatException e) {
      throw new IllegalStateException("this device's own records are well-formed", e);
    }
    wentBack();
  }

  private void wentBack() {
    log = records.log();
    incarnations = records.incarnations();
    rateLimit.eventFiles(0);
    outbox.compacting().abandon(); // its base may be of the log that was lost
    compactions.forget();
    attesting.forget();
    awaited = 0;
    others.wentBack();
    outbox.reload();
  }

  /** Back to a log of {@code size} files, also in what receipts promised; what the others brought stays. */
  private void rewind(Batch batch, long size, long common) throws FormatException {
    doubtful.clear();
    batch.rewind(size, common, this::open);
    records.removeReceiptsAfter(batch, size);
    if (size == 0) {
      putNoLog(batch);
    } else if (size < log.position()) {
      long timeMillis = store.serverTimeAt(size);
      records.removeMembershipAfter(batch, timeMillis);
      records.putTree(batch, tree().upTo(size), timeMillis);
    }
  }

  private void putNoLog(Batch batch) throws FormatException {
    records.removeEdge(batch);
    records.removeMembershipAfter(batch, 0);
    records.putTree(batch, new CompactTree(), 0);
  }

  /**
   * Lets go of the log, and of what it made of rows, to take all of it in again as a newcomer: where rows are not what the log makes of them, and no step mends that. What this device wrote is kept, and shows on;
   * heads that were seen are not forgotten, so it has to be the same log.
   */
  void beginAnew() {
    steps.forget();
    doubtful.clear();
    try (Batch batch = store.batch()) {
      batch.beginAnew(this::open);
      putNoLog(batch);
      records.putEventFiles(batch, 0); // those that come once more are not new
      records.putHeads(batch, log.fromTheBeginning());
      batch.commit();
    } catch (FormatException e) {
      throw new IllegalStateException("this device's own records are well-formed", e);
    }
    roundsInVain = 0;
    roundsUnfinished = 0;
    wentBack();
  }

  /** A file of the log as it is kept here. */
  private RemoteFile open(LogEntry entry, Bytes header, Bytes payload) {
    try {
      SignedHeader file = SignedHeader.parse(ByteString.copyFrom(header.toByteArray()));
      Optional<List<EventRun>> runs = file.header().kind() == FileKind.FILE_KIND_EVENTS
          ? contentKeys.open(file, ByteString.copyFrom(payload.toByteArray()))
          : Optional.empty();
      return new RemoteFile(
          entry,
          file.header().time(),
          file.header().seen().sequence(),
          file.header().expiresAtMillis(),
          runs.orElse(List.of()));
    } catch (FormatException e) {
      throw new IllegalStateException("a file of the log is well-formed", e);
    }
  }

  /** Whether the log that is held is what somebody has seen; of where only places are known, whether it goes that far. */
  boolean holds(SeenLog seen) {
    return seen.sequence() == 0
        || seen.sequence() <= log.position()
            && store.rootAt(seen.sequence()).map(seen.root()::equals).orElse(true);
  }

  /** How much of what somebody has seen is of the log that is held, for certain: all of it, or no more than what was common with the one that a mesh has lost. */
  long heldOf(SeenLog seen) {
    boolean held =
        seen.sequence() == 0 || store.rootAt(seen.sequence()).equals(Optional.of(seen.root()));
    return held
        ? seen.sequence()
        : incarnations.stream()
            .mapToLong(signed -> signed.incarnation().size())
            .filter(size -> size < seen.sequence())
            .min()
            .orElse(seen.sequence());
  }

  private HeldTree tree() {
    return new HeldTree(store, space.orElseThrow(), records.edge());
  }

  /** The log's tree, as it was in front of a file. */
  public LogEdges edges() {
    return tree();
  }

  /** Where the log can go back to: that far, or to its beginning where not all that is asked for there is known any more. */
  private long reachable(long size) {
    return tree().reachesBackTo(size) && store.hasEndsAt(size) ? size : 0;
  }

  /** The first file by another device behind a number that lost its place. */
  Optional<DisplacedFile> displaced(long afterId) {
    return store.displaced(afterId);
  }

  /** Whether a displaced file came directly, and was not refused for good. */
  boolean isTakenOver(DisplacedFile displaced) {
    return store.isTakenOver(displaced);
  }

  /** Whether it was refused for good. */
  boolean isRefused(DisplacedFile displaced) {
    return store.isDisplacedRefused(displaced.id());
  }

  /** What is sent of it beside its header. */
  ByteString payload(DisplacedFile displaced) {
    return ByteString.copyFrom(
        store.displacedPayload(displaced.id()).orElseThrow().toByteArray());
  }

  /** A displaced file is to have a new place; what its receipt promises is kept until the log is held that far, and so is the file. */
  void promised(ShownReceipt receipt) throws MeshViolationException {
    LogState next = log.withHead(receipt.head());
    try (Batch batch = store.batchUnsynced()) {
      keepPromise(batch, receipt, next);
      batch.commit();
    }
    log = next;
  }

  /** A displaced file, or another, stands in its place of its chain: the log that is held says so. */
  void placed(DisplacedFile displaced) {
    try (Batch batch = store.batchUnsynced()) { // it would be found again
      batch.removeDisplaced(displaced.id());
      batch.commit();
    }
  }

  /** A displaced file has no place any more, as far as this mesh goes. What came directly is forgotten: its author has it, and makes it again if he may. */
  void refused(DisplacedFile displaced) {
    if (isRefused(displaced)) {
      return;
    }
    try (Batch batch = store.batch()) {
      if (isTakenOver(displaced) && !isOwn(displaced)) {
        batch.removeDisplaced(displaced.id());
      } else {
        batch.refuseDisplaced(displaced.id());
      }
      batch.commit();
    }
  }

  private boolean isOwn(DisplacedFile displaced) {
    return Displaced.read(displaced).header().device().equals(keys.id());
  }

  // Files handed over directly

  /**
   * Packs what is pending and gives all files that have no place in the log yet: this device's own, which stay as they are from now on, and others' that it was given so. From any thread.
   *
   * @throws SealiftException {@code NOT_CONNECTED} when this device has to connect first, {@code TOO_MANY_FILES}
   */
  public synchronized HandOver handOver() {
    SpaceId of = requireHandingOver().space();
    List<Handed> files = new ArrayList<>(takenOverFiles());
    Load load = new Load();
    try {
      if (!outbox.files().stream().allMatch(SignedFile::hasEvents)
          || outbox.isCompacting()
          || holdsOwnOfAnotherCopy()) {
        throw new SealiftException(
            ErrorCode.NOT_CONNECTED,
            "This device has something to settle with the mesh before files of it can be handed over: connect first.");
      }
      files.forEach(handed -> add(load, handed));
      outbox.handed().forEach(handed -> add(load, handed));
      if (mayWrite()) {
        outbox.packAll(load);
      }
    } catch (FormatException e) {
      throw new IllegalStateException("this device's own files are well-formed", e);
    }
    files.addAll(outbox.handed());
    HandOver all = HandOver.of(of, FileOrder.inOrder(files));
    outbox.handedOver(); // on the disk before anybody can have it
    return all;
  }

  /** Of a file that nobody can read the events count for nothing. */
  void add(Load load, Handed handed) {
    load.add(
        handed.bytes(),
        () -> events(contentKeys.open(handed.file(), handed.payload()).orElse(List.of())));
  }

  static int events(List<EventRun> runs) {
    return runs.stream().mapToInt(run -> run.rows().size()).sum();
  }

  private Membership requireHandingOver() {
    Optional<Membership> membership = log.membership();
    if (membership.isEmpty() || !isMember() || epochKey().isEmpty()) {
      throw new SealiftException(
          ErrorCode.NOT_CONNECTED,
          "This device knows too little of the space: it has to have been connected to the mesh once.");
    }
    return membership.get();
  }

  /** Where files of this device would go is not known then. */
  private boolean holdsOwnOfAnotherCopy() {
    return displacedFiles().stream()
        .anyMatch(kept -> Displaced.read(kept).header().device().equals(keys.id()));
  }

  /** Others' files that lost their places, or came directly. */
  List<DisplacedFile> displacedFiles() {
    List<DisplacedFile> files = new ArrayList<>();
    for (Optional<DisplacedFile> kept = store.displaced(0);
        kept.isPresent();
        kept = store.displaced(kept.get().id())) {
      files.add(kept.get());
    }
    return files;
  }

  private List<Handed> takenOverFiles() {
    return displacedFiles().stream()
        .filter(store::isTakenOver)
        .filter(kept -> !isInLog(Displaced.read(kept)))
        .map(kept -> new Handed(Displaced.read(kept), payload(kept)))
        .toList();
  }

  private boolean isInLog(SignedHeader file) {
    return store.chainAt(file.header().device(), file.header().counter()).isPresent();
  }

  /**
   * Takes over what another device has handed over: all that is new here, or nothing. It shows at once, and is put to the mesh when there is one. From any thread.
   *
   * @return how many files were new
   * @throws SealiftException {@code BAD_HAND_OVER}, {@code WRONG_SPACE}, {@code FILES_MISSING}, {@code FILES_CONFLICT}, {@code FILES_AHEAD}, {@code NOT_A_MEMBER},
   *     {@code NEWER_FORMAT}; and as {@link #handOver}
   */
  public synchronized int takeOver(HandOver handOver) {
    Membership membership = requireHandingOver();
    if (!handOver.space().equals(membership.space())) {
      throw new SealiftException(
          ErrorCode.WRONG_SPACE, "These files are of another space. Nothing was taken.");
    }
    List<Incarnation> lost =
        incarnations.stream().map(SignedIncarnation::incarnation).toList();
    Receiver receiver = new Receiver(this, store, contentKeys, membership, lost);
    int taken = 0;
    try (Batch batch = store.batch()) {
      for (Handed handed : handOver.files()) {
        taken += receiver.take(handed, batch) ? 1 : 0;
      }
      if (taken > 0) {
        batch.commit();
        takenOver++;
        outbox.packAnew();
      }
    }
    return taken;
  }

  /** Rises when files were taken over. */
  long takenOver() {
    return takenOver;
  }

  /** Whether the log, as far as it is held, has all of them. */
  boolean hasInLog(List<FileDot> dots) {
    return dots.stream()
        .allMatch(dot -> store
            .chainAt(dot.device(), dot.counter())
            .filter(there -> there.mayBe(dot.file()))
            .isPresent());
  }

  /** The mesh does not take a displaced file back, and may never do. */
  void doubt(FileHeader file) {
    doubtful.merge(file.device(), file.counter(), Math::min);
  }

  private boolean isDoubtful(DeviceId device, long counter) {
    return doubtful.getOrDefault(device, Long.MAX_VALUE) <= counter;
  }

  /** Whether the log can never have a file, as far as is known here: another one stands there, or it was given up. */
  boolean isLost(FileDot dot) {
    Optional<ChainPlace> there = store.chainAt(dot.device(), dot.counter());
    return there.isPresent()
        ? !there.get().mayBe(dot.file())
        : !waits(dot.device(), dot.counter(), dot.file());
  }

  /** Whether the log may have a file, and has not yet. */
  boolean isAwaited(DotRef dot) {
    return store.chainAt(dot.device(), dot.counter()).isEmpty()
        && waits(dot.device(), dot.counter(), dot.file());
  }

  /** Whether a file that the log may not have yet is here, and was not refused for good. */
  private boolean waits(DeviceId device, long counter, FileId file) {
    boolean own = device.equals(keys.id()) && store.isOwn(counter, file);
    return own || !isDoubtful(device, counter) && store.isDisplacedWaiting(file);
  }

  // Getting

  /** A file of this device has its place in the log; what its receipt promises is kept until the log is held that far. */
  void settle(SignedFile file, ShownReceipt receipt) throws MeshViolationException {
    LogState next = log.withHead(receipt.head());
    try (Batch batch = store.batchUnsynced()) {
      batch.settle(file.counter(), file.file().id(), receipt.receipt().getSequence());
      keepPromise(batch, receipt, next);
      batch.commit();
    }
    log = next;
  }

  /** What a receipt says, until the log shows it, which it may do already; and what the notary signed with it. */
  private void keepPromise(Batch batch, ShownReceipt receipt, LogState next)
      throws MeshViolationException {
    long sequence = receipt.receipt().getSequence();
    if (sequence > log.position()) {
      records.putReceipt(batch, receipt);
    } else if (store
        .fileAt(sequence)
        .filter(there -> !there.equals(receipt.file()))
        .isPresent()) {
      throw notHonoured(sequence).of(receipt);
    }
    records.putHeads(batch, next);
  }

  /** A head that the mesh pushed; checked, and kept when it says something new. */
  void learnHead(ByteString signedHead) throws MeshViolationException, FormatException {
    LogState next = log.withHead(verifier().checkHead(signedHead, log));
    if (next.equals(log)) {
      return;
    }
    try (Batch batch = store.batch()) {
      records.putHeads(batch, next);
      batch.commit();
    }
    log = next;
  }

  /**
   * Applies checked files and moves the position, in one transaction.
   *
   * @throws ChainTakenException when this device's key wrote a file that this home does not know
   * @throws MeshViolationException when a file with a receipt is not where the receipt says
   */
  void apply(VerifiedFiles files) throws MeshViolationException, FormatException {
    List<RemoteFile> opened = new ArrayList<>(files.entries().size());
    long unreadable = 0;
    for (VerifiedEntry entry : files.entries()) {
      checkReceipt(entry);
      Optional<List<EventRun>> runs = opened(entry);
      unreadable += runs.isPresent() ? 0 : 1;
      opened.add(remote(entry, runs.orElse(List.of())));
    }
    OthersPositions.Reached reached = others.reached(files, positionCheck());
    long eventFiles = rateLimit.eventFiles() + events(files);
    boolean ownOnly = opened.stream()
        .allMatch(file -> keys.id().equals(file.entry().author()) && file.runs().isEmpty());
    try (Batch batch = ownOnly ? store.batchUnsynced() : store.batch()) {
      if (log.position() == 0) {
        batch.useRules(files.next().membership().orElseThrow().rules());
      }
      for (int i = 0; i < opened.size(); i++) {
        unreadable += apply(batch, files.entries().get(i), opened.get(i)) ? 0 : 1;
        keep(batch, files.entries().get(i));
        keepMembership(batch, files.entries().get(i));
        records.removeReceipt(batch, opened.get(i).entry().sequence());
      }
      records.putLog(batch, files.next());
      records.putEventFiles(batch, eventFiles);
      lastCompacted(files).ifPresent(millis -> records.putCompacted(batch, millis));
      compactions.note(batch, files.entries());
      putViews(batch, files);
      reached.keep(batch);
      contentKeys.keep(batch);
      if (unreadable > 0) {
        records.putUnreadable(batch, records.unreadable() + unreadable);
      }
      batch.commit();
    }
    log = files.next();
    others.advanced(reached);
    rateLimit.eventFiles(eventFiles);
    contentKeys.kept();
    outbox.logAdvanced(files);
    duty.logAdvanced(files);
    long position = log.position();
    later(() -> progress.applied(position));
  }

  /** What the others among some files' authors have shown to hold. */
  private void putViews(Batch batch, VerifiedFiles files) {
    Map<DeviceId, FileHeader> most = new LinkedHashMap<>();
    for (VerifiedEntry entry : files.entries()) {
      FileHeader header = entry.file().header();
      most.merge(
          header.device(),
          header,
          (one, next) -> next.seen().sequence() < one.seen().sequence() ? one : next);
    }
    most.remove(keys.id());
    most.forEach((device, header) -> batch.putView(
        new SignedView(device, header.seen().sequence(), header.time()),
        header.seen().root()));
  }

  private static long events(VerifiedFiles files) {
    return files.entries().stream()
        .filter(entry -> entry.file().header().kind() == FileKind.FILE_KIND_EVENTS)
        .count();
  }

  /** When the last of this device's compactions that are whole with these files is so. */
  private Optional<Long> lastCompacted(VerifiedFiles files) {
    return files.entries().stream()
        .filter(entry -> isLastPart(entry.file().header()))
        .map(VerifiedEntry::serverTimeMillis)
        .max(Comparator.naturalOrder());
  }

  private boolean isLastPart(FileHeader header) {
    return header.kind() == FileKind.FILE_KIND_COMPACTION
        && header.part() == header.parts()
        && header.device().equals(keys.id());
  }

  // Compacting

  /** It is so late now, by a clock that only rises. */
  void at(long nowNanos) {
    rateLimit.at(nowNanos);
  }

  /** Whether it is this device's turn to compact. */
  CompactionDuty duty() {
    return duty;
  }

  /** What speaks against giving this device work. */
  Set<DeviceHint> hints() {
    return hints.get();
  }

  /** Makes what is due; its parts leave as the outbox has room. Called only while everything known of the log is held. */
  void compactIfDue() {
    if (!outbox.isCompacting()) {
      boolean isSpared = !hints().isEmpty();
      duty.due(log, keys.id(), isSpared, store::bytesBehind).ifPresent(this::compact);
    }
  }

  /** That it was tried is kept before it is: should this process be ended for what it takes, it does not begin with it again. */
  private void compact(CompactionDuty.Choice choice) {
    rateLimit.eventFiles(0);
    try (Batch batch = store.batch()) {
      records.putEventFiles(batch, 0);
      batch.commit();
    }
    work = CompactionWork.MAKING;
    try {
      long beganMillis = clock.getAsLong();
      if (!outbox.compacting().begin(choice.first(), choice.generation(), this::open, tree())) {
        duty.postpone(log);
      }
      rateLimit.made(clock.getAsLong() - beganMillis);
    } finally {
      work = CompactionWork.NONE;
    }
  }

  /** What this device does about compactions just now. From any thread. */
  public CompactionWork compactionWork() {
    return work;
  }

  /**
   * Makes a compaction of the files from one on up to the position now, whoever's turn it is, in place of one that is under way. Its parts leave with the next exchange.
   *
   * @return whether there is one: not where it would have more parts than any may
   */
  public synchronized boolean compactFrom(long first) {
    return outbox.compacting().begin(first, 1, this::open, tree());
  }

  /** How long until this device has something to say of others' compactions, if nothing happens; {@code Long.MAX_VALUE} for never. */
  long untilAttestingMillis() {
    return duty.isOn() && mayWrite()
        ? attesting.untilDueMillis(log.membership(), clock.getAsLong())
        : Long.MAX_VALUE;
  }

  /** Compares one of others' compactions, or says what is due of all that were compared. Called only while everything known of the log is held. */
  void attestIfDue() throws FormatException {
    if (untilAttestingMillis() == 0 && !compareNext()) {
      outbox.attest(
          attesting.verdicts(log.membership().orElseThrow(), clock.getAsLong(), outbox.mostSaid()));
    }
  }

  private boolean compareNext() {
    work = CompactionWork.COMPARING;
    try {
      return attesting.compareNext(
          log.membership().orElseThrow(), clock.getAsLong(), this::open, tree());
    } finally {
      work = CompactionWork.NONE;
    }
  }

  /** Others' compactions that are not what this device makes of the log, with what it has found; also where the mesh does not take its word against them any more. */
  public List<HeldCompaction> contested() {
    return contested(store);
  }

  /** As a store has them. */
  public static List<HeldCompaction> contested(SpaceStore store) {
    return store.compactions().stream()
        .filter(one -> one.word().difference().isPresent())
        .toList();
  }

  /** What the notary said as a connection began, which is believed: it is to come to no less from now on. */
  void believed(WelcomeStatement statement) {
    try (Batch batch = store.batchUnsynced()) {
      records.putWelcome(batch, statement);
      batch.commit();
    }
  }

  /** The mesh was caught; nothing of the frame was applied. */
  void caught(
      MeshViolationException e,
      Frame frame,
      Optional<WelcomeStatement> said,
      boolean ownPayloadsLeftOut) {
    KeptEvidence.Place place = new KeptEvidence.Place(
        space.orElseThrow(),
        notary.orElseThrow(),
        log,
        verifier(),
        incarnations,
        clock.getAsLong());
    new KeptEvidence(store, records, keys).keep(e, frame, said, place, ownPayloadsLeftOut);
  }

  /**
   * Evidence of what a mesh was caught at, or of what a compaction of the log is, for whoever is to check it; to be written without this replica's monitor, by any thread.
   *
   * @param name as it is kept, or of the compaction's last part
   * @param reveals whether the space's keys go with what is about a compaction
   * @throws SealiftException {@code INVALID_INPUT}, {@code EVIDENCE_INCOMPLETE}
   */
  public synchronized EvidenceExport evidence(FileId name, boolean reveals) {
    if (space.isEmpty() || notary.isEmpty()) {
      throw CompactionEvidence.unknown();
    }
    Optional<ByteString> kept = records.evidence(name.toString());
    return kept.isPresent()
        ? new MeshEvidence(store, kept.get())
        : new CompactionEvidence(store, keys, tree(), log.heldHead().orElse(null))
            .of(
                space.get(),
                notary.get(),
                name,
                incarnations,
                reveals ? contentKeys.all(log.membership().orElseThrow()) : List.of(),
                clock.getAsLong());
  }

  /**
   * Whether a compaction is what the log makes, as far as it is held here.
   *
   * @param compaction its last part, by another device
   * @return empty when the log has none of that name
   */
  Optional<CompactionCheck.Outcome> check(FileId compaction) {
    return compactions
        .find(compaction)
        .map(of -> new CompactionCheck(store, contentKeys)
            .outcome(of, log.membership().orElseThrow(), this::open, tree()));
  }

  /** Who made a compaction, and of which files; empty when the log has none of that name. */
  Optional<HeldCompaction> compaction(FileId compaction) {
    return compactions.find(compaction);
  }

  /** Whether only a step brings this device on: rows are not what the log up to the position makes of them, or the mesh has let go of the files behind that. */
  boolean needsStep() {
    return store.unfinishedStep().isPresent() || isAwaitingStep();
  }

  /**
   * The mesh has told of no step that was taken to its end, in this connection: it may know of one in the next.
   *
   * @return whether one was begun, or is needed for a log that went back, and a few connections have brought none that mends it: nothing else does
   */
  boolean isLeftUnfinished() {
    if (store.unfinishedStep().isEmpty()) {
      roundsUnfinished = 0;
      return false;
    }
    roundsUnfinished++;
    return roundsUnfinished >= MOST_ROUNDS_WITHOUT_STEP;
  }

  /** The mesh has let go of a file that is to come: it needs a step across it. */
  void awaitStepTo(long sequence) {
    awaited = sequence;
  }

  private boolean isAwaitingStep() {
    return awaited > log.position();
  }

  /**
   * The mesh knows of none: the next connection asks for the files once more.
   *
   * @return whether it did need one, and has been without for longer than an honest mesh leaves it so
   */
  boolean isLeftWithoutStep() {
    if (!isAwaitingStep()) {
      return false;
    }
    roundsInVain = awaited == awaitedInVain ? roundsInVain + 1 : 1;
    awaitedInVain = awaited;
    awaited = 0;
    return roundsInVain >= MOST_ROUNDS_WITHOUT_STEP;
  }

  /** There are some, and none was taken: the next connection asks for the files once more. */
  void stopAwaitingStep() {
    awaited = 0;
    roundsInVain = 0;
  }

  /** The same, and only one from the beginning of the log. */
  boolean needsFullStep() {
    return store.needsFullStep();
  }

  /** Whether a step mends that, if there is something to mend. */
  boolean mayTake(long first, long base) {
    boolean far = store.unfinishedStep().map(ahead -> ahead <= base).orElse(true);
    return first == 1 || far && !store.needsFullStep();
  }

  /** What is kept of a step that is not taken yet. */
  StepInstaller steps() {
    return steps;
  }

  /**
   * Takes a step whose parts are kept: the position is at its base afterwards.
   *
   * @throws StepRefusedException when what they hold is nothing that a log could come to; nothing has changed
   */
  void takeStep(Scout scout, StepRange range) throws StepRefusedException, MeshViolationException {
    steps.ready(scout, range, log);
    takeStepOn();
  }

  /** Takes the step that is under way, if there is one: nothing of the log can be applied before. */
  void takeStepOn() throws StepRefusedException, MeshViolationException {
    if (steps.underWay().isEmpty()) {
      return;
    }
    log = records.log(); // a step that was cut off may have moved it
    steps.take(log);
    log = records.log();
    outbox.logHas();
    long position = log.position();
    later(() -> progress.applied(position));
    others.stepped(positionCheck());
  }

  /** Whether it could be read; its place is noted all the same. */
  private boolean apply(Batch batch, VerifiedEntry verified, RemoteFile file)
      throws MeshViolationException {
    LogEntry entry = file.entry();
    if (!file.runs().isEmpty()) {
      return batch.apply(file);
    }
    if (verified.isExpired() && !isOwn(verified.file())) {
      batch.recordExpired(file);
      return true;
    }
    if (batch.needsOwnEvents(entry)) {
      Optional<Bytes> payload = batch.ownPayload(entry);
      if (payload.isPresent()) {
        ByteString sealed = ByteString.copyFrom(payload.get().toByteArray());
        List<EventRun> runs = contentKeys.open(verified.file(), sealed).orElse(List.of());
        return batch.apply(new RemoteFile(
            entry, file.newest(), file.seenSequence(), file.expiresAtMillis(), runs));
      }
    }
    batch.record(file);
    return true;
  }

  /** What came with its payload; what came without is this home's own, and kept since it was sent. */
  private static void keep(Batch batch, VerifiedEntry entry) {
    entry
        .payload()
        .ifPresent(payload ->
            batch.keep(entry.sequence(), entry.file().toByteArray(), payload.toByteArray()));
  }

  private void checkReceipt(VerifiedEntry entry) throws MeshViolationException {
    Optional<FileId> promised = records.promised(entry.sequence());
    if (promised.isPresent() && !promised.get().equals(entry.file().id())) {
      MeshViolationException caught = notHonoured(entry.sequence());
      throw records.receipt(entry.sequence()).map(caught::of).orElse(caught);
    }
  }

  /** Takes the keys that a membership file brings to this device. */
  private void learnKeys(VerifiedEntry entry) throws MeshViolationException {
    FoundKeys found = contentKeys.search(space.orElseThrow());
    entry.payload().ifPresent(payload -> found.take(entry.file(), payload));
    contentKeys.believe(found, entry.sequence(), entry.membership());
  }

  static MeshViolationException notHonoured(long sequence) {
    return new MeshViolationException(
        Violation.RECEIPT_NOT_HONOURED,
        sequence,
        "a file with a receipt is not where the receipt says");
  }

  private Optional<List<EventRun>> opened(VerifiedEntry entry) throws MeshViolationException {
    try {
      return runs(entry);
    } catch (KeyMissingException e) {
      needsKeys = true;
      throw log.position() == scoutedFrom ? KeyMissingException.inVain() : e;
    }
  }

  /** The events of a file; none for one of this device's own; empty when its author wrote what cannot be read. */
  private Optional<List<EventRun>> runs(VerifiedEntry entry) throws MeshViolationException {
    FileHeader header = entry.file().header();
    boolean isOwn = isOwn(entry.file());
    if (!isOwn && entry.isExpired()) {
      return Optional.of(List.of());
    }
    if (!isOwn && entry.payload().isEmpty()) {
      throw new ChainTakenException(); // of whatever kind: the file is to be kept as it was sealed
    }
    if (header.kind() == FileKind.FILE_KIND_MEMBERSHIP) {
      learnKeys(entry);
      return Optional.of(List.of());
    }
    if (isOwn) {
      return Optional.of(List.of());
    }
    return switch (header.kind()) {
      case FILE_KIND_EVENTS -> contentKeys.open(entry.file(), entry.payload().get());
      // What they are about is held here already.
      case FILE_KIND_COMPACTION, FILE_KIND_ATTESTATION -> Optional.of(List.of());
      default -> throw ContentKeys.newerFormat(null);
    };
  }

  /**
   * Whether this home made the file, and so has it and its events: it waits for its receipt, or has it. Another copy of this home may have made one
   * with the same key, which can have a receipt here too, as a displaced one.
   */
  private boolean isOwn(SignedHeader file) {
    FileHeader header = file.header();
    return header.device().equals(keys.id()) && store.isOwn(header.counter(), file.id());
  }

  private static RemoteFile remote(VerifiedEntry entry, List<EventRun> runs) {
    FileHeader header = entry.file().header();
    LogEntry place = new LogEntry(
        entry.sequence(),
        entry.file().id(),
        header.device(),
        header.counter(),
        entry.serverTimeMillis(),
        entry.base(),
        entry.root());
    return new RemoteFile(
        place, header.time(), header.seen().sequence(), header.expiresAtMillis(), runs);
  }

  private void keepMembership(Batch batch, VerifiedEntry entry) {
    entry
        .file()
        .header()
        .membership()
        .ifPresent(change -> records.putMembership(
            batch, change.getNumber(), entry.file(), entry.serverTimeMillis()));
  }
}
