package dev.sealift.ops.csv;

import dev.sealift.client.Row;
import dev.sealift.client.Schema;
import dev.sealift.client.Space;
import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.StoredTable;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import dev.sealift.ops.csv.CsvException.Code;
import dev.sealift.ops.terminal.Progress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes the rows of a surveyed file into a table, which it makes or widens if need be. */
public final class CsvImport {
  /** Rows handed over together: as many as the library puts into one transaction. */
  private static final int BATCH_ROWS = 10_000;

  private final Space space;
  private final String table;
  private final Set<String> searchable;
  private final Progress progress;
  private final List<Map.Entry<String, Row>> batch = new ArrayList<>();
  private long written;

  public CsvImport(Space space, String table, Progress progress) {
    this(space, table, Set.of(), progress);
  }

  /**
   * @param searchable columns of text that are to be searched for words
   */
  public CsvImport(Space space, String table, Set<String> searchable, Progress progress) {
    this.space = space;
    this.table = Names.requireTable(table);
    this.searchable = Set.copyOf(searchable);
    this.progress = progress;
  }

  public void run(CsvFile file, CsvSurvey survey) throws CsvException {
    CsvSurvey fitted = fitted(survey);
    List<String> columns = new ArrayList<>(survey.columns());
    columns.remove(survey.keyIndex());
    CsvRows.read(file, fitted, (key, values) -> add(key, row(columns, values)));
    writeBatch();
  }

  private static Row row(List<String> columns, List<Value> values) {
    Map<String, Value> row = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      row.put(columns.get(i), values.get(i));
    }
    return Row.ofValues(row);
  }

  private void add(String key, Row row) {
    batch.add(Map.entry(key, row));
    if (batch.size() == BATCH_ROWS) {
      writeBatch();
    }
  }

  private void writeBatch() {
    written += space.table(table).putAll(batch.iterator());
    batch.clear();
    progress.reached(written);
  }

  /** Makes the table, or checks that the rows fit into the one there is. */
  private CsvSurvey fitted(CsvSurvey survey) throws CsvException {
    Optional<StoredTable> there =
        space.tables().stream().filter(known -> known.name().equals(table)).findFirst();
    CsvSurvey fitted = there.isPresent() ? fittedTo(there.get(), survey) : survey;
    Schema.TableBuilder builder = Schema.table(table, survey.keyColumn());
    List<String> present = new ArrayList<>();
    there.ifPresent(known -> {
      builder.was(known.wire());
      known.columns().forEach(column -> present.add(column.name()));
    });
    for (int i = 0; i < survey.columns().size(); i++) {
      if (i != survey.keyIndex()) {
        String column = survey.columns().get(i);
        if (present.contains(column)) {
          builder.column(there.get().columns().get(present.indexOf(column)));
        } else {
          builder.column(column, type(fitted.kinds().get(i)));
        }
        if (searchable.contains(column)) {
          builder.searchable();
        }
      }
    }
    space.amend(Schema.of(builder));
    return fitted;
  }

  private CsvSurvey fittedTo(StoredTable there, CsvSurvey survey) throws CsvException {
    if (!there.key().equals(survey.keyColumn())) {
      throw new CsvException(
          Code.BAD_HEADER,
          "The table %s has the key %s, and not %s. Nothing was imported."
              .formatted(table, there.key(), survey.keyColumn()));
    }
    List<ColumnKind> kinds = new ArrayList<>(survey.kinds());
    for (ColumnSchema column : there.columns()) {
      int index = survey.columns().indexOf(column.name());
      if (index >= 0) {
        kinds.set(index, kindFor(column, kinds.get(index)));
      }
    }
    return new CsvSurvey(survey.columns(), survey.keyIndex(), kinds, survey.rows());
  }

  /** A column of texts takes numbers as texts; one of numbers takes no texts. */
  private ColumnKind kindFor(ColumnSchema column, ColumnKind found) throws CsvException {
    return switch (column.type()) {
      case ANY -> found;
      case TEXT -> ColumnKind.TEXT;
      case REAL -> fits(column, found, found != ColumnKind.TEXT, ColumnKind.REAL);
      case INTEGER -> fits(column, found, found == ColumnKind.INTEGER, ColumnKind.INTEGER);
      case BYTES -> fits(column, found, false, found);
      case MULTI_VALUE, COUNTER, SET, UPDATES -> throw compound(column);
    };
  }

  private CsvException compound(ColumnSchema column) {
    return new CsvException(
        Code.BAD_VALUE,
        "The column %s of the table %s is of type %s, and changed by 'sealift cell' alone: a file has values in it, and not what was done. Leave the column out. Nothing was imported."
            .formatted(column.name(), table, ColumnTypes.name(column.type())));
  }

  private ColumnKind fits(ColumnSchema column, ColumnKind found, boolean does, ColumnKind kind)
      throws CsvException {
    if (does) {
      return kind;
    }
    throw new CsvException(
        Code.BAD_VALUE,
        "The column %s of the table %s is of type %s, and the file has values of type %s in it. Nothing was imported."
            .formatted(
                column.name(),
                table,
                ColumnTypes.name(column.type()),
                ColumnTypes.name(type(found))));
  }

  private static ColumnType type(ColumnKind kind) {
    return switch (kind) {
      case INTEGER -> ColumnType.INTEGER;
      case REAL -> ColumnType.REAL;
      case TEXT -> ColumnType.TEXT;
    };
  }
}
