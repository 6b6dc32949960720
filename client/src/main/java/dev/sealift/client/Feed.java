package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.FeedLine;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A table to which rows are appended, and in which they stay as they are: messages, measurements, what happened. Each entry has an offset, 1, 2, 3 …, in the order in which the mesh admitted them, which is the same on
 * every device and never changes. Safe for use from any thread.
 */
public final class Feed {
  private static final int MAX_ENTRIES = 10_000;

  /** Entries that a watch reads at a time. */
  private static final int WATCHED_ENTRIES = 256;

  private static final int SALT_BYTES = 8;

  private final Space space;
  private final String name;
  private final SecureRandom random = new SecureRandom();

  Feed(Space space, String name) {
    this.space = space;
    this.name = name;
  }

  public String name() {
    return name;
  }

  /**
   * Appends a row: durable and visible on this device when the call returns. It has an offset once the mesh has it and this device has heard of that; until then it is among {@link #waiting}.
   * Cannot be undone.
   *
   * @return its key, which sorts by the time of writing and is like no other
   * @throws SealiftException {@code INVALID_INPUT}, {@code DISK_FULL}; nothing was written then
   */
  public String append(Row row) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return space.append(name, row, HexFormat.of().formatHex(salt));
  }

  /**
   * Entries in their order.
   *
   * @param fromOffset the first one; 1 for the beginning
   * @param most how many, 1 to 10,000
   * @return fewer than {@code most} when there are no more so far
   */
  public List<FeedEntry> read(long fromOffset, int most) {
    requirePage(most);
    return entries(Errors.checked(() -> space.store().feed(name, fromOffset, most)));
  }

  /**
   * What this device has appended and the log does not have yet, in the order in which it did; offset 0.
   *
   * @param afterKey the last key of the page before; empty for the first page
   * @param most how many, 1 to 10,000
   */
  public List<FeedEntry> waiting(String afterKey, int most) {
    requirePage(most);
    return entries(Errors.checked(() -> space.store().feedWaiting(name, afterKey, most)));
  }

  /** The offset of the last entry; 0 when there is none. */
  public long last() {
    return Errors.checked(() -> space.store().lastOffset(name));
  }

  /**
   * Tells all entries from an offset on, those that are there and those that come, each once and in their order, some hundred at a time at the most. After a mesh was restored from an older state, offsets that it
   * lost may be given to others, which are not told again.
   *
   * @param executor where the listener runs, once at a time; while it is busy nothing piles up
   */
  public Watch watch(long fromOffset, Executor executor, Consumer<List<FeedEntry>> listener) {
    return space.watch(new FeedWatch(
        from -> read(from, WATCHED_ENTRIES), Math.max(1, fromOffset), executor, listener));
  }

  private static void requirePage(int most) {
    if (most < 1 || most > MAX_ENTRIES) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT, "A page has 1 to " + MAX_ENTRIES + " entries.");
    }
  }

  private static List<FeedEntry> entries(List<FeedLine> lines) {
    return lines.stream().map(FeedEntry::of).toList();
  }
}
