package dev.sealift.client.store;

import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The two digests, of what is visible and of what merging knows. Equal states have equal digests on every device, whatever
 * numbers and orders each store uses inside. Read as a stream.
 *
 * <pre>
 * visible     = SHA-256("sealift.v1 visible state" ‖ 00 ‖ table* ‖ 00)
 *   table     = 01 ‖ text(name) ‖ row*                     tables with a visible row, except Sealift's own
 *   row       = 02 ‖ text(key) ‖ cell*
 *   cell      = 03 ‖ text(column) ‖ data(canonical value)  cells that are not null
 *
 * merge state = SHA-256("sealift.v1 merge state" ‖ 00 ‖ table* ‖ 00)     of the log up to the position
 *   table     = 01 ‖ text(name) ‖ row* ‖ loser*            tables with a row ever written, also Sealift's own
 *   row       = 02 ‖ text(key) ‖ marker? ‖ removal? ‖ cell*
 *   marker    = 04 ‖ stamp
 *   removal   = 05 ‖ stamp                                  the highest one, of a row that it hides or that began anew after it
 *   cell      = 03 ‖ text(column) ‖ stamp ‖ data(canonical value)   cells ever written
 *   loser     = 06 ‖ text(key) ‖ text(column, empty for the row) ‖ stamp ‖ text(reason) ‖ data(canonical value)
 *   stamp     = hybrid time, 8 bytes ‖ device id, 32 bytes
 *
 * text(x)     = data(x in UTF-8)
 * data(x)     = length of x, 4 bytes ‖ x
 * </pre>
 *
 * Numbers are big-endian. Tables, rows, columns and losers (by key, column, stamp) stand in the order of the bytes of their names and keys in UTF-8.
 */
final class Digests {
  private static final byte END = 0;
  private static final byte TABLE = 1;
  private static final byte ROW = 2;
  private static final byte CELL = 3;
  private static final byte MARKER = 4;
  private static final byte REMOVAL = 5;
  private static final byte LOSER = 6;

  private final Reader reader;
  private final List<TableInfo> tables;
  private final DigestWriter out;
  private long lastAdmitted;
  private boolean noAsides;
  private boolean named;

  private Digests(Reader reader, Collection<TableInfo> tables, DigestWriter out) {
    this.reader = reader;
    this.tables = new ArrayList<>(tables);
    this.tables.sort(byName(TableInfo::name));
    this.out = out;
  }

  static Hash visible(Reader reader, Collection<TableInfo> tables) {
    DigestWriter out = new DigestWriter("sealift.v1 visible state");
    new Digests(reader, tables, out).visible();
    return out.finish();
  }

  static Hash mergeState(Reader reader, Collection<TableInfo> tables, long reviewedSince) {
    DigestWriter out = new DigestWriter("sealift.v1 merge state");
    new Digests(reader, tables, out).mergeState(reviewedSince);
    return out.finish();
  }

  private static <T> Comparator<T> byName(java.util.function.Function<T, String> name) {
    return Comparator.comparing(name.andThen(DigestWriter::utf8), Arrays::compareUnsigned);
  }

  private void visible() {
    for (TableInfo table : tables) {
      if (!Names.isReserved(table.name())) {
        visible(table);
      }
    }
    out.tag(END);
  }

  private void visible(TableInfo table) {
    List<ColumnInfo> columns = ordered(table);
    boolean named = false;
    try (Statement scan = reader.prepare(TableSql.scan(table))) {
      while (scan.next()) {
        if (!named) {
          out.tag(TABLE).text(table.name());
          named = true;
        }
        out.tag(ROW).text(scan.text(1));
        for (ColumnInfo column : columns) {
          visible(column, scan.value(1 + column.cell()));
        }
      }
    }
  }

  private void visible(ColumnInfo column, Value value) {
    if (value != Value.NULL) {
      out.tag(CELL).name(column.name()).value(value);
    }
  }

  private static List<ColumnInfo> ordered(TableInfo table) {
    List<ColumnInfo> columns = new ArrayList<>(table.columns());
    columns.sort(byName(ColumnInfo::name));
    return columns;
  }

