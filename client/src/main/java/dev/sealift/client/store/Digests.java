package dev.sealift.client.store;

import dev.sealift.client.merge.CellKind;
import dev.sealift.client.merge.CompoundCell;
import dev.sealift.client.merge.Part;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.store.Compounds.Side;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.membership.SpaceRules;
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
 *   cell      = 03 ‖ text(column) ‖ data(canonical value)  registers that are not null; the winner of a multi-value register; the total of a
 *                                                          counter, if it is not 0
 *             | 07 ‖ text(column) ‖ values                 sets and updates that are not empty; a multi-value register with several values
 *   values    = number of values, 8 bytes ‖ data(canonical value)*   each once, in the order of their bytes
 *
 * merge state = SHA-256("sealift.v1 merge state" ‖ 00 ‖ table* ‖ 00)     of the log up to the position
 *   table     = 01 ‖ text(name) ‖ row* ‖ loser*            tables with a row or a loser, also Sealift's own
 *   row       = 02 ‖ text(key) ‖ marker? ‖ removal? ‖ touch? ‖ cell*
 *   marker    = 04 ‖ stamp
 *   removal   = 05 ‖ stamp                                  the highest one, of a row that it hides or that began anew after it, unless it is dead
 *   touch     = 08 ‖ stamp                                  the highest event on a compound cell
 *   cell      = 03 ‖ text(column) ‖ stamp ‖ data(canonical value)   registers ever written
 *             | 09 ‖ text(column) ‖ kind ‖ number of parts, 8 bytes ‖ part* ‖ number of dropped, 8 bytes ‖ stamp*
 *   kind      = 1 multi-value register, 2 counter, 3 set, 4 updates; 1 byte
 *   part      = stamp ‖ data(canonical value)
 *   loser     = 06 ‖ text(key) ‖ text(column, empty for the row) ‖ event ‖ text(reason) ‖ data(canonical value)
 *   stamp     = [place, 8 bytes] ‖ event                  the place only in a space that ranks by arrival
 *   event     = hybrid time, 8 bytes ‖ device id, 32 bytes
 *
 * text(x)     = data(x in UTF-8)
 * data(x)     = length of x, 4 bytes ‖ x
 * </pre>
 *
 * Numbers are big-endian. Parts stand in the order of their stamps and values, a register before a compound cell of the same column, those in the order of their kinds. Tables, rows, columns and losers (by key, column, stamp, and kind as cells) stand in the order of the bytes of their names and keys in UTF-8.
 */
final class Digests {
  private static final byte END = 0;
  private static final byte TABLE = 1;
  private static final byte ROW = 2;
  private static final byte CELL = 3;
  private static final byte MARKER = 4;
  private static final byte REMOVAL = 5;
  private static final byte LOSER = 6;
  private static final byte VALUES = 7;
  private static final byte TOUCH = 8;
  private static final byte COMPOUND = 9;

  private final Reader reader;
  private final List<TableInfo> tables;
  private final DigestWriter out;
  private final Rendering rendering;
  private final Map<Integer, DeviceId> devices;
  private boolean placed;
  private boolean named;

  private Digests(Reader reader, Collection<TableInfo> tables, DigestWriter out) {
    this.reader = reader;
    this.tables = new ArrayList<>(tables);
    this.tables.sort(byName(TableInfo::name));
    this.out = out;
    this.devices = Devices.read(reader);
    this.rendering = new Rendering((a, b) -> device(a).compareTo(device(b)));
  }

  static Hash visible(Reader reader, Collection<TableInfo> tables, SpaceRules rules) {
    DigestWriter out = new DigestWriter("sealift.v1 visible state");
    new Digests(reader, tables, out).visible(new Living(reader, rules.cutOffMillis()));
    return out.finish();
  }

  static Hash mergeState(Reader reader, Collection<TableInfo> tables, SpaceRules rules) {
    DigestWriter out = new DigestWriter("sealift.v1 merge state");
    new Digests(reader, tables, out).mergeState(rules);
    return out.finish();
  }

  private static <T> Comparator<T> byName(java.util.function.Function<T, String> name) {
    return Comparator.comparing(name.andThen(DigestWriter::utf8), Arrays::compareUnsigned);
  }

  private void visible(Living living) {
    for (TableInfo table : tables) {
      if (!Names.isReserved(table.name())) {
        named = false;
        if (living.over(table.name()).hasLifetime()) {
          visible(table, living);
        } else {
          visible(table);
        }
      }
    }
    out.tag(END);
  }

  /** Of a table in which something that is over may show still. */
  private void visible(TableInfo table, Living living) {
    List<ColumnInfo> columns = ordered(table);
    try (Statement scan = reader.prepare(TableSql.scanAll(table))) {
      while (scan.next()) {
        RowImage shown = living.of(table, image(table, scan));
        if (living.isVisible(shown)) {
          name(table);
          out.tag(ROW).text(scan.text(3 + table.columns().size()));
          columns.forEach(column -> visible(column, shown));
        }
      }
    }
  }

  private RowImage image(TableInfo table, Statement scan) {
    Map<Integer, Value> values = new HashMap<>();
    table.columns().forEach(column -> values.put(column.cell(), scan.value(2 + column.cell())));
    RowState state = Stored.state(scan.blob(2));
    return RowImage.of(state, values, compounds(table, scan.integer(1)));
  }

  private Map<Integer, CompoundCell> compounds(TableInfo table, long row) {
    return table.compounds().isEmpty() ? Map.of() : Compounds.read(reader, table, row, Side.SHOWN);
  }

