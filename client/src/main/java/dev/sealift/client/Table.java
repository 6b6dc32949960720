package dev.sealift.client;

import dev.sealift.client.error.SealiftException;
import dev.sealift.client.rule.RuleException;
import dev.sealift.client.store.HistoryItem;
import dev.sealift.client.store.Keep;
import dev.sealift.client.store.RowVersion;
import dev.sealift.client.value.Value;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A table of a space. A write is durable on this device and visible when the call returns; it reaches the mesh and the other
 * devices in the background. Safe for use from any thread.
 */
public final class Table {
  /** What a person looks at. */
  private static final int HISTORY_ITEMS = 100;

  private final Space space;
  private final String name;

  Table(Space space, String name) {
    this.space = space;
    this.name = name;
  }

  public String name() {
    return name;
  }

  /**
   * Writes a whole row: columns that the row does not name become null.
   *
   * @throws SealiftException {@code INVALID_INPUT}, {@code DISK_FULL}; {@code NOT_UNIQUE}, a {@link RuleException}, when another row has what only one may have; nothing was written then
   */
  public void put(String key, Row row) {
    space.write(writes -> writes.put(name, key, row));
  }

  /** Writes the named columns and leaves the others; makes the row when there is none. Errors as in {@link #put}. */
  public void patch(String key, Row row) {
    space.write(writes -> writes.patch(name, key, row));
  }

  /**
   * Writes a multi-value register: the value takes the place of those that this device has seen. Makes the row when there is none.
   *
   * @param value as in {@link Row#of}
   * @throws SealiftException {@code INVALID_INPUT} when the column is none of these, {@code DISK_FULL}; nothing was written then
   */
  public void assign(String key, String column, @Nullable Object value) {
    space.write(writes -> writes.assign(name, key, column, value));
  }

  /**
   * Adds to a counter; what several devices add at a time is all counted. Makes the row when there is none.
   *
   * @param by may be negative
   * @throws SealiftException as {@link #assign}; {@code INVALID_INPUT} also when this device would have added more than 64 bits hold
   */
  public void increment(String key, String column, long by) {
    space.write(writes -> writes.increment(name, key, column, by));
  }

  /**
   * Adds a value to a set. Makes the row when there is none. Errors as in {@link #assign}.
   *
   * @param value as in {@link Row#of}; not null
   * @return whether it was not in it
   */
  public boolean add(String key, String column, Object value) {
    return space.writing(writes -> writes.add(name, key, column, value));
  }

  /**
   * Takes a value out of a set. Where somebody adds it who has not seen that, it stays. Errors as in {@link #assign}.
   *
   * @return whether it was in it
   */
  public boolean discard(String key, String column, Object value) {
    return space.writing(writes -> writes.discard(name, key, column, value));
  }

  /**
   * Adds an update, which only the app can read. Makes the row when there is none. Every update reaches every device once or more, in any order: what merges them has to take that.
   * Errors as in {@link #assign}.
   *
   * @param update up to 768 KiB
   */
  public void append(String key, String column, byte[] update) {
    space.write(writes -> writes.append(name, key, column, update));
  }

  /**
   * Writes one update in the place of those that are there; what others add meanwhile stays beside it. Does nothing when there is but one. Worth while from some dozens of updates on.
   * Errors as in {@link #assign}.
   *
   * @param merge makes one update of several, in the order of their times; runs on this thread, within the write
   */
  public void collapse(String key, String column, Function<List<byte[]>, byte[]> merge) {
    space.write(writes -> writes.collapse(name, key, column, merge));
  }

  /**
   * What a cell that holds several values has in it: of a multi-value register the value that queries see, then the others; of a set each value once; updates in the order of
   * their times; of a counter the total. Empty when there is no such row.
   *
   * @throws SealiftException {@code INVALID_INPUT} when the column is of another type
   */
  public List<Value> values(String key, String column) {
    return space.values(name, key, column);
  }

  /**
   * Removes a row, and with it those that refer to it by {@code OnRemove.REMOVE}, and so on, up to 10,000. Does nothing when there is none.
   *
   * @throws SealiftException {@code REFERENCED}, a {@link RuleException}, when others refer to it by {@code OnRemove.RESTAMP}; {@code INVALID_INPUT} when too many would go with it; nothing was written then
   */
  public void remove(String key) {
    space.write(writes -> writes.remove(name, key));
  }

