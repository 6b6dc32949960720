package dev.sealift.ops.simulate;

import dev.sealift.client.compact.PartPacker;
import dev.sealift.client.sync.CompactionThresholds;
import dev.sealift.client.sync.OpenedInvitation;
import dev.sealift.client.vault.Vault;
import dev.sealift.compactor.CompactorPolicy;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.membership.SpaceRules;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;

/**
 * Years of a space of three devices, which edit a hundred notes a day between them while they are connected. One of them is away for months at a time, and writes all the same. In the end a fourth device comes in.
 */
public final class TwoYears {
  /** Of the whole scenario. */
  public static final int DAYS = 730;

  /** Files in one answer: some hundred kilobytes, as over a mobile link. */
  private static final int FILES_PER_REQUEST = 200;

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
  private static final long MINUTE_MILLIS = 60_000;
  private static final int EDITS_A_DAY = 100;

  /** Of the device that is away, beside those of the others. */
  private static final int EDITS_ALONE_A_DAY = 10;

  private static final long MOST_DELAY_MILLIS = 200;

  /** What devices go by where no compactor offers them anything. */
  private static final CompactionThresholds THRESHOLDS = new CompactionThresholds(250, 1_000);

  /** The first and the last day that the third device is away: shorter than the cut-off, and longer. */
  private static final List<int[]> AWAY = List.of(
      new int[] {60, 139}, new int[] {200, 319}, new int[] {400, 479}, new int[] {560, 679});

  private static final long MOST_EVENTS_A_DAY = 200_000;

  private final int days;
  private final boolean isCompacting;
  private final Dice dice;
  private final Dice editors;
  private final Notebook notebook;
  private final Scheduler scheduler;
  private final Trace trace;
  private final Path folder;
  private final Mesh mesh;
  private final Vault vault;
  private final List<Device> devices = new ArrayList<>();
  private final Growth growth;

  private TwoYears(Path folder, long seed, int days, boolean isCompacting) {
    this.folder = folder;
    this.days = days;
    this.isCompacting = isCompacting;
    this.dice = new Dice(seed);
    this.editors = dice.fork();
    this.notebook = new Notebook(dice.fork());
    this.scheduler = new Scheduler(START.toEpochMilli(), MOST_EVENTS_A_DAY * (days + 2));
    this.trace = new Trace(scheduler, false);
    this.mesh = new Mesh(scheduler, dice.fork(), trace, new MeshDisk(folder, scheduler));
    this.growth = new Growth(mesh);
    if (isCompacting) {
      mesh.compacts(CompactorPolicy.usual(), growth);
    }
    mesh.mostReadFiles(FILES_PER_REQUEST);
    mesh.network().mostDelayMillis(MOST_DELAY_MILLIS);
    mesh.network().receipts().mostFiles(Integer.MAX_VALUE);
    mesh.network().receipts().listen(growth::admitted);
    this.vault = Vault.open(folder.resolve("vault"), null);
  }

