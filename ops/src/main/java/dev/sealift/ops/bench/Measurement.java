package dev.sealift.ops.bench;

import java.util.Set;

/** Measures some rows, once a call. */
interface Measurement {
  /** What one call of {@link #round} adds. */
  Set<BenchRow> rows();

  /** Whether its first round is slower than the others, for code that is not compiled yet, and is better thrown away. */
  boolean warmsUp();

  /** More rounds than this would tell nothing new. */
  default int mostRounds() {
    return Integer.MAX_VALUE;
  }

  /**
   * One round: the work and its floor.
   *
   * @param number from 0; seeds what is made up
   * @throws BenchFailedException when what was measured did not do what it should
   */
  void round(int number, Figures figures) throws Exception;
}
