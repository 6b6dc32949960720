package dev.sealift.ops.simulate;

import static java.util.Objects.requireNonNull;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.store.StoreException;
import dev.sealift.client.store.TableSchema;
import dev.sealift.client.sync.CompactionThresholds;
import dev.sealift.client.sync.HandOver;
import dev.sealift.client.sync.KeptEvidence;
import dev.sealift.client.sync.MemberChange;
import dev.sealift.client.sync.MeshClock;
import dev.sealift.client.sync.OpenedInvitation;
import dev.sealift.client.sync.Progress;
import dev.sealift.client.sync.Replica;
import dev.sealift.client.sync.SpaceRecords;
import dev.sealift.client.sync.StoreErrors;
import dev.sealift.client.sync.SyncReport;
import dev.sealift.client.sync.SyncState;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.Vault;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.SpaceRules;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One device: the real store, replica and exchange, on a simulated disk, clock and network. */
final class Device {
  /** What it is told while the mesh does not have again yet what made it a member. */
  private static final Set<ErrorCode> LOCKED_OUT =
      EnumSet.of(ErrorCode.NOT_A_MEMBER, ErrorCode.INVITATION_UNKNOWN);

  /** After which people try again. */
  private static final long TRY_AGAIN_MILLIS = 600_000;

  /** So often others would have brought back what they hold. */
  private static final int MOST_REFUSALS = 6;

  /** Why a device may not take what another one, as honest, hands over. */
  private static final Set<ErrorCode> REFUSED = EnumSet.of(
      ErrorCode.NOT_CONNECTED,
      ErrorCode.NOT_A_MEMBER,
      ErrorCode.FILES_MISSING,
      ErrorCode.FILES_CONFLICT,
      ErrorCode.FILES_AHEAD,
      ErrorCode.CATCHING_UP);

  private final String name;
  private final Scheduler scheduler;
  private final Network network;
  private final Dice dice;
  private final Trace trace;
  private final Vault vault;
  private final DeviceKeyPair keys;
  private final Disk disk;
  private final WallClock wall;
  private @Nullable SpaceStore store;
  private @Nullable SpaceRecords records;
  private @Nullable MeshClock clock;
  private @Nullable Exchange online;
  private boolean isConnecting;
  private Optional<Hash> shown = Optional.empty();
  private @Nullable Supplier<TableSchema> version;
  private Optional<CompactionThresholds> thresholds = Optional.empty();
  private long crashes;
  private long questions;
  private int refusals;
  private boolean isRemoved;
  private @Nullable Consumer<SealiftException> hearing;
  private long toldDurable;

  private final Progress progress = new Progress() {
    @Override
    public void applied(long position) {}

    @Override
    public void durable(HybridTime upTo) {
      toldDurable++;
    }

    @Override
    public boolean wantsPositions() {
      return true;
    }
  };

  Device(
      String name,
      Scheduler scheduler,
      Network network,
      Dice dice,
      Trace trace,
      Vault vault,
      DeviceKeyPair keys,
      Disk disk) {
    this.name = name;
    this.scheduler = scheduler;
    this.network = network;
    this.dice = dice;
    this.trace = trace;
    this.vault = vault;
    this.keys = keys;
    this.disk = disk;
    this.wall = new WallClock(scheduler);
  }

  /** From its next connection on it compacts. */
  void compacts(CompactionThresholds at) {
    thresholds = Optional.of(at);
  }

  /** From its next connection on it has nothing to do with compactions. */
  void compactsNothing() {
    thresholds = Optional.empty();
  }

  /** Whatever it meets is told there, and is no fault of the run. */
  void tell(Consumer<SealiftException> who) {
    hearing = who;
  }

  /** Whether somebody is told of what it met. */
  boolean isHeard(SealiftException problem) {
    Consumer<SealiftException> who = hearing;
    if (who != null) {
      who.accept(problem);
    }
    return who != null;
  }

  DeviceId id() {
    return keys.id();
  }

  Vault vault() {
    return vault;
  }

  DeviceKeyPair keys() {
    return keys;
  }

  WallClock wall() {
    return wall;
  }

