package dev.sealift.ops.simulate;

import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.Lens;
import dev.sealift.client.store.TableSchema;
import dev.sealift.client.value.Value;
import java.util.List;

/** Three versions of an app, each of which changes what it keeps: new columns and names, wider types, defaults, a column dropped and one that is seen through a lens. */
final class AppVersions {
  /** The table's name in the space. */
  static final String WIRE = "persons";

  static final String LENS_SOURCE = "note";

  /** By their names in the space, whichever version knows them. */
  static final List<String> COLUMNS = List.of("name", "age", LENS_SOURCE, "country", "loud");

  private static final Lens SHOUT =
      Lens.of("shout", 1, value -> Value.of("!" + ((Value.Text) value).value()));

  /** By version, from 1 on. */
  static final List<TableSchema> ALL = List.of(
      new TableSchema(
          WIRE,
          "id",
          List.of(
              new ColumnSchema("name", ColumnType.TEXT),
              new ColumnSchema("age", ColumnType.INTEGER),
              new ColumnSchema(LENS_SOURCE, ColumnType.TEXT))),
      new TableSchema(
              "members",
              "id",
              List.of(
                  new ColumnSchema("fullName", ColumnType.TEXT).was("name"),
                  new ColumnSchema("age", ColumnType.REAL),
                  new ColumnSchema(LENS_SOURCE, ColumnType.TEXT),
                  new ColumnSchema("country", ColumnType.TEXT).byDefault(Value.of("AU"))))
          .was(WIRE),
      new TableSchema(
              "contacts",
              "id",
              List.of(
                  new ColumnSchema("title", ColumnType.TEXT).was("name"),
                  new ColumnSchema("age", ColumnType.ANY),
                  new ColumnSchema("loud", ColumnType.TEXT).from(LENS_SOURCE, SHOUT),
                  new ColumnSchema("country", ColumnType.TEXT).byDefault(Value.of("NZ"))))
          .was(WIRE)
          .dropping(LENS_SOURCE));

  private AppVersions() {}

  /** The name in the space of what some version calls so. */
  static String wire(String column) {
    return ALL.stream()
        .flatMap(table -> table.columns().stream())
        .filter(declared -> declared.name().equals(column))
        .map(ColumnSchema::wire)
        .findAny()
        .orElse(column);
  }

  static TableSchema of(int version) {
    return ALL.get(version - 1);
  }

  /** What a version reads of a column in whose row stands this, and this in the lens's source. */
  static Value read(ColumnSchema column, Value stored, Value source) {
    Value value = stored;
    if (value == Value.NULL && column.through().isPresent() && source instanceof Value.Text note) {
      value = Value.of("!" + note.value());
    }
    return value == Value.NULL ? column.fallback() : value;
  }
}