  private void mergeState(long reviewedSince) {
    Map<Integer, byte[]> devices = devices();
    lastAdmitted = FileLog.lastAdmitted(reader);
    noAsides = Asides.isEmpty(reader);
    for (TableInfo table : tables) {
      mergeState(table, devices);
      losers(table, reviewedSince);
    }
    out.tag(END);
  }

  private Map<Integer, byte[]> devices() {
    Map<Integer, byte[]> devices = new HashMap<>();
    try (Statement select = reader.prepare("SELECT idx, device FROM _sealift_device")) {
      while (select.next()) {
        DeviceId device = Stored.device(select.blob(2));
        devices.put((int) select.integer(1), device.toByteArray());
      }
    }
    return devices;
  }

  private void mergeState(TableInfo table, Map<Integer, byte[]> devices) {
    List<ColumnInfo> columns = ordered(table);
    named = false;
    try (Statement scan = reader.prepare(TableSql.scanAll(table))) {
      while (scan.next()) {
        RowImage row = admitted(table, scan);
        if (!row.state().equals(RowState.ABSENT)) {
          name(table);
          out.tag(ROW).text(scan.text(3 + columns.size()));
          row(columns, row, devices);
        }
      }
    }
  }

  private void name(TableInfo table) {
    if (!named) {
      out.tag(TABLE).text(table.name());
      named = true;
    }
  }

  /** Those of a row by column and event. */
  private void losers(TableInfo table, long reviewedSince) {
    try (Statement select = reader.prepare(
        "SELECT l.key, coalesce(c.name, ''), l.t, d.device, l.reason, l.value FROM _sealift_loser l"
            + " JOIN _sealift_device d ON d.idx = l.device LEFT JOIN _sealift_column c ON c.tbl = l.tbl AND c.cell = l.cell"
            + " WHERE l.tbl = ? AND l.since >= ? ORDER BY 1, 2, l.t < 0, 3, 4")) {
      select.bind(1, table.id()).bind(2, reviewedSince);
      while (select.next()) {
        name(table);
        out.tag(LOSER).text(select.text(1)).name(select.text(2));
        out.number(select.integer(3)).bytes(Stored.device(select.blob(4)).toByteArray());
        out.text(select.text(5)).value(select.value(6));
      }
    }
  }

  /** As the log has it. */
  private RowImage admitted(TableInfo table, Statement scan) {
    RowState shown = Stored.state(scan.blob(2));
    RowState state = shown.without(stamp -> FileLog.isUnadmitted(stamp, lastAdmitted));
    Optional<RowImage> aside =
        noAsides ? Optional.empty() : Asides.read(reader, table, scan.integer(1));
    return aside.orElseGet(() -> {
      Map<Integer, Value> values = new HashMap<>();
      for (ColumnInfo column : table.columns()) {
        values.put(column.cell(), scan.value(2 + column.cell()));
      }
      return RowImage.of(state, values);
    });
  }

  private void row(List<ColumnInfo> columns, RowImage row, Map<Integer, byte[]> devices) {
    RowState state = row.state();
    stamp(MARKER, state.cell(RowState.MARKER), devices);
    stamp(REMOVAL, state.removal(), devices);
    for (ColumnInfo column : columns) {
      Optional<Stamp> stamp = state.cell(column.cell());
      if (stamp.isPresent()) {
        out.tag(CELL).name(column.name());
        stamp(stamp.get(), devices);
        out.value(row.value(column.cell()));
      }
    }
  }

  private void stamp(byte tag, Optional<Stamp> stamp, Map<Integer, byte[]> devices) {
    if (stamp.isPresent()) {
      out.tag(tag);
      stamp(stamp.get(), devices);
    }
  }

  private void stamp(Stamp stamp, Map<Integer, byte[]> devices) {
    byte[] device = devices.get(stamp.device());
    if (device == null) {
      throw new StoreException(
          StoreException.Code.CORRUPT, "a row names a device that the store does not have");
    }
    out.number(stamp.time()).bytes(device);
  }
}
