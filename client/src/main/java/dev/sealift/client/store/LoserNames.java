package dev.sealift.client.store;

import dev.sealift.client.merge.RowState;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.value.Value;
import java.util.Optional;

/** What a dismissal names, in this store's numbers. */
final class LoserNames {
  private final Devices devices;

  LoserNames(Devices devices) {
    this.devices = devices;
  }

  /** Empty when it names a column or a device that the store has never met: then there is no such loser. */
  Optional<Loser> named(TableInfo table, RowEvent dismissal) {
    if (dismissal.values().get(0) instanceof Value.Text column
        && dismissal.values().get(1) instanceof Value.Int time
        && dismissal.values().get(2) instanceof Value.Blob device) {
      ColumnInfo known = table.column(column.value());
      if (known == null && !column.value().isEmpty()) {
        return Optional.empty();
      }
      int cell = known == null ? RowState.MARKER : known.cell();
      return devices
          .known(device.value().toByteArray())
          .map(number -> new Loser(dismissal.key(), cell, time.value(), number));
    }
    return Optional.empty();
  }
}
