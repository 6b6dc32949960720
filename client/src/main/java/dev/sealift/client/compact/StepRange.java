package dev.sealift.client.compact;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;

/** The files of the log that a compaction covers, from the first to its base. Whoever is at any position from first − 1 to base comes to base by it. */
public record StepRange(long first, long base) {
  public StepRange {
    if (!isRange(first, base)) {
      throw new IllegalArgumentException("a compaction covers a file of the log at least");
    }
  }

  private static boolean isRange(long first, long base) {
    return first >= 1 && base >= first && base < Limits.MAX_SEQUENCE;
  }

  /** That of numbers from outside, or from a store. */
  public static StepRange read(long first, long base) throws FormatException {
    if (!isRange(first, base)) {
      throw new FormatException("a compaction covers no range of the log");
    }
    return new StepRange(first, base);
  }

  /** Whether it is from the beginning of the log. What it does not carry is not there. */
  public boolean isFull() {
    return first == 1;
  }

  /** Whether a store that has the log up to a position may take it. */
  public boolean takes(long position) {
    return position >= first - 1 && position <= base;
  }
}
