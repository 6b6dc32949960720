package dev.sealift.ops.simulate;

import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** What was really written in a run, and when: told by those who wrote it, and never read from a device. */
final class History {
  /** A column of a row as one device wrote it last. */
  record Cell(DeviceId device, String key, String column) {}

  private record Row(DeviceId device, String key) {}

  private final Map<Row, List<Written>> byRow = new HashMap<>();
  private final Map<Cell, List<Value>> last = new HashMap<>();
  private final Map<DeviceId, List<List<Written>>> transactions = new HashMap<>();
  private final Map<DeviceId, SortedSet<Long>> tookBack = new HashMap<>();
  private final Set<List<Object>> written = new HashSet<>();
  private final Set<DeviceId> forgetful = new HashSet<>();
  private final Set<SignedHeader> handedOver = new LinkedHashSet<>();
  private long events;

  long events() {
    return events;
  }

  /** It is about to be written; whether that comes about is not known yet. */
  void attempted(Written attempt) {
    attempt.values().forEach((column, value) -> written.add(List.of(attempt.key(), column, value)));
    byRow
        .computeIfAbsent(new Row(attempt.device().id(), attempt.key()), any -> new ArrayList<>())
        .add(attempt);
    events +=
        Math.max(1, attempt.kind() == RunKind.DISMISS ? 1 : attempt.values().size());
  }

  /** The device takes something back, or makes it again: what it writes then, somebody has written before. */
  void takesBack(Device device) {
    tookBack
        .computeIfAbsent(device.id(), any -> new TreeSet<>())
        .add(device.store().position());
  }

  /** That a device did so to a cell, or to the row as such where the column is empty: what it wrote before need not arrive any more. */
  void tookBack(Device device, String key, String column) {
    last.keySet()
        .removeIf(cell -> cell.device().equals(device.id())
            && cell.key().equals(key)
            && (column.isEmpty() || cell.column().equals(column)));
  }

  /** How far the device had got in the log each time when it took something back. */
  SortedSet<Long> tookBack(DeviceId device) {
    return tookBack.getOrDefault(device, Collections.emptySortedSet());
  }

  /** Whether anybody wrote this to the cell. */
  boolean isWritten(String key, String column, Value value) {
    return written.contains(List.of(key, column, value));
  }

  /** Whether this device did. */
  boolean hasWritten(Device device, String key, String column, Value value) {
    return of(device.id(), key).stream()
        .anyMatch(written -> value.equals(written.values().get(column)));
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

  /** Another device has these now, which are not ahead; each is behind those that it builds on. */
  void handedOver(List<SignedHeader> files) {
    handedOver.addAll(files);
  }

  /** Files that have to stand in the log as they are: unless a home was put back, which may have made others in the places of its own. */
  Set<SignedHeader> handedOver() {
    return forgetful.isEmpty() ? handedOver : Set.of();
  }

  /** The device is put back as it was: what it wrote last may be lost. */
  void forget(DeviceId device) {
    forgetful.add(device);
    last.keySet().removeIf(cell -> cell.device().equals(device));
  }

  /** Whether the device was ever put back. */
  boolean isForgetful(DeviceId device) {
    return forgetful.contains(device);
  }

  List<Written> of(DeviceId device, String key) {
    return byRow.getOrDefault(new Row(device, key), List.of());
  }

  /** By register what its device wrote last, where it has not removed the row since; several where a crash leaves it open. */
  Map<Cell, List<Value>> last() {
    return last;
  }
}
