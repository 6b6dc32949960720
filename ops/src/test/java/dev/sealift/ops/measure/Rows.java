package dev.sealift.ops.measure;

import dev.sealift.client.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Made-up rows of some 120 bytes with keys in no order: what a gazetteer's look like. */
final class Rows {
  private static final int NAMES = 100_000;
  private static final int REGIONS = 2_000;
  private static final int COUNTRIES = 240;
  private static final double DEGREES = 100_000.0;

  private Rows() {}

  /** The same rows for the same seed. */
  static List<Map.Entry<String, Row>> of(int count, long seed) {
    Random random = new Random(seed);
    List<Map.Entry<String, Row>> rows = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      rows.add(Map.entry(String.format("%016x", random.nextLong()), row(random)));
    }
    return rows;
  }

  private static Row row(Random random) {
    return Row.of(
        "name",
        "A place called " + Integer.toString(random.nextInt(NAMES), Character.MAX_RADIX),
        "country",
        Integer.toString(random.nextInt(COUNTRIES), Character.MAX_RADIX),
        "region",
        "The region of " + random.nextInt(REGIONS),
        "district",
        "District " + random.nextInt(REGIONS * 10),
        "latitude",
        (random.nextInt(18_000_000) - 9_000_000) / DEGREES,
        "longitude",
        (random.nextInt(36_000_000) - 18_000_000) / DEGREES);
  }

  static String csv(List<Map.Entry<String, Row>> rows) {
    StringBuilder text = new StringBuilder("id,name,country,region,district,latitude,longitude\n");
    for (Map.Entry<String, Row> row : rows) {
      text.append(row.getKey());
      Row values = row.getValue();
      for (String column : List.of("name", "country", "region", "district")) {
        text.append(',').append(values.text(column).orElseThrow());
      }
      text.append(',').append(values.real("latitude").orElseThrow());
      text.append(',').append(values.real("longitude").orElseThrow()).append('\n');
    }
    return text.toString();
  }
}
