package dev.sealift.client.store;

import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.compact.CodePoints;
import dev.sealift.client.rule.RowName;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
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
    private List<RowName> some;
    private int at;

    TouchedNames(TouchedRows touched) {
      this.touched = touched;
      some = touched.after(null);
    }

    /** The one that comes next; null behind the last. It stays until {@link #next}. */
    @Nullable
    RowName peek() {
      if (at == some.size() && !some.isEmpty()) {
        some = touched.after(some.get(at - 1));
        at = 0;
      }
      return some.isEmpty() ? null : some.get(at);
    }

    @Nullable
    RowName next() {
      RowName name = peek();
      at += name == null ? 0 : 1;
      return name;
    }
  }
}
