package dev.sealift.ops.simulate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What befalls devices, mesh, network, disks and clocks, by chance. */
final class Faults {
  /** Something that goes wrong. */
  private interface Kind {
    void befall(Faults faults, Device device);
  }

  private static final List<Kind> KINDS = List.of(
      (faults, device) -> device.kill(),
      (faults, device) -> faults.cutPower(device),
      (faults, device) -> faults.cutPower(device),
      (faults, device) -> faults.network.cut(device),
      (faults, device) -> faults.part(),
      (faults, device) -> faults.meshMishap(),
      (faults, device) -> faults.meshMishap(),
      (faults, device) -> faults.clock(device),
      (faults, device) -> faults.clock(device),
      (faults, device) -> faults.clock(device),
      (faults, device) -> faults.goOffline(device),
      (faults, device) -> device.backUp(),
      (faults, device) -> device.putBack(faults.forgets));

  /** How far off a clock may be set, at the most. */
  private static final List<Duration> JUMPS = List.of(
      Duration.ofSeconds(2),
      Duration.ofMinutes(4),
      Duration.ofMinutes(20),
      Duration.ofDays(2),
      Duration.ofDays(60),
      Duration.ofDays(5 * 365));

  /** After this a fault that mends itself has. */
  static final long LONGEST_MILLIS = 20_000;

  private final Scheduler scheduler;
  private final Dice dice;
  private final Trace trace;
  private final Network network;
  private final Mesh mesh;
  private final Consumer<Device> forgets;
  private final boolean clocks;
  private final List<Device> devices = new ArrayList<>();

  /**
   * @param forgets is told of a device that is put back as it was
   * @param clocks whether clocks go wrong too
   */
  Faults(
      Scheduler scheduler,
      Dice dice,
      Trace trace,
      Network network,
      Mesh mesh,
      Consumer<Device> forgets,
      boolean clocks) {
    this.scheduler = scheduler;
    this.dice = dice;
    this.trace = trace;
    this.network = network;
    this.mesh = mesh;
    this.forgets = forgets;
    this.clocks = clocks;
  }

  /** Lets so many things go wrong within a span of time. */
  void plan(List<Device> candidates, int faults, long spanMillis) {
    devices.clear();
    devices.addAll(candidates);
    for (int i = 0; i < faults; i++) {
      Kind kind = dice.oneOf(KINDS);
      Device device = dice.oneOf(devices);
      scheduler.after(dice.between(0, spanMillis), () -> {
        if (device.isRunning()) {
          kind.befall(this, device);
        }
      });
    }
  }

  private void cutPower(Device device) {
    Disk.Cut cut = dice.oneOf(List.of(Disk.Cut.values()));
    long commits = dice.between(1, 6);
    trace.say(device.toString(), "will lose its power at commit " + commits + " from now: " + cut);
    device.disk().cutAt(commits, cut);
  }

  private void part() {
    List<Device> away = devices.stream().filter(device -> dice.chance(0.5)).toList();
    network.part(away);
    scheduler.after(dice.between(1_000, LONGEST_MILLIS), () -> network.part(List.of()));
  }

  private void meshMishap() {
    mesh.mishap(dice.oneOf(List.of(Mesh.Mishap.values())));
  }

  private void goOffline(Device device) {
    trace.say(device.toString(), "goes offline");
    device.disconnect();
    scheduler.after(dice.between(0, 10_000), device::connect);
  }

  private void clock(Device device) {
    if (!clocks) {
      return;
    }
    WallClock wall = device.wall();
    switch ((int) dice.between(0, 4)) {
      case 0 -> wall.stop();
      case 1 -> wall.go();
      case 2 -> wall.drift(dice.between(-50_000, 50_000));
      default -> jump(wall);
    }
    trace.say(
        device.toString(), "has a clock that now says " + Instant.ofEpochMilli(wall.getAsLong()));
  }

  private void jump(WallClock wall) {
    long most = dice.oneOf(JUMPS).toMillis();
    wall.jump(dice.between(-most, most));
  }

  /** A device's clock is off from the beginning. */
  void misset(Device device) {
    if (clocks && dice.chance(0.5)) {
      jump(device.wall());
      trace.say(
          device.toString(),
          "has a clock that says " + Instant.ofEpochMilli(device.wall().getAsLong()));
    }
  }

  /** Everything works from now on, but for the clocks: of those a device must not depend. */
  void heal() {
    network.heal();
    mesh.heal();
  }
}
