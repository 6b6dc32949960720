package dev.sealift.ops.csv;

import de.siegmar.fastcsv.reader.CsvRecord;
import dev.sealift.client.value.InvalidValueException;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.RowKeys;
import dev.sealift.client.value.Value;
import dev.sealift.client.value.ValueLimits;
import dev.sealift.ops.csv.CsvException.Code;
import dev.sealift.ops.terminal.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The first pass: checks every line and finds out what the columns hold, before anything is written. Keeps
 * all keys in memory, about 100 bytes each, to find a repeated one.
 */
public final class CsvSurveyor {
  /** The canonical length of an integer or a real, which may be longer than its text. */
  private static final int NUMBER_BYTES = 1 + Long.BYTES;

  private final String file;
  private final String keyColumn;
  private final Map<String, Long> lineOfKey = new HashMap<>();
  private List<String> columns = List.of();
  private ColumnKind[] kinds = {};
  private int keyIndex;
  private long rows;

  private CsvSurveyor(String file, String keyColumn) {
    this.file = file;
    this.keyColumn = keyColumn;
  }

  public static CsvSurvey survey(CsvFile file, String keyColumn) throws CsvException {
    CsvSurveyor surveyor = new CsvSurveyor(file.name(), keyColumn);
    file.read(surveyor::accept);
    if (surveyor.columns.isEmpty()) {
      throw new CsvException(
          Code.NO_HEADER, file.name() + " is empty: its first line must name the columns.");
    }
    return new CsvSurvey(
        surveyor.columns, surveyor.keyIndex, Arrays.asList(surveyor.kinds), surveyor.rows);
  }

  private void accept(CsvRecord row) throws CsvException {
    if (columns.isEmpty()) {
      acceptHeader(row);
    } else {
      acceptRow(row);
    }
  }

  private void acceptHeader(CsvRecord header) throws CsvException {
    columns = List.copyOf(header.getFields());
    List<String> folded = new ArrayList<>();
    for (String column : columns) {
      checkName(column);
      if (folded.contains(Names.folded(column))) {
        throw badHeader(
            "names the column " + column + " twice (letter case does not tell columns apart)");
      }
      folded.add(Names.folded(column));
    }
    if (columns.size() - 1 > ValueLimits.MAX_COLUMNS) {
      throw badHeader("has more than " + ValueLimits.MAX_COLUMNS + " columns beside the key");
    }
    keyIndex = columns.indexOf(keyColumn);
    if (keyIndex < 0) {
      throw new CsvException(
          Code.NO_KEY_COLUMN,
          "%s has no column %s; its columns are %s. Name one of them with --key."
              .formatted(file, Printable.of(keyColumn), String.join(", ", columns)));
    }
    kinds = new ColumnKind[columns.size()];
    Arrays.fill(kinds, ColumnKind.INTEGER);
    kinds[keyIndex] = ColumnKind.TEXT;
  }

  private void checkName(String column) throws CsvException {
    try {
      Names.requireColumn(column);
    } catch (InvalidValueException e) {
      throw badHeader("has a column '" + Printable.of(column) + "', but " + e.getMessage());
    }
  }

  private CsvException badHeader(String what) {
    return new CsvException(Code.BAD_HEADER, "The header of " + file + " " + what + ".");
  }

  private void acceptRow(CsvRecord row) throws CsvException {
    rows++;
    if (row.getFieldCount() != columns.size()) {
      throw refused(
          Code.RAGGED_ROW,
          row,
          "has %d fields and the header has %d; check for a missing or superfluous comma, or a text with commas in it that lacks quotes"
              .formatted(row.getFieldCount(), columns.size()));
    }
    acceptKey(row);
    long total = 0;
    for (int i = 0; i < columns.size(); i++) {
      total += acceptField(row, i);
    }
    if (total > ValueLimits.MAX_ROW_BYTES) {
      throw refused(Code.BAD_VALUE, row, "takes more than " + ValueLimits.MAX_ROW_BYTES + " bytes");
    }
  }

  private void acceptKey(CsvRecord row) throws CsvException {
    String key = row.getField(keyIndex);
    if (key.isEmpty()) {
      throw refused(Code.EMPTY_KEY, row, "has an empty " + keyColumn + "; every row needs a key");
    }
    try {
      RowKeys.requireValid(key);
    } catch (InvalidValueException e) {
      throw refused(Code.BAD_VALUE, row, "has a key that is too long: " + e.getMessage());
    }
    Long earlier = lineOfKey.putIfAbsent(key, row.getStartingLineNumber());
    if (earlier != null) {
      throw refused(
          Code.DUPLICATE_KEY,
          row,
          "has the same " + keyColumn + " as line " + earlier + "; keep one of the two rows");
    }
  }

  private long acceptField(CsvRecord row, int index) throws CsvException {
    String text = row.getField(index);
    if (text.isEmpty()) {
      return 1;
    }
    try {
      int bytes = Value.of(text).canonicalLength();
      kinds[index] = kinds[index].widenedFor(text);
      return Math.max(bytes, NUMBER_BYTES);
    } catch (InvalidValueException e) {
      throw refused(
          Code.BAD_VALUE,
          row,
          "has a " + columns.get(index) + " that cannot be kept: " + e.getMessage());
    }
  }

  private CsvException refused(Code code, CsvRecord row, String what) {
    return new CsvException(
        code,
        "Line " + row.getStartingLineNumber() + " of " + file + " " + what
            + ". Nothing was imported.");
  }
}
