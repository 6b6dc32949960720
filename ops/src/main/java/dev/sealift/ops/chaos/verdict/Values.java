package dev.sealift.ops.chaos.verdict;

/**
 * What devices write, designed so that a loss can be seen. A writer numbers its writes 1, 2, 3 …; write {@code n} makes an entry of its own
 * that nobody touches again, puts {@code n} into one of a few keys that this writer alone writes to, and itself and {@code n} into one of a few
 * that all write to.
 */
public final class Values {
  /** Keys of each writer that it writes to in turns, and of all writers. */
  public static final int SLOTS = 8;

  private Values() {}

  public static String entryKey(String writer, long number) {
    return writer + "-" + number;
  }

  public static String counterKey(String writer, int slot) {
    return writer + "/" + slot;
  }

  public static String contendedKey(int slot) {
    return "all/" + slot;
  }

  public static int slot(long number) {
    return (int) (number % SLOTS);
  }

  /** The last of the writes 1 … {@code upTo} that went into a slot; 0 when none did. */
  static long lastInSlot(long upTo, int slot) {
    long last = upTo - Math.floorMod(upTo - slot, SLOTS);
    return Math.max(0, last);
  }
}
