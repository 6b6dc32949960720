package dev.sealift.ops.bench;

import dev.sealift.client.Row;
import dev.sealift.client.Schema;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;

/**
 * Made-up rows with keys in no order: what a gazetteer's look like. The same for the same seed, made in pieces as they are taken, so that
 * there can be more than fit into memory; making them is not on anybody's clock.
 */
final class SampleRows implements Iterator<Map.Entry<String, Row>> {
  static final String TABLE = "places";
  static final List<String> COLUMNS =
      List.of("name", "country", "region", "district", "latitude", "longitude");

  /** What a row comes to when nothing is added to its name. */
  static final int LEAST_BYTES = 83;

  private static final int PIECE = 10_000;
  private static final int NAMES = 100_000;
  private static final int REGIONS = 2_000;
  private static final int COUNTRIES = 240;
  private static final double DEGREES = 100_000.0;
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz     ";

  private final Random random;
  private final int padding;
  private int left;
  private long making;
  private Iterator<Map.Entry<String, Row>> piece =
      List.<Map.Entry<String, Row>>of().iterator();

  /** So many rows of about so many bytes. */
  SampleRows(int count, int rowBytes, long seed) {
    this.left = count;
    this.random = new Random(seed);
    this.padding = Math.max(0, rowBytes - LEAST_BYTES);
  }

  static Schema schema() {
    return Schema.of(Schema.table(TABLE, "id")
        .text("name")
        .text("country")
        .text("region")
        .text("district")
        .real("latitude")
        .real("longitude"));
  }

  /** Nanoseconds spent on making rows so far: to be taken off what was measured meanwhile. */
  long makingNanos() {
    return making;
  }

  @Override
  public boolean hasNext() {
    if (!piece.hasNext() && left > 0) {
      long start = System.nanoTime();
      piece = nextPiece().iterator();
      making += System.nanoTime() - start;
    }
    return piece.hasNext();
  }

  @Override
  public Map.Entry<String, Row> next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return piece.next();
  }

  private List<Map.Entry<String, Row>> nextPiece() {
    int size = Math.min(PIECE, left);
    left -= size;
    List<Map.Entry<String, Row>> rows = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      rows.add(new SimpleImmutableEntry<>(key(random.nextLong()), row()));
    }
    return rows;
  }

  private static String key(long number) {
    String digits = Long.toHexString(number);
    return "0".repeat(16 - digits.length()) + digits;
  }

  private Row row() {
    return Row.of(
        "name",
        "A place called " + Integer.toString(random.nextInt(NAMES), Character.MAX_RADIX) + text(),
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

  private String text() {
    StringBuilder text = new StringBuilder(padding);
    for (int i = 0; i < padding; i++) {
      text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return text.toString();
  }
}
