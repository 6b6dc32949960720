package dev.sealift.ops.simulate;

import dev.sealift.client.store.KeptFile;
import dev.sealift.client.store.TableSchema;
import dev.sealift.client.sync.OpenedInvitation;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.Vault;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.link.InvitationKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One run: devices that write, join, go away and come back, a mesh, and what befalls them, all drawn from a seed. It ends with everything healed and at rest, and a {@link
 * Verdict}.
 */
public final class Simulation {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  static final int MOST_DEVICES = 5;

  /** Until all is exchanged once everything works: the longest waits are minutes. */
  private static final long REST_MILLIS = Duration.ofHours(3).toMillis();

  /** How often answers that devices leave to each other lead to others, at the most. */
  private static final int RULE_ROUNDS = 2;

  /** More than all that is written in any run. */
  private static final int MOST_PENDING = 2_000;

  private static final long LOOK_MILLIS = 250;
  private static final int INVITATION_USES = 100;
  private static final long INVITATION_MILLIS = Duration.ofDays(3_000).toMillis();

  private final Path folder;
  private final Dice dice;
  private final Scheduler scheduler = new Scheduler(START.toEpochMilli());
  private final Trace trace;
  private final History history = new History();
  private final Mesh mesh;
  private final Network network;
  private final Vault vault;
  private final Script script;
  private final Writer writer;
  private final Workload workload;
  private final Faults faults;
  private final LogKeeper keeper;
  private final Optional<Reclaimer> reclaimer;
  private final List<Device> devices = new ArrayList<>();
  private final byte[] secret;
  private @Nullable CompletableFuture<OpenedInvitation> invitation;
  private long files;

  private Simulation(Path folder, long seed, boolean keepTrace, boolean compacts) {
    this.folder = folder;
    this.dice = new Dice(seed);
    this.trace = new Trace(scheduler, keepTrace);
    this.script = new Script(dice.fork(), compacts);
    this.mesh = new Mesh(scheduler, dice.fork(), trace, new MeshDisk(folder, scheduler));
    this.network = mesh.network();
    this.vault = Vault.open(folder.resolve("vault"), null);
    this.writer = new Writer(dice.fork(), trace, history, script.undoes());
    this.workload = new Workload(scheduler, dice.fork(), writer, script, history, this::forget);
    this.faults = new Faults(
        scheduler, dice.fork(), trace, network, mesh, this::forget, script.clocksGoWrong());
    this.keeper = new LogKeeper(mesh);
    this.reclaimer = script
        .compacting()
        .filter(how -> how.isReclaiming() || script.lifetimeMillis().isPresent())
        .map(how -> new Reclaimer(mesh, keeper, trace, how));
    this.secret = dice.bytes(InvitationKeys.SECRET_BYTES);
  }

  /**
   * Runs a seed.
   *
   * @param folder empty, for the run's files; best in memory
   * @param keepTrace whether what happened is wanted line by line
   */
  public static Result run(Path folder, long seed, boolean keepTrace) {
    return run(folder, seed, keepTrace, false);
  }

  /** As above; devices compact, and the mesh may reclaim. */
  static Result runCompacting(Path folder, long seed, boolean keepTrace) {
    return run(folder, seed, keepTrace, true);
  }

  private static Result run(Path folder, long seed, boolean keepTrace, boolean compacts) {
    Simulation simulation = new Simulation(folder, seed, keepTrace, compacts);
    try {
      simulation.run();
      return simulation.result(seed, Optional.empty());
    } catch (Fault fault) {
      return simulation.result(seed, Optional.of(fault.getMessage()));
    } catch (RuntimeException bug) {
      return simulation.result(seed, Optional.of("a bug: " + describe(bug)));
    } finally {
      simulation.close();
    }
  }

  /** With what led to it within the run, which is the same each time. */
  static String describe(Throwable bug) {
    String trace = Arrays.stream(bug.getStackTrace())
        .takeWhile(frame -> !frame.getClassName().equals(Scheduler.class.getName()))
        .map(frame -> "\n    at " + frame)
        .collect(Collectors.joining());
    return bug
        + trace
        + (bug.getCause() == null ? "" : "\n  because of " + describe(bug.getCause()));
  }

  private Result result(long seed, Optional<String> fault) {
    fault.ifPresent(what -> trace.say("end", what));
    long crashes = mesh.crashes() + devices.stream().mapToLong(Device::crashes).sum();
    Counts counts = new Counts(history.events(), files, crashes, network.troubles());
    return new Result(seed, fault, counts, trace.lines(), trace.hash());
  }

  private void close() {
    devices.forEach(Device::close);
    mesh.close();
  }

