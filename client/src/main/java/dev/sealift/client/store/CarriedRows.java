package dev.sealift.client.store;

import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.compact.CodePoints;
import dev.sealift.client.rule.RowName;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows that a compaction carries. */
final class CarriedRows {
  private CarriedRows() {}

  /** From the beginning on that is every row of which something is left, by a scan of all tables; no file is read. */
  static Carry<CarriedRow> all(CarrySource source, Collection<TableInfo> tables) {
    Deque<TableInfo> left = new ArrayDeque<>(tables.stream()
        .sorted(Comparator.comparing(TableInfo::name, CodePoints::compare))
        .toList());
    return new Carry<>() {
      private @Nullable CarriedTable table;

      @Override
      public @Nullable CarriedRow next() {
        CarriedRow row = table == null ? null : table.next();
        while (row == null && !left.isEmpty()) {
          close();
          table = CarriedTable.whole(source, left.remove());
          row = table.next();
        }
        return row;
      }

      @Override
      public void close() {
        if (table != null) {
          table.close();
        }
      }
    };
  }

  /** Otherwise it is each row that an event of its files is about, and where nothing is left of it, that. */
  static Carry<CarriedRow> touched(
      CarrySource source, Collection<TableInfo> tables, TouchedRows touched) {
    Map<String, TableInfo> byName = new HashMap<>();
    tables.forEach(table -> byName.put(table.name(), table));
    return new Carry<>() {
      private final TouchedNames names = new TouchedNames(touched);
      private @Nullable CarriedTable table;
      private String open = "";

      @Override
      public @Nullable CarriedRow next() {
        RowName name = names.next();
        if (name == null) {
          return null;
        }
        TableInfo info = byName.get(name.table());
        return info == null
            ? CarriedRow.empty(name.table(), name.key())
            : open(info).row(name.key());
      }

      private CarriedTable open(TableInfo info) {
        CarriedTable found = table;
        if (found == null || !open.equals(info.name())) {
          close(); // one at a time: their names ascend
          found = CarriedTable.some(source, info);
          table = found;
          open = info.name();
        }
        return found;
      }

      @Override
      public void close() {
        if (table != null) {
          table.close();
        }
      }
    };
  }

  /** The names of touched rows, one after the other. */
  static final class TouchedNames {
    private final TouchedRows touched;
    private TouchedRows.Some some;
    private @Nullable RowName ahead;

    TouchedNames(TouchedRows touched) {
      this.touched = touched;
      some = touched.after(null);
      ahead = following(null);
    }

    private @Nullable RowName following(@Nullable RowName name) {
      if (!some.rows().hasNext() && !some.isLast()) {
        some = TouchedRows.Some.NOTHING; // what it held goes before there is more
        some = touched.after(name);
      }
      return some.rows().hasNext() ? some.rows().next() : null;
    }

    /** The one that comes next; null behind the last. It stays until {@link #next}. */
    @Nullable
    RowName peek() {
      return ahead;
    }

    @Nullable
    RowName next() {
      RowName name = ahead;
      ahead = name == null ? null : following(name);
      return name;
    }
  }
}
