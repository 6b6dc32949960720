package dev.sealift.storage.sqlite;

import dev.sealift.storage.StoreLimits;

/** How much of the log one read may bring: what the caller can take, within the store's own bounds. */
final class ReadBudget {
  /** An entry's numbers and field tags on the wire, at most. */
  static final int ENTRY_OVERHEAD_BYTES = 48;

  private long leftBytes;
  private boolean first = true;

  /** {@code maxBytes} is an unsigned 32-bit number. */
  ReadBudget(int maxBytes) {
    this.leftBytes = Math.min(Integer.toUnsignedLong(maxBytes), StoreLimits.MAX_READ_BYTES);
  }

  /** How many files to look at; {@code maxFiles} is an unsigned 32-bit number. */
  static int files(int maxFiles) {
    return (int)
        Math.max(1, Math.min(Integer.toUnsignedLong(maxFiles), StoreLimits.MAX_READ_FILES));
  }

  /** Takes an entry into the reply, unless it is beyond the budget. The first one always fits. */
  boolean admits(long entryBytes) {
    leftBytes -= entryBytes + ENTRY_OVERHEAD_BYTES;
    boolean admitted = first || leftBytes >= 0;
    first = false;
    return admitted;
  }
}