  private void visible(ColumnInfo column, RowImage shown) {
    if (column.kind() == null) {
      visible(column, shown.at(column.cell()));
    } else {
      visible(column, column.kind(), shown.compound(column.cell()));
    }
  }

  private void visible(TableInfo table) {
    List<ColumnInfo> columns = ordered(table);
    try (Statement scan = reader.prepare(TableSql.scan(table))) {
      while (scan.next()) {
        name(table);
        out.tag(ROW).text(scan.text(1));
        Map<Integer, CompoundCell> compounds =
            compounds(table, scan.integer(2 + table.columns().size()));
        for (ColumnInfo column : columns) {
          if (column.kind() == null) {
            visible(column, scan.value(1 + column.cell()));
          } else {
            visible(
                column, column.kind(), compounds.getOrDefault(column.cell(), CompoundCell.EMPTY));
          }
        }
      }
    }
  }

  private void visible(ColumnInfo column, Value value) {
    if (value != Value.NULL) {
      out.tag(CELL).name(column.name()).value(value);
    }
  }

  private void visible(ColumnInfo column, CellKind kind, CompoundCell cell) {
    if (kind == CellKind.COUNTER || kind == CellKind.MULTI_VALUE) {
      visible(column, rendering.shown(kind, cell));
    }
    List<Value> values = kind == CellKind.COUNTER ? List.of() : Rendering.values(cell);
    if (values.size() > (kind == CellKind.MULTI_VALUE ? 1 : 0)) {
      out.tag(VALUES).name(column.name()).number(values.size());
      values.forEach(out::value);
    }
  }

  private static List<ColumnInfo> ordered(TableInfo table) {
    List<ColumnInfo> columns = new ArrayList<>(table.allColumns());
    columns.sort(byName(ColumnInfo::name)
        .thenComparing(ColumnInfo::kind, Comparator.nullsFirst(Comparator.naturalOrder())));
    return columns;
  }

  private void mergeState(SpaceRules rules) {
    placed = rules.isByArrival();
    LoggedRows logged = new LoggedRows(reader, rules.cutOffMillis());
    long reviewedSince = FileLog.lastServerTime(reader) - rules.reviewWindowMillis();
    for (TableInfo table : tables) {
      mergeState(table, logged);
      losers(table, reviewedSince);
    }
    out.tag(END);
  }

  private void mergeState(TableInfo table, LoggedRows logged) {
    List<ColumnInfo> columns = ordered(table);
    named = false;
    try (Statement scan = reader.prepare(TableSql.scanAll(table))) {
      while (scan.next()) {
        RowImage row = logged.of(table, scan);
        if (!row.state().equals(RowState.ABSENT)) {
          name(table);
          out.tag(ROW).text(scan.text(3 + table.columns().size()));
          row(columns, row);
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
            + " WHERE l.tbl = ? AND l.since >= ? AND " + Lifetimes.LOSER_COUNTS
            + " ORDER BY 1, 2, l.t < 0, 3, 4, c.kind IS NOT NULL, "
            + TableSql.KIND_ORDER)) {
      select.bind(1, table.id()).bind(2, reviewedSince);
      while (select.next()) {
        name(table);
        out.tag(LOSER).text(select.text(1)).name(select.text(2));
        out.number(select.integer(3)).bytes(Stored.device(select.blob(4)).toByteArray());
        out.text(select.text(5)).value(select.value(6));
      }
    }
  }

  private void row(List<ColumnInfo> columns, RowImage row) {
    RowState state = row.state();
    stamp(MARKER, state.cell(RowState.MARKER));
    stamp(REMOVAL, state.removal());
    stamp(TOUCH, state.touch());
    for (ColumnInfo column : columns) {
      if (column.kind() == null) {
        state.cell(column.cell()).ifPresent(stamp -> cell(column, stamp, row.at(column.cell())));
      } else if (!row.compound(column.cell()).isEmpty()) {
        cell(column, column.kind(), row.compound(column.cell()));
      }
    }
  }

  private void cell(ColumnInfo column, Stamp stamp, Value value) {
    out.tag(CELL).name(column.name());
    stamp(stamp);
    out.value(value);
  }

  private void cell(ColumnInfo column, CellKind kind, CompoundCell cell) {
    out.tag(COMPOUND).name(column.name()).tag((byte) (kind.ordinal() + 1));
    out.number(cell.parts().size());
    Comparator<Stamp> byStamp = Comparator.comparingLong(Stamp::place)
        .thenComparingLong(stamp -> stamp.time() ^ Long.MIN_VALUE)
        .thenComparing(stamp -> device(stamp.device()));
    cell.parts().stream()
        .sorted(Comparator.comparing(Part::stamp, byStamp)
            .thenComparing(part -> part.value().canonical(), Arrays::compareUnsigned))
        .forEach(part -> {
          stamp(part.stamp());
          out.value(part.value());
        });
    out.number(cell.dropped().size());
    cell.dropped().values().stream().sorted(byStamp).forEach(this::stamp);
  }

  private void stamp(byte tag, Optional<Stamp> stamp) {
    if (stamp.isPresent()) {
      out.tag(tag);
      stamp(stamp.get());
    }
  }

  private void stamp(Stamp stamp) {
    if (placed) {
      out.number(stamp.place());
    }
    out.number(stamp.time()).bytes(device(stamp.device()).toByteArray());
  }

  private DeviceId device(int number) {
    DeviceId device = devices.get(number);
    if (device == null) {
      throw new StoreException(
          StoreException.Code.CORRUPT, "a row names a device that the store does not have");
    }
    return device;
  }
}
