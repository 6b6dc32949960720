package dev.sealift.ops.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What apps do, by chance. A further cell type adds its operations to {@link #OPERATIONS}. */
final class Workload {
  /** An operation, and how often it is drawn beside the others. */
  private record Choice(int weight, Operation operation) {}

  private static final List<Choice> OPERATIONS = List.of(
      new Choice(6, Writer::put),
      new Choice(10, Writer::patch),
      new Choice(6, Writer::remove),
      new Choice(14, Writer::part),
      new Choice(1, Writer::several),
      new Choice(3, Writer::together),
      new Choice(4, Writer::guarded),
      new Choice(5, (writer, device, key) -> writer.transfer(device)),
      new Choice(1, (writer, device, key) -> writer.dismiss(device)),
      new Choice(2, (writer, device, key) -> writer.revive(device)));

  private static final int ALWAYS_DRAWN =
      OPERATIONS.stream().mapToInt(Choice::weight).sum();

  /** What meets on one row in most ways. */
  private static final List<Operation> MEETING =
      List.of(Writer::put, Writer::patch, Writer::remove, Writer::remove);

  private static final Choice RULES =
      new Choice(18, (writer, device, key) -> writer.rules().write(device));

  private static final List<Choice> UNDOING = List.of(
      new Choice(5, (writer, device, key) -> writer.undo(device)),
      new Choice(2, (writer, device, key) -> writer.redo(device)));

  private static final Choice FEED =
      new Choice(4, (writer, device, key) -> writer.feed().append(device));

  private static final List<Choice> VERSIONS = List.of(
      new Choice(8, (writer, device, key) -> writer.versions().write(device)),
      new Choice(1, (writer, device, key) -> writer.versions().upgrade(device)));

  private static final Choice GROUPS =
      new Choice(8, (writer, device, key) -> writer.groups().write(device));

  private static final Choice LIFETIMES =
      new Choice(8, (writer, device, key) -> writer.lifetimes().write(device));

  /** After which an app tries again to write what its device could not take. */
  private static final long LATER_MILLIS = 5_000;

  private final Scheduler scheduler;
  private final Dice dice;
  private final Writer writer;
  private final List<Operation> drawn = new ArrayList<>();
  private final int keys;
  private final Optional<History> handedOver;
  private final Consumer<Device> forgets;

  /**
   * @param history remembers what devices hand over to each other
   * @param forgets is told of a device that is put back as it was
   */
  Workload(
      Scheduler scheduler,
      Dice dice,
      Writer writer,
      Script script,
      History history,
      Consumer<Device> forgets) {
    this.forgets = forgets;
    this.handedOver = script.handsOver() ? Optional.of(history) : Optional.empty();
    this.scheduler = scheduler;
    this.dice = dice;
    this.writer = writer;
    this.keys = script.keys();
    OPERATIONS.forEach(this::add);
    if (script.hasRowRules()) {
      add(RULES);
    }
    if (script.undoes()) {
      UNDOING.forEach(this::add);
    }
    if (script.hasVersions()) {
      VERSIONS.forEach(this::add);
    }
    if (script.hasGroups()) {
      add(GROUPS);
    }
    if (script.hasFeed()) {
      add(FEED);
    }
    if (script.lifetimeMillis().isPresent()) {
      add(LIFETIMES);
    }
  }

  private void add(Choice choice) {
    for (int i = 0; i < choice.weight(); i++) {
      drawn.add(choice.operation());
    }
  }

  /**
   * Lets so many things be done by these devices within a span of time, and on top of them what only some runs have. Some at the same moment to the same row, by two devices, or by three.
   */
  void plan(List<Device> devices, int operations, long spanMillis) {
    int all = operations * drawn.size() / ALWAYS_DRAWN;
    for (int i = 0; i < all; i++) {
      long at = dice.between(0, spanMillis);
      String key = "k" + dice.between(1, keys);
      Operation operation = dice.oneOf(drawn);
      perform(at, dice.oneOf(devices), operation, key);
      if (dice.chance(0.2)) {
        perform(at, dice.oneOf(devices), operation, key);
      }
      if (dice.chance(0.1)) {
        for (int meeting = 0; meeting < 3; meeting++) {
          Operation other = dice.oneOf(MEETING);
          perform(at + dice.between(0, 3), dice.oneOf(devices), other, key);
        }
      }
      if (dice.chance(0.02)) {
        repeat(spanMillis, devices, key);
      }
      handedOver
          .filter(history -> dice.chance(0.5))
          .ifPresent(history -> handOver(spanMillis, devices, key, history));
    }
  }

  /** What one has written it writes once more, as a home that was put back does, when another has gone on from it. */
  private void repeat(long spanMillis, List<Device> devices, String key) {
    Device one = dice.oneOf(devices);
    long at = dice.between(0, spanMillis);
    long back = dice.between(at, spanMillis);
    scheduler.after(at, () -> {
      performNow(one, Writer::part, key);
      if (one.isRunning()) {
        one.backUp();
      }
    });
    perform(dice.between(at, back), dice.oneOf(devices), Writer::part, key);
    scheduler.after(back, () -> {
      if (one.isRunning()) {
        one.putBack(forgets);
      }
    });
  }

  /** One writes, and hands over to another who goes on from it at once. */
  private void handOver(long spanMillis, List<Device> devices, String key, History history) {
    Device from = dice.oneOf(devices);
    Device to = dice.oneOf(devices);
    Operation before = dice.oneOf(drawn);
    Operation after = dice.oneOf(drawn);
    scheduler.after(dice.between(0, spanMillis), () -> {
      performNow(from, before, key);
      if (from != to && from.isRunning() && to.isRunning()) {
        from.handOver(to, history);
        performNow(to, after, key);
      }
    });
  }

  private void perform(long afterMillis, Device device, Operation operation, String key) {
    scheduler.after(afterMillis, () -> performNow(device, operation, key));
  }

  /** An app that is told that its device has to catch up first does it later. */
  private void performNow(Device device, Operation operation, String key) {
    if (device.isRunning() && device.isCatchingUp()) {
      perform(LATER_MILLIS, device, operation, key);
    } else if (device.isRunning() && device.store().hasTable(Writer.TABLE)) {
      operation.perform(writer, device, key);
    }
  }
}
