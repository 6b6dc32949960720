package dev.sealift.ops.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What the rounds brought so far. */
final class Figures {
  private final Map<BenchRow, List<Double>> values = new EnumMap<>(BenchRow.class);
  private final Map<BenchRow, List<Double>> floors = new EnumMap<>(BenchRow.class);
  private final Map<BenchRow, List<Map<Part, Double>>> parts = new EnumMap<>(BenchRow.class);

  private final boolean cluster;

  /** @param cluster whether the mesh that they are of is one of several processes, which has other budgets */
  Figures(boolean cluster) {
    this.cluster = cluster;
  }

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

  /**
   * Where the time of a row's work went in one round.
   *
   * @param micros of the clock, for each row of data
   */
  void addParts(BenchRow row, Map<Part, Double> micros) {
    parts.computeIfAbsent(row, r -> new ArrayList<>()).add(micros);
  }

  /** The rounds' mean for each part, so that they still add up; empty for a row that was not taken apart. */
  Map<Part, Double> parts(BenchRow row) {
    List<Map<Part, Double>> rounds = parts.getOrDefault(row, List.of());
    Map<Part, Double> means = new EnumMap<>(Part.class);
    rounds.forEach(round ->
        round.forEach((part, micros) -> means.merge(part, micros / rounds.size(), Double::sum)));
    return means;
  }

  /** In the order of {@link BenchRow}. */
  List<Figure> all() {
    return values.keySet().stream()
        .map(row ->
            new Figure(row, row.budget(cluster), values.get(row), floors.get(row), parts(row)))
        .toList();
  }
}
