package dev.sealift.client.store;

import dev.sealift.client.merge.RowState;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import dev.sealift.client.value.ValueLimits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads the losers that are to be reviewed: of an app's tables, admitted, within the review window, and not dismissed here. In an order that is the same on every device, so
 * by names and ids, and not by this store's numbers for them.
 */
final class InboxReader {
  private static final String SELECT =
      "SELECT l.tbl, l.key, l.cell, l.t, d.device, l.reason, l.value, l.rival_t, r.device, l.since, l.tx FROM _sealift_loser l"
          + " JOIN _sealift_device d ON d.idx = l.device JOIN _sealift_device r ON r.idx = l.rival_device"
          + " JOIN _sealift_table n ON n.id = l.tbl LEFT JOIN _sealift_column c ON c.tbl = l.tbl AND c.cell = l.cell"
          + " WHERE l.since >= ?1 AND l.tbl IN (SELECT id FROM _sealift_table WHERE name NOT LIKE 'sealift\\_%' ESCAPE '\\')"
          + " AND NOT EXISTS (SELECT 1 FROM _sealift_dismissal x WHERE x.tbl = l.tbl AND x.key = l.key"
          + " AND x.cell = l.cell AND x.loser_t = l.t AND x.loser_device = l.device)"
          + " AND " + Lifetimes.LOSER_COUNTS
          + " AND (?3 = 0 OR (l.tx = ?3 AND d.device = ?4))"
          + " ORDER BY l.since, l.tx, n.name, l.key, l.t, d.device, l.reason, c.name LIMIT ?2";

  private final Reader reader;
  private final Map<Integer, TableInfo> tables = new HashMap<>();

  InboxReader(Reader reader, Collection<TableInfo> tables) {
    this.reader = reader;
    tables.stream()
        .filter(table -> !Names.isReserved(table.name()))
        .forEach(table -> this.tables.put(table.id(), table));
  }

  /** The oldest, up to {@code most}. */
  List<LostValue> read(long sinceMillis, int most) {
    return read(sinceMillis, most, select -> select.bind(3, 0).bindNull(4));
  }

  /** What a device's transaction has lost. */
  List<LostValue> read(long sinceMillis, DeviceId device, long transaction) {
    return read(
        sinceMillis,
        OpenTransaction.MAX_EVENTS * ValueLimits.MAX_COLUMNS,
        select -> select.bind(3, transaction).bind(4, device.toByteArray()));
  }

  private List<LostValue> read(long sinceMillis, int most, Consumer<Statement> which) {
    List<LostValue> found = new ArrayList<>();
    try (Statement select = reader.prepare(SELECT)) {
      select.bind(1, sinceMillis).bind(2, most);
      which.accept(select);
      while (select.next()) {
        TableInfo table = tables.get((int) select.integer(1));
        if (table != null) {
          found.add(lost(table, select));
        }
      }
    }
    return found;
  }

  private LostValue lost(TableInfo table, Statement select) {
    int cell = (int) select.integer(3);
    String key = select.text(2);
    Optional<ColumnInfo> column =
        cell == RowState.MARKER ? Optional.empty() : Optional.of(table.column(cell));
    return new LostValue(
        table.label(),
        table.name(),
        key,
        column.map(table::labelOf).orElse(""),
        column.map(ColumnInfo::name).orElse(""),
        column.map(ColumnInfo::kind),
        LostReason.valueOf(select.text(6)),
        new HybridTime(select.integer(4)),
        Stored.device(select.blob(5)),
        select.value(7),
        column.map(of -> current(table, of, key)).orElse(Value.NULL),
        new HybridTime(select.integer(8)),
        Stored.device(select.blob(9)),
        select.integer(11),
        select.integer(10));
  }

  private Value current(TableInfo table, ColumnInfo column, String key) {
    Statement select = reader.statement(TableSql.selectCell(table, column));
    select.bind(1, key);
    try {
      return select.next() ? select.value(1) : Value.NULL;
    } finally {
      select.reset();
    }
  }
}
