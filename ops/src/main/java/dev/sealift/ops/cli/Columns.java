package dev.sealift.ops.cli;

import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.StoredTable;
import dev.sealift.ops.csv.ColumnTypes;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Columns by the names that people give on the command line. */
final class Columns {
  private Columns() {}

  /** A column whose cells hold one value. */
  static ColumnSchema register(StoredTable table, String name) throws Refusal {
    List<ColumnSchema> named = named(table, name);
    return named.stream()
        .filter(column -> !ColumnTypes.isCompound(column.type()))
        .findFirst()
        .orElseThrow(() -> wrongType(
            table, named.get(0), "is changed by 'sealift cell' alone; see 'sealift cell --help'"));
  }

  /** A column of one of these types; or one that may be, since nobody has declared it so far. */
  static ColumnSchema ofType(StoredTable table, String name, Set<ColumnType> types) throws Refusal {
    List<ColumnSchema> named = named(table, name);
    return Stream.concat(
            named.stream().filter(column -> types.contains(column.type())),
            named.stream().filter(column -> column.type() == ColumnType.ANY))
        .findFirst()
        .orElseThrow(
            () -> wrongType(table, named.get(0), "this works on columns of type " + names(types)));
  }

  private static String names(Set<ColumnType> types) {
    return types.stream().sorted().map(ColumnTypes::name).collect(Collectors.joining(", "));
  }

  /** More than one, where apps are at odds about what a name stands for. */
  private static List<ColumnSchema> named(StoredTable table, String name) throws Refusal {
    List<ColumnSchema> named =
        table.columns().stream().filter(column -> column.name().equals(name)).toList();
    if (named.isEmpty()) {
      throw new Refusal(
          "no-such-column",
          "The table %s has no column %s beside its key; it has %s."
              .formatted(
                  table.name(),
                  name,
                  table.columns().stream()
                      .map(ColumnSchema::name)
                      .collect(Collectors.joining(", "))));
    }
    return named;
  }

  private static Refusal wrongType(StoredTable table, ColumnSchema column, String and) {
    return new Refusal(
        "wrong-column",
        "The column %s of the table %s is of type %s, and %s."
            .formatted(column.name(), table.name(), ColumnTypes.name(column.type()), and));
  }
}
