package dev.sealift.client.store;

import dev.sealift.client.compact.CellName;
import java.util.HashMap;
import java.util.Map;

/** The names that cells have in a compaction, of one table as a reader sees it. */
final class StepCells {
  private final Map<Integer, CellName> names = new HashMap<>();

  StepCells(TableInfo table) {
    for (ColumnInfo column : table.allColumns()) {
      names.put(column.cell(), new CellName(column.name(), column.kind()));
    }
  }

  /** What is no column's is the row's. */
  CellName of(int cell) {
    return names.getOrDefault(cell, CellName.ROW);
  }
}