  Disk disk() {
    return disk;
  }

  long crashes() {
    return crashes;
  }

  /** How often it was told that something it wrote is durable in the mesh. */
  long toldDurable() {
    return toldDurable;
  }

  /** Its name. */
  @Override
  public String toString() {
    return name;
  }

  // Life

  boolean isRunning() {
    return store != null;
  }

  /** Its process starts, on what is on its disk. */
  void start() {
    if (store != null) {
      return;
    }
    MeshClock estimate = new MeshClock(wall);
    SpaceStore opened = SpaceStore.open(disk, disk.file(), keys.id(), estimate);
    SpaceRecords kept = new SpaceRecords(opened, vault);
    estimate.restore(kept.clockOffsetMillis());
    requireShownAgain(opened);
    store = opened;
    records = kept;
    clock = estimate;
    declareRules();
    declareVersion();
    if (store != null && isConnecting) {
      connect();
    }
  }

  /** From its next start on the app declares this, once the device is in the space. */
  void declaring(Supplier<TableSchema> table) {
    version = table;
  }

  private void declareVersion() {
    Supplier<TableSchema> declared = version;
    if (store != null && declared != null && store.position() > 0) {
      write(batch -> batch.declare(declared.get()));
    }
  }

  /** Nobody has lied, so it has no evidence of a lie, and contests nothing. */
  void requireBlamesNobody() {
    if (!KeptEvidence.list(records()).isEmpty() || !Replica.contested(store()).isEmpty()) {
      throw new Fault("L11", name + " blames somebody, and all are honest");
    }
  }

  /** The app of this version, as it begins: it declares what is there again, for it has functions of its own. */
  private void declareRules() {
    if (store().hasTable(RuleWriter.PEOPLE) && store().hasTable(RuleWriter.TEAMS)) {
      write(batch -> RuleWriter.SCHEMA.forEach(batch::declare));
    }
  }

  /** Whether it answers anything that breaks a rule, as if it was so much later. */
  boolean answersRules(long laterMillis) {
    boolean more = true;
    while (more && store().pendingCount() == 0) {
      try (Batch batch = store().batch()) {
        more = batch.answerRules(nowMillis() + laterMillis);
        batch.commit();
      }
    }
    return store().pendingCount() > 0;
  }

  /** Whether it has noted rows that break a rule. */
  boolean looksAtRules() {
    return store().untilRulesMillis(nowMillis()) != Long.MAX_VALUE;
  }

  /** By its estimate of the mesh's clock. */
  long nowMillis() {
    return requireNonNull(clock).getAsLong();
  }

  /** The space is founded on it. */
  void found(List<TableSchema> tables, SpaceRules rules) {
    try (Batch batch = store().batch()) {
      records().start(batch);
      batch.useRules(rules);
      tables.forEach(batch::declare);
      batch.commit();
    }
  }

  /** The space is joined; the app may declare what it knows before anything has come. */
  void join(OpenedInvitation invitation, byte[] secret, List<TableSchema> declared) {
    try (Batch batch = store().batch()) {
      SpaceRecords kept = records();
      kept.start(batch);
      kept.startJoining(
          batch,
          invitation.space(),
          invitation.notary(),
          invitation.head(),
          secret,
          invitation.sequence());
      declared.forEach(batch::declare);
      batch.commit();
    }
  }

  /** Its process ends in the middle of whatever it does. Its sockets close, or fall silent with the whole machine. */
  void crash() {
    if (store == null) {
      return;
    }
    crashes++;
    trace.say(name, "crashes");
    Exchange was = online;
    online = null;
    if (was != null) {
      was.abandon(dice.chance(0.5));
    }
    close();
    if (disk.powerOn()) {
      trace.say(name, "has lost commits that had not waited for the disk");
    }
    scheduler.after(dice.between(0, 5_000), this::start);
  }

  /** Its process is killed between two steps: what it shows is what it will show again (L4). */
  void kill() {
    shown = Optional.of(store().visibleDigest());
    crash();
  }

