package dev.sealift.merge;

import java.util.HashMap;
import java.util.Map;

/**
 * Whether this engine's wall clock can be right, by what the store and the other engines say of theirs. What is known of another
 * clock is an interval: an answer was written at some moment between question and answer, so a slow one says little, is never taken for
 * a wrong clock, and takes nothing from what a quick one told before. Between answers the intervals move with this clock's own jumps, which show against a clock that never jumps
 * ({@code monoMillis}): a jump is noticed at once, and so is its correction.
 *
 * <p>It is believed as long as most of those heard agree with it, itself among them: of three engines, or two and a store, the one that
 * differs stops and the others go on; of two clocks that differ neither can be told to be right, and both stop. With nobody else to
 * hear it is believed.
 */
final class ClockWatch {
  /** More than clocks kept by NTP ever differ, less than a person notices; well inside of every space's clock bound. */
  static final long BOUND_MILLIS = 5_000;

  /** Who was not heard for so long has no say. */
  static final long STALE_MILLIS = 30_000;

  /** Names of others that are remembered; beyond, newcomers have no say. A mesh has a few engines. */
  static final int MAX_OTHERS = 64;

  /** Two clocks drift apart by a millisecond in so many at the most, also while NTP slews them. */
  private static final long MILLIS_A_MILLI_OF_DRIFT = 500;

  /** Milliseconds are cut off on both sides. */
  private static final long MIN_DRIFT_MILLIS = 2;

  /** By how much this clock is ahead of another: at least and at most. */
  record Ahead(long leastMillis, long mostMillis) {
    private Ahead moved(long byMillis) {
      return new Ahead(leastMillis + byMillis, mostMillis + byMillis);
    }

    /** What is known by both, of which this one is older; the newer alone when they contradict each other: the other clock was set. */
    private Ahead and(Ahead newer, long apartMillis) {
      long widened = MIN_DRIFT_MILLIS + apartMillis / MILLIS_A_MILLI_OF_DRIFT;
      long least = Math.max(leastMillis - widened, newer.leastMillis);
      long most = Math.min(mostMillis + widened, newer.mostMillis);
      return least <= most ? new Ahead(least, most) : newer;
    }

    private boolean isApart() {
      return leastMillis > BOUND_MILLIS || mostMillis < -BOUND_MILLIS;
    }

    private boolean isTogether() {
      return leastMillis >= -BOUND_MILLIS && mostMillis <= BOUND_MILLIS;
    }
  }

  private record Heard(Ahead ahead, long atMono) {}

  private final Map<String, Heard> others = new HashMap<>();
  private long lastWall;
  private long lastMono;

  ClockWatch(long wallMillis, long monoMillis) {
    this.lastWall = wallMillis;
    this.lastMono = monoMillis;
  }

  /** Time goes by. */
  void tick(long wallMillis, long monoMillis) {
    long jumped = (wallMillis - lastWall) - (monoMillis - lastMono);
    lastWall = wallMillis;
    lastMono = monoMillis;
    if (jumped != 0) {
      others.replaceAll((name, heard) -> new Heard(heard.ahead().moved(jumped), heard.atMono()));
    }
    others.values().removeIf(heard -> monoMillis - heard.atMono() >= STALE_MILLIS);
  }

  /** Another clock showed {@code theirMillis} in an answer to a question asked {@code elapsedMillis} ago. */
  void answered(
      String name, long theirMillis, long elapsedMillis, long wallMillis, long monoMillis) {
    heard(
        name,
        new Ahead(wallMillis - elapsedMillis - theirMillis, wallMillis - theirMillis),
        wallMillis,
        monoMillis);
  }

  void heard(String name, Ahead ahead, long wallMillis, long monoMillis) {
    tick(wallMillis, monoMillis);
    Heard before = others.get(name);
    if (before != null) {
      Ahead both = before.ahead().and(ahead, monoMillis - before.atMono());
      others.put(name, new Heard(both, monoMillis));
    } else if (others.size() < MAX_OTHERS) {
      others.put(name, new Heard(ahead, monoMillis));
    }
  }

  /** Whether somebody by this name was heard within a time. */
  boolean hasHeard(String name, long withinMillis) {
    Heard heard = others.get(name);
    return heard != null && lastMono - heard.atMono() < withinMillis;
  }

  boolean isBelieved() {
    int apart = 0;
    int together = 1; // itself
    for (Heard heard : others.values()) {
      apart += heard.ahead().isApart() ? 1 : 0;
      together += heard.ahead().isTogether() ? 1 : 0;
    }
    return apart == 0 || together > apart;
  }
}
