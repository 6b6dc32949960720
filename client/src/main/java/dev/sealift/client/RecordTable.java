package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.record.RecordMapping;
import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.RowVersion;
import dev.sealift.client.store.StoredTable;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A table of a space as records of one class. What other devices wrote may not fit the record: reading such a row fails with {@code INVALID_INPUT}, it is never
 * bent, and {@link #table()} reads it all the same. Safe for use from any thread.
 */
public final class RecordTable<T extends Record> {
  private final Table table;
  private final String keyColumn;
  private final RecordMapping<T> mapping;

  private RecordTable(Table table, String keyColumn, RecordMapping<T> mapping) {
    this.table = table;
    this.keyColumn = keyColumn;
    this.mapping = mapping;
  }

  static <T extends Record> RecordTable<T> of(
      Table table, StoredTable stored, RecordMapping<T> mapping) {
    mapping.keyColumn().filter(key -> !key.equals(stored.key())).ifPresent(key -> {
      throw invalid("The key of the table is not the column " + key + " that " + mapping.typeName()
          + " has for it: name it by @Column(\"" + stored.key() + "\").");
    });
    List<String> columns = stored.columns().stream().map(ColumnSchema::name).toList();
    for (ColumnSchema column : mapping.columns()) {
      if (!columns.contains(column.name())) {
        throw invalid("The table has no column " + column.name() + " for " + mapping.typeName()
            + ": declare it in the schema, mind upper and lower case, or sync first.");
      }
    }
    return new RecordTable<>(table, stored.key(), mapping);
  }

  private static SealiftException invalid(String message) {
    return new SealiftException(ErrorCode.INVALID_INPUT, message);
  }

  /** The same table, row by row: for patches, and for what does not fit the record. */
  public Table table() {
    return table;
  }

  /**
   * Writes a record as a whole row, under the key that it holds. Columns that it has not become null, as in {@link Table#put}.
   *
   * @throws SealiftException {@code INVALID_INPUT}, {@code DISK_FULL}; nothing was written then
   */
  public void put(T row) {
    table.put(mapping.key(row), Row.of(row));
  }

  /**
   * As {@link #put(Record)}, for a record that does not hold its key.
   *
   * @throws SealiftException {@code INVALID_INPUT} also when it holds one, and another
   */
  public void put(String key, T row) {
    if (mapping.keyColumn().isPresent() && !mapping.key(row).equals(key)) {
      throw invalid(
          "The record holds another key than the one it is to be written under: give them one.");
    }
    table.put(key, Row.of(row));
  }

  /** As {@link Table#version}. */
  public RowVersion version(String key) {
    return table.version(key);
  }

  /** As {@link Table#putIf}, under the key that the record holds. */
  public boolean putIf(T row, RowVersion version) {
    return table.putIf(mapping.key(row), Row.of(row), version);
  }

  /** As {@link Table#removeIf}. */
  public boolean removeIf(String key, RowVersion version) {
    return table.removeIf(key, version);
  }

  /** Writes many records, as {@link Table#putAll} does. */
  public long putAll(Iterator<T> rows) {
    return table.putAll(new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Map.Entry<String, Row> next() {
        T row = rows.next();
        return Map.entry(mapping.key(row), Row.of(row));
      }
    });
  }

  /** Removes a row. Does nothing when there is none. */
  public void remove(String key) {
    table.remove(key);
  }

  /** The record as it stands now; empty when there is none. */
  public Optional<T> get(String key) {
    return table.get(key).map(row -> record(key, row));
  }

  /** As {@link Table#page}. */
  public Map<String, T> page(String afterKey, int most) {
    Map<String, T> page = new LinkedHashMap<>();
    table.page(afterKey, most).forEach((key, row) -> page.put(key, record(key, row)));
    return Collections.unmodifiableMap(page);
  }

  private T record(String key, Row row) {
    List<String> columns = new ArrayList<>(row.columns());
    List<Value> values = new ArrayList<>(row.values().values());
    if (columns.stream()
        .noneMatch(column -> Names.folded(column).equals(Names.folded(keyColumn)))) {
      columns.add(keyColumn);
      values.add(Value.of(key));
    }
    return mapping.reader(columns).apply(values);
  }

  /** How many rows there are. */
  public long count() {
    return table.count();
  }
}
