package dev.sealift.ops.simulate;

import dev.sealift.client.value.Value;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Every value that was written in a run, no two alike, and what became of it as far as people know: replaced or removed by somebody who had it before his eyes, or replaced by its own author. Of all
 * others the devices have to account for.
 */
final class Ledger {
  /** A cell, by its names in the space. */
  private record Cell(String key, String column) {}

  private record Entry(Cell cell, Value value) {}

  private final Map<Entry, String> open = new LinkedHashMap<>();
  private long written;

  /** Before a device writes a cell, which showed it something else. */
  void replaces(Device device, String key, String column, Value shown) {
    Cell cell = new Cell(key, column);
    open.remove(new Entry(cell, shown));
    open.entrySet()
        .removeIf(entry ->
            entry.getKey().cell().equals(cell) && entry.getValue().equals(device.toString()));
  }

  void wrote(Device device, String key, String column, Value value) {
    written++;
    if (value != Value.NULL) {
      open.put(new Entry(new Cell(key, column), value), device.toString());
    }
  }

  /** Cells written so far. */
  long written() {
    return written;
  }

  /**
   * Holds what a device has against what is open.
   *
   * @param shown values by column, by row
   * @param lost values in the inbox, by row
   */
  void judge(Device device, Map<String, Map<String, Value>> shown, Map<String, Set<Value>> lost) {
    for (Entry entry : open.keySet()) {
      String key = entry.cell().key();
      boolean there = entry
              .value()
              .equals(shown.getOrDefault(key, new HashMap<>()).get(entry.cell().column()))
          || lost.getOrDefault(key, Set.of()).contains(entry.value());
      if (!there) {
        throw new Fault(
            "L5",
            device + " has lost " + entry.value() + " of " + entry.cell()
                + ", which nobody has replaced");
      }
    }
  }
}
