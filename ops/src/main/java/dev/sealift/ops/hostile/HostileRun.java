package dev.sealift.ops.hostile;

import dev.sealift.ops.simulate.Bed;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Lies told to a device, one after the other or at once, on a stage that is drawn by a seed. */
final class HostileRun {
  private static final int MOST_MORE = 3;
  private static final double TWO_AT_ONCE = 0.4;

  private HostileRun() {}

  /** Lies of the seed's choice: each kind comes round, and others with it. */
  static HostileResult one(long seed) {
    return one(seed, drawn(seed));
  }

  /** These. */
  static HostileResult one(long seed, List<Lie> lies) {
    try {
      return new HostileResult(seed, Bed.with(seed, bed -> told(bed, lies)));
    } catch (RuntimeException bug) {
      String names = String.join(", ", lies.stream().map(Lie::name).toList());
      throw new IllegalStateException("seed %d (%s): %s".formatted(seed, names, bug), bug);
    }
  }

  private static List<Told> told(Bed bed, List<Lie> lies) {
    Stage stage = new Stage(bed);
    List<Told> told = new ArrayList<>();
    for (Lie lie : lies) {
      Told one = new Judge(stage, lie).judge();
      told.add(one);
      if (one.failure().isPresent()) {
        break;
      }
    }
    return told;
  }

  static List<Lie> drawn(long seed) {
    Random dice = new Random(seed);
    List<Lie> all = Lies.all();
    List<Lie> drawn = new ArrayList<>();
    add(drawn, all.get((int) Math.floorMod(seed, (long) all.size())));
    for (int i = dice.nextInt(MOST_MORE + 1); i > 0; i--) {
      Lie next = all.get(dice.nextInt(all.size()));
      Lie last = drawn.get(drawn.size() - 1);
      boolean both = next.isOfAFrame() && last.isOfAFrame() && dice.nextDouble() < TWO_AT_ONCE;
      if (both) {
        drawn.set(drawn.size() - 1, last.and(next));
      } else {
        add(drawn, next);
      }
    }
    return drawn;
  }

  /** One behind which no other can be told comes last, and alone of its like. */
  private static void add(List<Lie> drawn, Lie lie) {
    boolean isClosed = !drawn.isEmpty() && drawn.get(drawn.size() - 1).isLast();
    if (!isClosed) {
      drawn.add(lie);
    } else if (!lie.isLast()) {
      drawn.add(0, lie);
    }
  }
}
