package dev.sealift.ops.simulate;

import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.id.DeviceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What was really written in a run, and when: told by those who wrote it, and never read from a device. */
final class History {
  /** A column of a row as one device wrote it last. */
  record Cell(DeviceId device, String key, String column) {}

  private record Row(DeviceId device, String key) {}

  private final Map<Row, List<Written>> byRow = new HashMap<>();
  private final Map<Cell, List<Value>> last = new HashMap<>();
  private final Map<DeviceId, List<List<Written>>> transactions = new HashMap<>();
  private long events;

  long events() {
    return events;
  }

  /** It is about to be written; whether that comes about is not known yet. */
  void attempted(Written written) {
    byRow
        .computeIfAbsent(new Row(written.device().id(), written.key()), any -> new ArrayList<>())
        .add(written);
    events +=
        Math.max(1, written.kind() == RunKind.DISMISS ? 1 : written.values().size());
  }

  /** These are about to be written as one. */
  void attemptedTogether(DeviceId device, List<Written> transaction) {
    transactions.computeIfAbsent(device, any -> new ArrayList<>()).add(transaction);
  }

  /** What a device may have written as one, each as a whole. */
  List<List<Written>> transactions(DeviceId device) {
    return transactions.getOrDefault(device, List.of());
  }

  /**
   * What was attempted came about, or, with a crash, may have come about.
   *
   * @param certain whether it is durable
   */
  void happened(Written written, boolean certain) {
    DeviceId device = written.device().id();
    if (written.kind() == RunKind.REMOVE) {
      last.keySet()
          .removeIf(cell -> cell.device().equals(device) && cell.key().equals(written.key()));
    } else if (written.kind() != RunKind.DISMISS && !written.kind().isPart()) {
      written.values().forEach((column, value) -> {
        Cell cell = new Cell(device, written.key(), column);
        List<Value> possible = certain ? new ArrayList<>() : last.getOrDefault(cell, null);
        if (possible != null) {
          possible.add(value);
          last.put(cell, possible);
        }
      });
    }
  }

  /** What the device wrote last may be lost. */
  void forget(DeviceId device) {
    last.keySet().removeIf(cell -> cell.device().equals(device));
  }

  List<Written> of(DeviceId device, String key) {
    return byRow.getOrDefault(new Row(device, key), List.of());
  }

  /** By register what its device wrote last, where it has not removed the row since; several where a crash leaves it open. */
  Map<Cell, List<Value>> last() {
    return last;
  }
}
