package dev.sealift.client.store;

import dev.sealift.client.merge.CompoundCell;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.store.Compounds.Side;
import dev.sealift.client.value.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Rows as the log has them, in one state of the database: what is kept aside, and of all other rows what is shown without what has no place yet; of what is dead at the position nothing. */
final class LoggedRows {
  private final Reader reader;
  private final Predicate<Stamp> unadmitted;
  private final boolean noAsides;
  private final Living living;

  /** @param cutOffMillis what the space has fixed */
  LoggedRows(Reader reader, long cutOffMillis) {
    this(reader, new Living(reader, cutOffMillis));
  }

  LoggedRows(Reader reader, Living living) {
    this.reader = reader;
    this.living = living;
    long lastAdmitted = FileLog.lastAdmitted(reader);
    unadmitted = stamp -> FileLog.isUnadmitted(stamp, lastAdmitted);
    noAsides = Asides.isEmpty(reader);
  }

  /** @param select stands on the row: its number, its state, its registers by cell */
  RowImage of(TableInfo table, Statement select) {
    Optional<RowImage> aside =
        noAsides ? Optional.empty() : Asides.read(reader, table, select.integer(1));
    return living.of(table, aside.orElseGet(() -> admitted(table, select)));
  }

  private RowImage admitted(TableInfo table, Statement select) {
    RowState shown = Stored.state(select.blob(2));
    RowState state = shown.has(unadmitted) ? shown.without(unadmitted) : shown;
    Map<Integer, Value> values = new HashMap<>();
    for (ColumnInfo column : table.columns()) {
      if (state.cell(column.cell()).isPresent()) {
        values.put(column.cell(), select.value(2 + column.cell()));
      }
    }
    return new RowImage(state, values, compounds(table, select.integer(1), state));
  }

  private Map<Integer, CompoundCell> compounds(TableInfo table, long row, RowState state) {
    return state.touch().isPresent() ? Compounds.read(reader, table, row, Side.SHOWN) : Map.of();
  }
}