  private void run() {
    trace.say("begin", script.toString());
    if (script.compacting().isPresent()) {
      mesh.admitCompactions();
      mesh.listen(keeper::advanced);
      mesh.listenToLoss(keeper::wentBack);
      reclaimer.ifPresent(one -> mesh.listen((space, size) -> one.watch(space)));
    }
    Device founder = device();
    founder.found(schema(founder), script.rules());
    network.mostDelayMillis(script.mostDelayMillis());
    mesh.mostBusMillis(script.mostBusMillis());
    script.restoring().ifPresent(restoring -> mesh.recoveryMillis(restoring.recoveryMillis()));
    for (int phase = 0; phase < script.phases().size(); phase++) {
      run(script.phases().get(phase), phase);
    }
    if (!heal()) {
      trace.say("end", "somebody is outside for good, and others keep what he wrote");
      return;
    }
    List<KeptFile> log = script.compacting().isPresent()
        ? keeper.upTo(founder.space(), founder.store().position())
        : LogReader.kept(founder.store());
    Verdict verdict = new Verdict(devices, log, history, network.receipts(), writer, script);
    files = verdict.judge();
    devices.forEach(Device::requireBlamesNobody);
    trace.say(
        "end",
        "all agree on %d files, whose root is %s, and miss %d"
            .formatted(files, root(devices.get(0)), verdict.lost()));
  }

  private static String root(Device device) {
    return device.store().rootAt(device.store().position()).map(Hash::toString).orElse("none");
  }

  private List<TableSchema> schema(Device device) {
    List<TableSchema> tables = new ArrayList<>(List.of(Writer.schema(dice)));
    if (script.hasRowRules()) {
      tables.addAll(RuleWriter.SCHEMA);
    }
    if (script.hasVersions()) {
      tables.add(writer.versions().schema(device));
    }
    if (script.hasGroups()) {
      tables.addAll(GroupWriter.SCHEMA);
    }
    if (script.hasFeed()) {
      tables.add(FeedWriter.SCHEMA);
    }
    script.lifetimeMillis().ifPresent(millis -> tables.add(LifetimeWriter.schema(millis)));
    return tables;
  }

  private Device device() {
    String name = "d" + (devices.size() + 1);
    Device device = new Device(
        name,
        scheduler,
        network,
        dice.fork(),
        trace,
        vault,
        keys(dice),
        new Disk(folder.resolve(name + ".db")));
    if (script.hasVersions()) {
      device.declaring(() -> writer.versions().schema(device));
    }
    faults.misset(device);
    device.start();
    script.compacting().ifPresent(how -> device.compacts(how.thresholds()));
    devices.add(device);
    return device;
  }

  /** From the seed, for who wins at equal times depends on them. */
  static DeviceKeyPair keys(Dice dice) {
    try {
      return DeviceKeyPair.of(dice.bytes(64));
    } catch (FormatException e) {
      throw new IllegalStateException("64 bytes are a device's keys", e);
    }
  }

  private void run(Script.Phase phase, int number) {
    join(phase.joins());
    List<Device> present = present(number);
    for (Device device : present) {
      if (phase.isConnected(devices.indexOf(device))) {
        device.connect();
      }
    }
    network.lossChance(phase.lossChance());
    mesh.lostAnswers(phase.lostAnswers());
    workload.plan(present, phase.operations(), phase.spanMillis());
    faults.plan(present, phase.faults(), phase.spanMillis());
    scheduler.after(phase.spanMillis() / 3, this::invite);
    script.restoring().ifPresent(restoring -> restore(restoring, number, phase.spanMillis()));
    reclaimer.ifPresent(one -> scheduler.after(dice.between(0, phase.spanMillis()), one::reclaim));
    scheduler.runUntil(scheduler.nowMillis() + phase.spanMillis());
    pass(phase.gapMillis());
    reclaimer.ifPresent(Reclaimer::reclaim);
  }

  private void restore(Script.Restoring restoring, int phase, long spanMillis) {
    if (restoring.copied().contains(phase)) {
      scheduler.after(dice.between(0, spanMillis), this::backUpMesh);
    }
    if (restoring.restored().contains(phase)) {
      scheduler.after(dice.between(0, spanMillis), mesh::restore);
    }
  }

  /** Once it has the space: one that is not in a copy would come back only within a day. */
  private void backUpMesh() {
    if (devices.get(0).isRunning() && devices.get(0).store().position() > 0) {
      mesh.backUp();
    }
  }