  /** Its home is copied, once it is in the space. */
  void backUp() {
    if (store().position() > 0) {
      trace.say(name, "is backed up");
      disk.backUp();
    }
  }

  /** Its home is exchanged for the copy: what it had not sent since then is lost. */
  void putBack(Consumer<Device> forgets) {
    if (disk.isBackedUp()) {
      trace.say(name, "is put back as it was backed up");
      crash();
      disk.putBack();
      forgets.accept(this);
    }
  }

  private void requireShownAgain(SpaceStore opened) {
    shown.filter(before -> !before.equals(opened.visibleDigest())).ifPresent(before -> {
      throw new Fault("L4", name + " shows something else after it was killed");
    });
    shown = Optional.empty();
  }

  void close() {
    SpaceStore open = store;
    store = null;
    if (open != null) {
      open.close();
    }
  }

  // The app

  SpaceStore store() {
    return requireNonNull(store);
  }

  /** Once it has founded one, or comes with an invitation. */
  SpaceId space() {
    return records().space().orElseThrow();
  }

  private SpaceRecords records() {
    return requireNonNull(records);
  }

  /** Who is in the space, as far as it knows. */
  Optional<Membership> membership() {
    return records().members();
  }

  /** Whether it is in the space, and may not write to it. */
  boolean mayOnlyRead() {
    return membership()
        .flatMap(members -> members.device(id()))
        .filter(device -> !device.mayWrite())
        .isPresent();
  }

  /** What it holds of the log, beside the store. */
  Replica replica() {
    return new Replica(keys, store(), records(), requireNonNull(clock), progress, thresholds);
  }

  /** Whether it takes no writes for now, since only a part is there of what brings it up to date at once. */
  boolean isCatchingUp() {
    boolean catchesUp = store().unfinishedStep().isPresent();
    if (catchesUp) {
      trace.say(name, "is catching up");
    }
    return catchesUp;
  }

  /**
   * One unit of work of the app.
   *
   * @return whether it is durable; if not, the device has crashed meanwhile, and nobody knows
   */
  boolean write(Consumer<Batch> work) {
    try (Batch batch = store().batch()) {
      work.accept(batch);
      batch.commit();
    } catch (PowerCutException e) {
      crash();
      return false;
    }
    scheduler.after(0, this::news);
    return true;
  }

  private void news() {
    Exchange now = online;
    if (now != null) {
      now.news();
    }
  }

  // By hand

