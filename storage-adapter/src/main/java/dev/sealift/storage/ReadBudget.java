package dev.sealift.storage;

/** How much of the log one read may bring: what the caller can take, within the store's own bounds. */
public final class ReadBudget {
  /** An entry's numbers and field tags on the wire, at most. */
  public static final int ENTRY_OVERHEAD_BYTES = 48;

  private long leftBytes;
  private boolean first = true;

  /** {@code maxBytes} is an unsigned 32-bit number. */
  public ReadBudget(int maxBytes) {
    this.leftBytes = bytes(maxBytes);
  }

  /** How many bytes the entries of a reply may have; {@code maxBytes} is an unsigned 32-bit number. */
  public static long bytes(int maxBytes) {
    return Math.min(Integer.toUnsignedLong(maxBytes), StoreLimits.MAX_READ_BYTES);
  }

  /** How many files to look at; {@code maxFiles} is an unsigned 32-bit number. */
  public static int files(int maxFiles) {
    return (int)
        Math.max(1, Math.min(Integer.toUnsignedLong(maxFiles), StoreLimits.MAX_READ_FILES));
  }

  /** Takes an entry into the reply, unless it is beyond the budget. The first one always fits. */
  public boolean admits(long entryBytes) {
    leftBytes -= entryBytes + ENTRY_OVERHEAD_BYTES;
    boolean admitted = first || leftBytes >= 0;
    first = false;
    return admitted;
  }
}
