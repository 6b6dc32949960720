package dev.sealift.client.store;

import dev.sealift.client.merge.RowState;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.value.Value;
import java.util.List;
import java.util.Optional;

/** What a dismissal names, in this store's numbers. */
final class LoserNames {
  private final Devices devices;

  LoserNames(Devices devices) {
    this.devices = devices;
  }

  /**
   * Each that it may mean: a register and compound cells of one name are told apart by which of them has such a loser. None when it names a column or a device that the store has never
   * met: then there is no such loser.
   */
  List<Loser> named(TableInfo table, RowEvent dismissal) {
    if (dismissal.values().get(0) instanceof Value.Text column
        && dismissal.values().get(1) instanceof Value.Int time
        && dismissal.values().get(2) instanceof Value.Blob device) {
      Optional<Integer> author = devices.known(device.value().toByteArray());
      return author.isEmpty()
          ? List.of()
          : cells(table, column.value()).stream()
              .map(cell -> new Loser(dismissal.key(), cell, time.value(), author.get()))
              .toList();
    }
    return List.of();
  }

  /** Those of a column; the marker where none is named. */
  static List<Integer> cells(TableInfo table, String column) {
    return column.isEmpty()
        ? List.of(RowState.MARKER)
        : table.named(column).stream().map(ColumnInfo::cell).toList();
  }
}
