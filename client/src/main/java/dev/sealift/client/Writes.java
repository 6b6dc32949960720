package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.record.RecordMapping;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.HistoryItem;
import dev.sealift.client.value.Value;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes of one {@link Space#write}: durable together, or not at all. Not for use after that call has returned. */
public sealed class Writes permits Transaction {
  final Batch batch;

  Writes(Batch batch) {
    this.batch = batch;
  }

  /**
   * As {@link Table#put}.
   *
   * @throws SealiftException {@code NO_SUCH_TABLE}, {@code INVALID_INPUT}, {@code DISK_FULL}
   */
  public void put(String table, String key, Row row) {
    write(table, () -> batch.put(table, key, row.values()));
  }

  /** As {@link RecordTable#put}. */
  public <T extends Record> void put(String table, T row) {
    RecordMapping<T> mapping = RecordMapping.of(row);
    write(table, () -> batch.put(table, mapping.key(row), mapping.values(row)));
  }

  /** As {@link Table#patch}. */
  public void patch(String table, String key, Row row) {
    write(table, () -> batch.patch(table, key, row.values()));
  }

  /** As {@link Table#assign}. */
  public void assign(String table, String key, String column, @Nullable Object value) {
    write(table, () -> batch.assign(table, key, column, Row.valueOf(value)));
  }

  /** As {@link Table#increment}. */
  public void increment(String table, String key, String column, long by) {
    write(table, () -> batch.increment(table, key, column, by));
  }

  /** As {@link Table#add}. */
  public boolean add(String table, String key, String column, Object value) {
    requireNoFeed(table);
    return Errors.checked(() -> batch.add(table, key, column, Row.valueOf(value)));
  }

  /** As {@link Table#discard}. */
  public boolean discard(String table, String key, String column, Object value) {
    requireNoFeed(table);
    return Errors.checked(() -> batch.discard(table, key, column, Row.valueOf(value)));
  }

  /** As {@link Table#append}. */
  public void append(String table, String key, String column, byte[] update) {
    write(table, () -> batch.append(table, key, column, Value.of(update)));
  }

  /** As {@link Table#collapse}. */
  public void collapse(
      String table, String key, String column, Function<List<byte[]>, byte[]> merge) {
    write(table, () -> {
      batch.requireUpdates(table, column);
      List<byte[]> updates =
          batch.values(table, key, column).stream().map(Writes::update).toList();
      if (updates.size() > 1) {
        batch.collapse(table, key, column, Value.of(merge.apply(updates)));
      }
    });
  }

  private static byte[] update(Value value) {
    if (value instanceof Value.Blob update) {
      return update.value().toByteArray();
    }
    throw new SealiftException(
        ErrorCode.INVALID_INPUT,
        "This works on columns of type UPDATES, and the column is another.");
  }

  /** As {@link Table#remove}. */
  public void remove(String table, String key) {
    write(table, () -> batch.remove(table, key));
  }

  /** As {@link Space#restore}. */
  public void restore(HistoryItem item) {
    Errors.checked(() -> batch.restore(item));
  }

  private void write(String table, Runnable write) {
    requireNoFeed(table);
    Errors.checked(write);
  }

  private void requireNoFeed(String table) {
    Errors.checked(() -> batch.requireNoFeed(table));
  }
}
