package dev.sealift.ops.csv;

import java.util.List;

/**
 * What the first pass over a file found: it is whole and can be imported.
 *
 * @param columns the header, the key included
 * @param kinds of the columns, in their order; the key is always text
 */
public record CsvSurvey(List<String> columns, int keyIndex, List<ColumnKind> kinds, long rows) {
  public CsvSurvey {
    columns = List.copyOf(columns);
    kinds = List.copyOf(kinds);
  }

  public String keyColumn() {
    return columns.get(keyIndex);
  }
}