  /**
   * What a row is now, written or not: for {@link #putIf} and its like. Waits for a write that is under way.
   *
   * @throws SealiftException {@code NO_SUCH_TABLE}
   */
  public RowVersion version(String key) {
    return space.version(name, key);
  }

  /**
   * Writes a whole row, as {@link #put} does, if nobody has written to it since {@code version}: not here, or nothing is written; and not elsewhere. Of several devices that do so at a time with one version, the
   * one counts that comes to the mesh first; what the others wrote shows on them until then, and is in the inbox of every device afterwards.
   *
   * @return whether it was written
   * @throws SealiftException as {@link #put}; {@code TRANSACTION_TOO_LARGE}
   */
  public boolean putIf(String key, Row row, RowVersion version) {
    return space.writeIf(name, key, version, writes -> writes.put(name, key, row));
  }

  /** Writes the named columns, as {@link #patch} does, if nobody has written to the row since; otherwise as {@link #putIf}. */
  public boolean patchIf(String key, Row row, RowVersion version) {
    return space.writeIf(name, key, version, writes -> writes.patch(name, key, row));
  }

  /** Removes a row, if nobody has written to it since; otherwise as {@link #putIf}. A row that was not there stays so, which is no failure. */
  public boolean removeIf(String key, RowVersion version) {
    return space.writeIf(name, key, version, writes -> writes.remove(name, key));
  }

  /**
   * Writes many whole rows, in transactions of some thousand: after a failure those before the current transaction are
   * kept.
   *
   * @return how many rows were written
   */
  public long putAll(Iterator<Map.Entry<String, Row>> rows) {
    long written = 0;
    while (rows.hasNext()) {
      written += space.writeSome(name, rows);
    }
    return written;
  }

  /** The row as it stands now; empty when there is none. */
  public Optional<Row> get(String key) {
    return space.get(name, key);
  }

  /**
   * Rows in the order of their keys (that of their UTF-8), from behind a key on: a table page by page, each of the state that it is asked in. Nothing is held in between.
   *
   * @param afterKey the last key of the page before; empty for the first page. It need not be there any more
   * @param most how many rows, 1 to 10,000
   * @return by key, in order; fewer than {@code most} when the table ends
   */
  public Map<String, Row> page(String afterKey, int most) {
    return space.page(name, afterKey, most);
  }

  /** How much is kept of what is written to it, as far as this device knows. */
  public Keep keep() {
    return space.keep(name);
  }

  /** How long what is written counts, by {@link Schema.TableBuilder#expireAfter}; empty where that is for good. */
  public Optional<Duration> expiresAfter() {
    return space.expiresAfter(name);
  }

  /** As {@link #history(String, Optional, Optional, int)}, of all columns, the newest 100. */
  public List<HistoryItem> history(String key) {
    return history(key, Optional.empty(), Optional.empty(), HISTORY_ITEMS);
  }

  /** As {@link #history(String, Optional, Optional, int)}, of one column, the newest 100. */
  public List<HistoryItem> history(String key, String column) {
    return history(key, Optional.of(column), Optional.empty(), HISTORY_ITEMS);
  }

  /**
   * What was written to a row, the newest first by the times of writing: the value that shows comes before those that it outranks, except in a space that ranks by arrival, where it can stand behind them. How far back depends on what the table keeps ({@link Schema.TableBuilder#keepWindow}, {@link
   * Schema.TableBuilder#keepAll}); of a table that keeps the latest it is what shows and what lost. What this device wrote and the log does not have yet is there too. {@link Space#restore} brings an item back.
   *
   * @param column empty for all of them, and for what was done to the row as such
   * @param after the last item of the page before; empty for the first page
   * @param most how many, 1 to 10,000
   * @return fewer than {@code most} when there are no more
   * @throws SealiftException {@code INVALID_INPUT} when there is no such column
   */
  public List<HistoryItem> history(
      String key, Optional<String> column, Optional<HistoryItem> after, int most) {
    return space.history(name, key, column, after, most);
  }

  /** How far this device's newest write of those that the row's {@link #history(String) history} tells has come; empty when that tells none. */
  public Optional<WriteDelivery> delivery(String key) {
    return space.delivery(name, key);
  }

  /** How many rows there are. */
  public long count() {
    return space.count(name);
  }
}