  /**
   * Lets it pass twice, with compaction and without, each on a thread of its own.
   *
   * @param progress is told how many days of both are over
   */
  public static TwoHistories run(long seed, int days, LongConsumer progress)
      throws InterruptedException {
    AtomicLong over = new AtomicLong();
    IntConsumer each = day -> progress.accept(over.incrementAndGet());
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<SpaceHistory> with = threads.submit(() -> inFolder(seed, days, true, each));
      Future<SpaceHistory> without = threads.submit(() -> inFolder(seed, days, false, each));
      return new TwoHistories(with.get(), without.get());
    } catch (ExecutionException e) {
      throw new IllegalStateException("the years did not come to their end", e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private static SpaceHistory inFolder(
      long seed, int days, boolean isCompacting, IntConsumer progress) {
    return Campaign.inFolder(
        folder -> RunThread.call(seed, () -> run(folder, seed, days, isCompacting, progress)));
  }

  /**
   * Lets it pass, on the calling thread.
   *
   * @param folder for the devices and the mesh
   * @param progress is told of each day that is over
   * @throws Fault where the devices do not come to rest
   */
  static SpaceHistory run(
      Path folder, long seed, int days, boolean isCompacting, IntConsumer progress) {
    TwoYears years = new TwoYears(folder, seed, days, isCompacting);
    try {
      return years.run(progress);
    } finally {
      years.devices.forEach(Device::close);
      years.mesh.close();
    }
  }

  private SpaceHistory run(IntConsumer progress) {
    Device first = device("laptop");
    first.found(List.of(Notebook.TABLE), SpaceRules.defaults());
    first.connect();
    rest();
    byte[] secret = dice.bytes(InvitationKeys.SECRET_BYTES);
    OpenedInvitation invitation = invitation(first, secret);
    growth.watch(invitation.space());
    for (String name : List.of("phone", "tablet")) {
      Device device = device(name);
      device.join(invitation, secret, List.of());
      device.connect();
      rest();
    }
    devices.forEach(Device::disconnect);
    for (int day = 1; day <= days; day++) {
      day(day);
      growth.sample(day);
      progress.accept(day);
    }
    devices.forEach(Device::connect);
    rest();
    devices.forEach(Device::disconnect);
    return arrival(first, invitation, secret);
  }

  private OpenedInvitation invitation(Device host, byte[] secret) {
    long validMillis = Duration.ofDays(days + 10L).toMillis();
    CompletableFuture<OpenedInvitation> opened =
        host.invite(secret, validMillis, 3).orElseThrow();
    scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);
    return opened.join();
  }

  private Device device(String name) {
    Device device = new Device(
        name,
        scheduler,
        mesh.network(),
        dice.fork(),
        trace,
        vault,
        Simulation.keys(dice),
        new Disk(folder.resolve(name + ".db")));
    device.start();
    if (isCompacting) {
      device.compacts(THRESHOLDS);
    }
    devices.add(device);
    return device;
  }

  private void day(int day) {
    long morning = scheduler.nowMillis();
    boolean isAway = AWAY.stream().anyMatch(spell -> spell[0] <= day && day <= spell[1]);
    List<Device> there = devices.subList(0, isAway ? 2 : 3);
    there.forEach(Device::connect);
    for (int i = 0; i < EDITS_A_DAY; i++) {
      scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);
      notebook.edit(editors.oneOf(there));
      growth.look();
    }
    for (int i = 0; isAway && i < EDITS_ALONE_A_DAY; i++) {
      notebook.edit(devices.get(2));
    }
    rest();
    growth.look();
    devices.forEach(Device::disconnect);
    scheduler.runUntil(morning + DAY_MILLIS);
  }

  /** Until all that are connected have everything. */
  private void rest() {
    devices.stream().filter(Device::isConnecting).forEach(Device::ask);
    untilUpToDate();
  }

  private void untilUpToDate() {
    long until = scheduler.nowMillis() + 60 * MINUTE_MILLIS;
    do {
      scheduler.runUntil(scheduler.nowMillis() + 1_000);
      if (scheduler.nowMillis() > until) {
        throw new Fault(
            "rest",
            "there is no end of it: " + devices.stream().map(Device::state).toList());
      }
    } while (!devices.stream().allMatch(device -> !device.isConnecting() || device.isUpToDate()));
  }

  private SpaceHistory arrival(Device first, OpenedInvitation invitation, byte[] secret) {
    Answers answers = new Answers();
    mesh.network().lie(answers::count);
    Device young = device("young");
    young.join(invitation, secret, List.of());
    young.connect();
    untilUpToDate(); // without a question that only this scenario has
    mesh.network().lie(UnaryOperator.identity());
    devices.forEach(Device::connect);
    rest(); // the new one has written that it is there
    boolean equal = devices.stream().allMatch(device -> isAlike(first, device));
    return growth.history(compactedBytes(first), answers, first.store().visibleDigest(), equal);
  }

  /** Of a compaction of all files. */
  private static long compactedBytes(Device device) {
    long[] bytes = new long[1];
    PartPacker packer = new PartPacker(plaintext -> bytes[0] += plaintext.length);
    device
        .store()
        .carry(
            1,
            (entry, header, payload) -> {
              throw new IllegalStateException("a compaction of all files opens none");
            },
            device.replica().edges(),
            packer::add);
    packer.finish();
    return bytes[0];
  }

  private static boolean isAlike(Device one, Device other) {
    return one.store().position() == other.store().position()
        && one.store().mergeDigest().equals(other.store().mergeDigest())
        && one.store().visibleDigest().equals(other.store().visibleDigest());
  }
}
