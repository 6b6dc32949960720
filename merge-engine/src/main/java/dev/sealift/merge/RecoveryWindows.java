package dev.sealift.merge;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How long spaces take back what a restored mesh lost: one time for all spaces, from when this engine first saw the store's mark. So it is the
 * same for a space that was forgotten for lack of memory and loaded again. A space that the store does not have may come back for longer, since
 * afterwards nobody takes it: once it is there it has the same time again, from then on. On a clock that never jumps, in the memory of one process:
 * another engine, or a restart, makes it longer. For the engine's thread.
 */
final class RecoveryWindows {
  /** Of as many marks the times are remembered; nobody restores a store so often under one running engine. */
  static final int MAX_MARKS = 16;

  /**
   * How long a space that the store does not have may be brought back: devices that are used every day come in that time, though they ask a mesh
   * that has lost their space ever more seldom.
   */
  static final long REBUILD_MILLIS = 24L * 3_600_000;

  private final long recoveryMillis;
  private final Map<Integer, Long> firstSeenMono = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<Integer, Long> eldest) {
      return size() > MAX_MARKS;
    }
  };
  private long monoMillis;

  /** @param recoveryMillis how long one lasts */
  RecoveryWindows(long recoveryMillis) {
    this.recoveryMillis = recoveryMillis;
  }

  /** What a clock that never jumps shows now. */
  void elapsed(long newMonoMillis) {
    monoMillis = newMonoMillis;
  }

  /** The store says that this is its newest mark. */
  void see(Restorations restorations) {
    if (restorations.marked() != 0) {
      firstSeenMono.putIfAbsent(restorations.marked(), monoMillis);
    }
  }

  /**
   * How many milliseconds more a space takes back files that the store lost before it was marked.
   *
   * @return 0 when it is over
   */
  long leftMillis(Restorations restorations, Recovery recovery) {
    long endMono = firstSeenMono(restorations) + recoveryMillis;
    return Math.max(0, Math.max(endMono, recovery.endMono().orElse(endMono)) - monoMillis);
  }

  /** When the time of a space is over that comes back now, on the clock that never jumps. */
  long endMonoOfRebuilt() {
    return monoMillis + recoveryMillis;
  }

  /**
   * How many milliseconds more a device may wait for others to bring back a space that the store does not have; then it is to ask again.
   *
   * @return 0 when nobody may any more
   */
  long rebuildLeftMillis(Restorations restorations) {
    long endMono = firstSeenMono(restorations) + Math.max(recoveryMillis, REBUILD_MILLIS);
    return Math.min(recoveryMillis, Math.max(0, endMono - monoMillis));
  }

  private long firstSeenMono(Restorations restorations) {
    see(restorations);
    return firstSeenMono.getOrDefault(restorations.marked(), monoMillis);
  }
}