  /** Gives another device what the mesh does not have yet, on a stick. */
  void handOver(Device to, History history) {
    ByteArrayOutputStream stick = new ByteArrayOutputStream();
    try {
      HandOver given = exchanged().handOver();
      given.writeTo(stick);
      trace.say(name, "hands " + given.size() + " files over to " + to);
      to.takeOver(stick.toByteArray(), given, history);
    } catch (SealiftException e) {
      refused(e);
    } catch (StoreException e) {
      refused(StoreErrors.toSealift(e));
    } catch (PowerCutException e) {
      crash();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void takeOver(byte[] stick, HandOver given, History history) throws IOException {
    try {
      int taken = exchanged().takeOver(HandOver.read(new ByteArrayInputStream(stick)));
      trace.say(name, "takes over " + taken + " of them");
      history.handedOver(given.headers().stream()
          .filter(file -> file.header().time().millis() <= scheduler.nowMillis())
          .toList());
    } catch (PowerCutException e) {
      crash();
      return;
    }
    scheduler.after(0, this::news);
  }

  private void refused(SealiftException e) {
    trace.say(name, "cannot: " + e.code() + " " + e.getMessage());
    if (!REFUSED.contains(e.code())) {
      throw new Fault("L10", name + " hands over in vain: " + e.code() + " " + e.getMessage());
    }
  }

  /** What it exchanges with, if it does; else one of its own. */
  Replica exchanged() {
    Exchange now = online;
    return now == null ? replica() : now.replica();
  }

  // Exchange

  void connect() {
    isConnecting = true;
    if (store != null && online == null) {
      Exchange made =
          new Exchange(this, scheduler, network, dice, trace, replica(), () -> questions);
      online = made;
      made.begin();
    }
  }

  /** Whether it is to be connected whenever it can be. */
  boolean isConnecting() {
    return isConnecting;
  }

  void disconnect() {
    isConnecting = false;
    Exchange was = online;
    online = null;
    if (was != null) {
      was.end();
    }
  }

  /** Asks the mesh anew how far the log is. */
  void ask() {
    questions++;
    news();
  }

  /** Whether everything is exchanged, as far as this device knows and was told of the last question. */
  boolean hasExchanged() {
    Exchange now = online;
    SyncReport last = now == null ? null : now.report().orElse(null);
    return store != null
        && last != null
        && last.state() == SyncState.UP_TO_DATE
        && last.answered() >= questions
        && store().pendingCount() == 0
        && store().outboxCount() == 0;
  }

  /** As above, and nothing is left of what the mesh has lost. */
  boolean isUpToDate() {
    return hasExchanged() && store().displacedCount() == 0;
  }

  /** Whether all is exchanged but what a restored mesh does not take back of others, which is told. */
  boolean keepsForOthers() {
    Exchange now = online;
    return hasExchanged()
        && now != null
        && now.report()
            .flatMap(SyncReport::problem)
            .filter(problem -> problem.code() == ErrorCode.FILE_REFUSED)
            .isPresent();
  }

  /** Whether it has lost its place in the space for good: the mesh has lost it, and nobody else knows of it. */
  boolean isOutside() {
    return refusals >= MOST_REFUSALS;
  }

  /** It has left, or somebody has removed it: that the mesh does not let it in is what is to be. */
  void removed() {
    isRemoved = true;
  }

  /** From now on others are there who may bring back what lets it in. */
  void hope() {
    refusals = 0;
  }

  /** The mesh does not let it in any more. */
  void lockedOut(SealiftException why) {
    if (isRemoved && why.code() == ErrorCode.NOT_A_MEMBER) {
      trace.say(name, "is out");
      isConnecting = false;
      online = null;
      return;
    }
    if (isHeard(why)) {
      online = null;
      return;
    }
    if (!LOCKED_OUT.contains(why.code()) || !network.receipts().wasRestored()) {
      throw new Fault("rest", name + " stops for good: " + why.code() + " " + why.getMessage());
    }
    trace.say(name, "is not let in: " + why.code());
    refusals++;
    online = null;
    scheduler.after(TRY_AGAIN_MILLIS, () -> {
      if (isConnecting) {
        connect();
      }
    });
  }

  String state() {
    Exchange now = online;
    return store == null
        ? name + " is down"
        : "%s is at %d, has %d pending and %d waiting, and says %s"
            .formatted(
                name,
                store().position(),
                store().pendingCount(),
                store().outboxCount(),
                now == null ? "nothing" : now.report().toString());
  }

  /** Opens an invitation for all devices to come; empty when there is no exchange. */
  Optional<CompletableFuture<OpenedInvitation>> invite(byte[] secret, long validMillis, int uses) {
    Exchange now = online;
    if (now == null) {
      return Optional.empty();
    }
    CompletableFuture<OpenedInvitation> opened = now.invite(secret, validMillis, uses);
    news();
    return Optional.of(opened);
  }

  /** Changes who is in the space; empty when there is no exchange. */
  Optional<CompletableFuture<Membership>> change(MemberChange change) {
    Exchange now = online;
    if (now == null) {
      return Optional.empty();
    }
    CompletableFuture<Membership> done = now.change(change);
    news();
    return Optional.of(done);
  }

  void received(Network.Link link, byte[] message) {
    current(link).ifPresent(now -> now.received(message));
  }

  void heard(Network.Link link) {
    current(link).ifPresent(Exchange::heard);
  }

  void disconnected(Network.Link link) {
    current(link).ifPresent(Exchange::broken);
  }

  /** Whether this exchange is the one that it has now. */
  boolean isOn(Exchange exchange) {
    return online == exchange;
  }

  private Optional<Exchange> current(Network.Link link) {
    Exchange now = online;
    return now != null && now.isOn(link) ? Optional.of(now) : Optional.empty();
  }
}
