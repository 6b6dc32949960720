package dev.sealift.ops.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What the rounds brought so far. */
final class Figures {
  private final Map<BenchRow, List<Double>> values = new EnumMap<>(BenchRow.class);
  private final Map<BenchRow, List<Double>> floors = new EnumMap<>(BenchRow.class);

  /**
   * One round's value of a row.
   *
   * @param value in the row's unit
   * @param floor in the row's unit, from the same round
   */
  void add(BenchRow row, double value, double floor) {
    values.computeIfAbsent(row, r -> new ArrayList<>()).add(value);
    floors.computeIfAbsent(row, r -> new ArrayList<>()).add(floor);
  }

  /** In the order of {@link BenchRow}. */
  List<Figure> all() {
    return values.keySet().stream()
        .map(row -> new Figure(row, values.get(row), floors.get(row)))
        .toList();
  }
}
