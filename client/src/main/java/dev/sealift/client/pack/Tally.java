package dev.sealift.client.pack;

import dev.sealift.client.value.Utf8;
import dev.sealift.client.value.Value;
import dev.sealift.client.value.ValueLimits;
import dev.sealift.protocol.FormatException;
import java.util.List;

/** Counts what a payload holds against {@link PayloadLimits}. */
final class Tally {
  private int runs;
  private int rows;
  private int cells;
  private long contentBytes;

  static Tally of(List<EventRun> runs) {
    Tally tally = new Tally();
    for (EventRun run : runs) {
      tally.addRun();
      for (RowEvent row : run.rows()) {
        tally.add(row);
      }
    }
    return tally;
  }

  void addRun() {
    runs++;
  }

  void add(RowEvent row) {
    rows++;
    cells += row.values().size();
    contentBytes += contentBytes(row.key(), row.values());
  }

  /**
   * The rows and cells of a run that is yet to be read: refuses it before anything is allocated for
   * them.
   */
  void reserve(int moreRows, int columns) throws FormatException {
    runs++;
    long total = rows + (long) moreRows;
    long totalCells = cells + (long) moreRows * columns;
    if (total > PayloadLimits.MAX_ROWS || totalCells > PayloadLimits.MAX_CELLS) {
      throw new FormatException("a payload has too many events");
    }
    rows = (int) total;
    cells = (int) totalCells;
  }

  /** The content of a row that was read. */
  void addContent(String key, List<Value> values) throws FormatException {
    int bytes = contentBytes(key, values);
    contentBytes += bytes;
    if (bytes > ValueLimits.MAX_ROW_BYTES || contentBytes > PayloadLimits.MAX_CONTENT_BYTES) {
      throw new FormatException("an event, or a payload's events together, are too large");
    }
  }

  boolean fits() {
    return runs <= PayloadLimits.MAX_RUNS
        && rows <= PayloadLimits.MAX_ROWS
        && cells <= PayloadLimits.MAX_CELLS
        && contentBytes <= PayloadLimits.MAX_CONTENT_BYTES;
  }

  int rows() {
    return rows;
  }

  long contentBytes() {
    return contentBytes;
  }

  /**
   * What a row takes in canonical form. Values are at most 256 of 768 KiB, so an int holds the sum.
   */
  static int contentBytes(String key, List<Value> values) {
    int bytes = Utf8.length(key);
    for (int i = 0; i < values.size(); i++) {
      bytes += values.get(i).canonicalLength();
    }
    return bytes;
  }
}
