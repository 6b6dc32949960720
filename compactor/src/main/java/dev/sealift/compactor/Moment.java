package dev.sealift.compactor;

import java.time.Duration;

/**
 * Now.
 *
 * @param millis of a clock that never goes back nor jumps: what is waited for here goes by it
 * @param serverMillis the mesh's time, as server times are given
 */
public record Moment(long millis, long serverMillis) {
  /** Server time so long ago. */
  long before(Duration ago) {
    return Math.max(0, serverMillis - ago.toMillis());
  }
}
