package dev.sealift.ops.bench;

import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One row's values over all rounds, each with its floor from the same round.
 *
 * @param budget that it should keep to
 * @param values in the row's unit; at least one
 * @param floors as many
 * @param parts what the time goes to, in µs for each row of data; empty where that was not asked for
 */
public record Figure(
    BenchRow row,
    BenchRow.Budget budget,
    List<Double> values,
    List<Double> floors,
    Map<Part, Double> parts) {
  public Figure {
    values = List.copyOf(values);
    floors = List.copyOf(floors);
    parts = parts.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(parts));
    if (values.isEmpty() || values.size() != floors.size()) {
      throw new IllegalArgumentException(
          values.size() + " values and " + floors.size() + " floors");
    }
  }

  public double median() {
    return median(values);
  }

  public double lowest() {
    return values.stream().mapToDouble(v -> v).min().orElseThrow();
  }

  public double highest() {
    return values.stream().mapToDouble(v -> v).max().orElseThrow();
  }

  public double floor() {
    return median(floors);
  }

  /** The median of the rounds' ratios: a noisy minute blurs value and floor alike. */
  public double ratio() {
    List<Double> ratios = java.util.stream.IntStream.range(0, values.size())
        .mapToObj(i -> row.unit().ratio(values.get(i), floors.get(i)))
        .toList();
    return median(ratios);
  }

  /** True where there is no budget. */
  public boolean isWithinBudget() {
    return ratio() <= budget.ratio().orElse(Double.POSITIVE_INFINITY)
        && (budget.absolute().isEmpty()
            || row.unit().keeps(median(), budget.absolute().getAsDouble()));
  }

  private static double median(List<Double> numbers) {
    double[] sorted = numbers.stream().mapToDouble(n -> n).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** {@code budget} is the highest ratio, or the highest value, of a rate the lowest, where {@code budgetOf} says {@code median}. */
  public JsonObject json() {
    JsonObject json = new JsonObject()
        .put("row", row.text())
        .put("unit", row.unit().text())
        .put("median", rounded(median()))
        .put("lowest", rounded(lowest()))
        .put("highest", rounded(highest()))
        .put("floor", rounded(floor()))
        .put("ratio", rounded(ratio()));
    budget.ratio().ifPresent(most -> json.put("budget", most).put("budgetOf", "ratio"));
    budget.absolute().ifPresent(most -> json.put("budget", most).put("budgetOf", "median"));
    json.put("within", isWithinBudget()).put("runs", values.size()).put("floorIs", row.floor());
    return parts.isEmpty() ? json : json.put("microsARow", partsJson());
  }

  private JsonObject partsJson() {
    JsonObject json = new JsonObject();
    parts.forEach(
        (part, micros) -> json.put(part.name().toLowerCase(Locale.ROOT), rounded(micros)));
    return json;
  }

  /** Four significant digits: no more of a figure repeats. */
  static double rounded(double number) {
    return number == 0
        ? 0
        : new java.math.BigDecimal(number).round(new java.math.MathContext(4)).doubleValue();
  }
}
