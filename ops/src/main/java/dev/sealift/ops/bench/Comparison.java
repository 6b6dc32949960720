package dev.sealift.ops.bench;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Earlier figures, as {@code bench --json} printed them, to compare with. */
public final class Comparison {
  /** Such a file has a line for each row. */
  private static final long MOST_BYTES = 1 << 20;

  private final Map<BenchRow, Double> ratios;

  private Comparison(Map<BenchRow, Double> ratios) {
    this.ratios = ratios;
  }

  /**
   * Reads a file of JSON lines. Lines about rows that this version does not know are passed over.
   *
   * @throws BenchFailedException when it cannot be read, or is no such file
   */
  public static Comparison read(Path file) throws BenchFailedException {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw notFigures(file, null);
      }
      return of(Files.readAllLines(file), file);
    } catch (IOException e) {
      throw new BenchFailedException(
          "The figures to compare with cannot be read from " + file
              + ". Is it there, and are you allowed to?",
          e);
    }
  }

  private static Comparison of(List<String> lines, Path file) throws BenchFailedException {
    Map<BenchRow, Double> ratios = new EnumMap<>(BenchRow.class);
    try {
      for (String line : lines) {
        JsonObject json = new JsonObject(line);
        Optional<BenchRow> row = Optional.ofNullable(json.getString("row")).flatMap(BenchRow::of);
        if (row.isPresent()) {
          ratios.put(row.get(), json.getDouble("ratio"));
        }
      }
    } catch (DecodeException | ClassCastException e) {
      throw notFigures(file, e);
    }
    if (ratios.isEmpty() || ratios.containsValue(null)) {
      throw notFigures(file, null);
    }
    return new Comparison(ratios);
  }

  private static BenchFailedException notFigures(
      Path file, @org.jspecify.annotations.Nullable Throwable cause) {
    String message = file + " has no figures in it. Give a file that `bench --json` has written.";
    return cause == null
        ? new BenchFailedException(message)
        : new BenchFailedException(message, cause);
  }

  /**
   * The figure's ratio divided by the earlier one: below 1 is better than before. Ratios to the floor, because the machine may have been
   * busier then.
   */
  public Optional<Double> change(Figure figure) {
    return Optional.ofNullable(ratios.get(figure.row())).map(before -> figure.ratio() / before);
  }
}