  /** Those that somebody has at hand: one may be away for months, from before its last writes are sent. */
  private List<Device> present(int phase) {
    if (devices.size() <= Math.max(1, script.away()) || phase < Script.AWAY_FROM) {
      return List.copyOf(devices);
    }
    List<Device> present = new ArrayList<>(devices);
    Device away = present.remove(script.away());
    away.disconnect();
    if (phase == Script.AWAY_FROM) {
      trace.say(away.toString(), "is away from now on");
      workload.plan(List.of(away), 3, script.phases().get(phase).spanMillis());
    }
    return present;
  }

  /** Nobody is at work for a while. */
  private void pass(long millis) {
    if (millis > 0) {
      scheduler.runUntil(scheduler.nowMillis() + Faults.LONGEST_MILLIS);
      devices.forEach(Device::disconnect);
      network.part(List.of());
      scheduler.runUntil(scheduler.nowMillis() + millis);
      trace.say("time", "has passed");
    }
  }

  private Optional<OpenedInvitation> invited() {
    CompletableFuture<OpenedInvitation> now = invitation;
    return now != null && now.isDone() && !now.isCompletedExceptionally()
        ? Optional.of(now.join())
        : Optional.empty();
  }

  private void invite() {
    boolean waits = invitation != null && !invitation.isCompletedExceptionally();
    if (!waits) {
      devices.get(0).invite(secret, INVITATION_MILLIS, INVITATION_USES).ifPresent(opened -> {
        trace.say("d1", "invites");
        invitation = opened;
      });
    }
  }

  private void join(int most) {
    invited().ifPresent(opened -> {
      for (int i = 0; i < most && devices.size() < MOST_DEVICES; i++) {
        Device joined = device();
        joined.join(opened, secret, dice.chance(0.5) ? schema(joined) : List.of());
        trace.say(joined.toString(), "joins");
      }
    });
  }

  /**
   * Everything works again, and comes to rest.
   *
   * @return whether all that is left can be judged: not where somebody joined in the place of one whose joining the mesh lost, and who is outside for good then
   */
  private boolean heal() {
    trace.say("heal", "everything works from now on");
    faults.heal();
    devices.forEach(Device::start);
    devices.forEach(Device::connect);
    devices.forEach(Device::hope);
    rest();
    invite();
    rest();
    reclaimer.ifPresent(Reclaimer::reclaim);
    if (devices.size() == 1 || script.compacting().isPresent()) {
      join(1);
      devices.forEach(Device::connect);
    }
    rest();
    letGo();
    if (devices.stream().anyMatch(device -> device.store().displacedCount() > 0)) {
      return false;
    }
    if (script.hasVersions()) {
      devices.forEach(writer.versions()::declare);
      rest();
    }
    settleRules();
    devices.forEach(Device::ask);
    rest();
    return true;
  }

  /** Those whose joining the mesh lost, and nobody else knows of: they have been told, and what they wrote stays with them. */
  private void letGo() {
    devices.stream().filter(Device::isOutside).forEach(device -> {
      trace.say(device.toString(), "is outside for good");
      forget(device);
      device.close();
    });
    devices.removeIf(Device::isOutside);
  }

  /** What the device wrote last may be lost. */
  private void forget(Device device) {
    history.forget(device.id());
    writer.feed().forget(device);
  }

  /** What breaks a rule is answered by others when those who had a part in it do not, and that may break another. What nobody answers is looked at every hour for ever. */
  private void settleRules() {
    for (int i = 0; i < RULE_ROUNDS && devices.stream().anyMatch(Device::looksAtRules); i++) {
      scheduler.runUntil(scheduler.nowMillis() + RuleWriter.PATIENCE_MILLIS);
      rest();
    }
  }

  private static boolean writesOn(Device device) {
    return device.isRunning() && device.store().pendingCount() > MOST_PENDING;
  }

  private void rest() {
    long until = scheduler.nowMillis() + REST_MILLIS;
    do {
      scheduler.runUntil(scheduler.nowMillis() + LOOK_MILLIS);
      if (scheduler.nowMillis() > until || devices.stream().anyMatch(Simulation::writesOn)) {
        throw new Fault(
            "rest",
            "there is no end of it: " + devices.stream().map(Device::state).toList());
      }
    } while (!devices.stream().allMatch(this::isAtRest) || isGrowing());
  }

  /** Whether devices say something to each other's compactions still, which nobody waits for. */
  private boolean isGrowing() {
    return script.compacting().isPresent()
        && devices.stream()
            .filter(device -> device.isConnecting() && !device.isOutside())
            .anyMatch(device -> device.store().position() < keeper.size());
  }

  private boolean isAtRest(Device device) {
    return device.isUpToDate()
        || device.isOutside()
        || device.keepsForOthers() && devices.stream().anyMatch(Device::isOutside);
  }
}
