package dev.sealift.merge;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How long spaces take back what a restored mesh lost: one time for all spaces, from when this engine first saw the store's mark. So it is the
 * same for a space that was forgotten for lack of memory and loaded again, and for those that the store does not have. On a clock that never
 * jumps, in the memory of one process: another engine, or a restart, makes it longer. For the engine's thread.
 */
final class RecoveryWindows {
  /** Of as many marks the times are remembered; nobody restores a store so often under one running engine. */
  static final int MAX_MARKS = 16;

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
   * How many milliseconds more files are taken back that the store lost before it was marked.
   *
   * @return 0 when it is over
   */
  long leftMillis(Restorations restorations) {
    see(restorations);
    long sinceMono = firstSeenMono.getOrDefault(restorations.marked(), monoMillis);
    return Math.max(0, sinceMono + recoveryMillis - monoMillis);
  }
}
