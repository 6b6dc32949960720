package dev.sealift.ops.csv;

import de.siegmar.fastcsv.reader.CsvRecord;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.List;

/** The second pass: the rows of a surveyed file as keys and values. */
public final class CsvRows {
  /** Takes one row: its key, and the values of the other columns in the header's order. */
  public interface Handler {
    void accept(String key, List<Value> values);
  }

  private CsvRows() {}

  /** Hands over every row; fails when the file is no longer the one that was surveyed. */
  public static void read(CsvFile file, CsvSurvey survey, Handler handler) throws CsvException {
    long[] records = {-1}; // the header is no row
    file.read(row -> {
      if (records[0]++ >= 0) {
        check(row.getFieldCount() == survey.columns().size(), file);
        handler.accept(row.getField(survey.keyIndex()), values(row, survey, file));
      }
    });
    check(records[0] == survey.rows(), file);
  }

  private static List<Value> values(CsvRecord row, CsvSurvey survey, CsvFile file)
      throws CsvException {
    List<Value> values = new ArrayList<>(survey.columns().size() - 1);
    for (int i = 0; i < survey.columns().size(); i++) {
      if (i != survey.keyIndex()) {
        values.add(value(row.getField(i), survey.kinds().get(i), file));
      }
    }
    return values;
  }

  private static Value value(String text, ColumnKind kind, CsvFile file) throws CsvException {
    if (text.isEmpty()) {
      return Value.NULL;
    }
    try {
      return kind.value(text);
    } catch (NumberFormatException e) {
      throw changed(file);
    }
  }

  private static void check(boolean condition, CsvFile file) throws CsvException {
    if (!condition) {
      throw changed(file);
    }
  }

  private static CsvException changed(CsvFile file) {
    return new CsvException(
        CsvException.Code.CHANGED_MEANWHILE,
        file.name() + " changed while it was being imported. Import it again.");
  }
}
