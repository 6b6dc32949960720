package dev.sealift.ops.chaos.fault;

import dev.sealift.ops.chaos.bed.Equipment;
import dev.sealift.ops.chaos.bed.Topology;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kinds of fault by name, how each is drawn, and how long it lasts. */
public enum FaultKind {
  KILL("kill", 1, 12),
  /** Beyond the eight seconds of silence after which a member of the cluster counts as gone. */
  FREEZE("freeze", 10, 30),
  PARTITION("partition", 3, 25),
  ONE_WAY("one-way", 3, 25),
  SPLIT("split", 5, 30),
  LOSS("loss", 5, 20),
  NARROW("narrow", 5, 20),
  DELAY("delay", 5, 20),
  CLOCK("clock", 5, 20),
  DATABASE_KILL("database-kill", 1, 12),
  DISK_FULL("disk-full", 5, 20),
  /** Lasts as long as it takes: the seconds come after the last process is up again. */
  ROLLING_RESTART("rolling-restart", 1, 3);

  private final String text;
  private final int leastSeconds;
  private final int mostSeconds;

  FaultKind(String text, int leastSeconds, int mostSeconds) {
    this.text = text;
    this.leastSeconds = leastSeconds;
    this.mostSeconds = mostSeconds;
  }

  /** The name in options and events. */
  public String text() {
    return text;
  }

  public static Optional<FaultKind> of(String text) {
    return Arrays.stream(values()).filter(kind -> kind.text.equals(text)).findFirst();
  }

  /** The kinds that can be drawn here. */
  public static List<FaultKind> possible(Topology.Store store, Equipment equipment) {
    return Arrays.stream(values())
        .filter(kind -> kind != CLOCK || equipment.faketime().isPresent())
        .filter(kind -> kind != DATABASE_KILL || store == Topology.Store.POSTGRES)
        .toList();
  }

  Fault draw(Dice dice, Topology topology) {
    return switch (this) {
      case KILL -> Kill.draw(dice, topology);
      case FREEZE -> Freeze.draw(dice, topology);
      case PARTITION -> Isolation.draw(dice, topology);
      case ONE_WAY -> OneWay.draw(dice, topology);
      case SPLIT -> Split.draw(dice, topology);
      case LOSS -> Loss.draw(dice, topology);
      case NARROW -> NarrowLink.draw(dice, topology);
      case DELAY -> Delay.draw(dice, topology);
      case CLOCK -> ClockSkew.draw(dice, topology);
      case DATABASE_KILL -> DatabaseKill.draw(dice, topology);
      case DISK_FULL -> DiskFull.draw(dice, topology);
      case ROLLING_RESTART -> RollingRestart.draw(dice, topology);
    };
  }

  int drawSeconds(Dice dice) {
    return dice.between(leastSeconds, mostSeconds);
  }
}
