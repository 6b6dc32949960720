package dev.sealift.ops.cli;

import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.StoredTable;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.csv.ColumnTypes;
import dev.sealift.ops.terminal.Console;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a table, or adds columns to one. */
@Command(
    name = "declare",
    description = {
      "Make a table, or add columns to one. What is there already stays as it is.",
      "Types: text, integer, real, bytes; any, for all of these; and of cells that hold several values, which 'sealift cell' changes:",
      "multi-value (keeps what was written concurrently), counter, set, updates (bytes that an app merges, as Yjs makes them)."
    })
final class DeclareCommand extends ClientCommand {
  @Option(names = "--table", required = true, paramLabel = "T", description = "The table.")
  private String table = "";

  @Option(
      names = "--key",
      required = true,
      paramLabel = "NAME",
      description = "The name under which queries see a row's key.")
  private String key = "";

  @Parameters(
      arity = "0..*",
      paramLabel = "COLUMN:TYPE",
      description = "Columns and their types, in the order in which queries show them.")
  private List<String> columns = List.of();

  DeclareCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    Space space = space(sealift, settings);
    List<ColumnSchema> wanted = columns();
    Optional<StoredTable> before = known(space);
    if (before.isPresent()) {
      check(before.get(), wanted);
    }
    Schema.TableBuilder builder = Schema.table(table, key);
    wanted.forEach(column -> builder.column(column.name(), column.type()));
    space.declare(Schema.of(builder));
    tell(console, before, wanted);
  }

  private List<ColumnSchema> columns() throws Refusal {
    List<ColumnSchema> wanted = new ArrayList<>();
    for (String column : columns) {
      int colon = column.indexOf(':');
      if (colon < 1) {
        throw new Refusal(Refusal.WRONG_USAGE, "'" + column + "' is not of the form COLUMN:TYPE.");
      }
      wanted.add(new ColumnSchema(column.substring(0, colon), type(column.substring(colon + 1))));
    }
    return wanted;
  }

  private static ColumnType type(String name) throws Refusal {
    return ColumnTypes.named(name)
        .orElseThrow(() -> new Refusal(
            Refusal.WRONG_USAGE,
            "'" + name + "' is no type; use one of " + String.join(", ", ColumnTypes.names())
                + "."));
  }

  private Optional<StoredTable> known(Space space) {
    return space.tables().stream().filter(known -> known.name().equals(table)).findFirst();
  }

  /** Refuses in the names of the caller what the library refuses without names. */
  private void check(StoredTable known, List<ColumnSchema> wanted) throws Refusal {
    if (!known.key().equals(key)) {
      throw new Refusal(
          "contradiction",
          "The table %s has the key %s, and not %s. Nothing was declared."
              .formatted(table, known.key(), key));
    }
    for (ColumnSchema column : wanted) {
      for (ColumnSchema present : known.columns()) {
        if (contradict(present, column)) {
          throw new Refusal(
              "contradiction",
              "The column %s of the table %s is of type %s, and not %s: use another name. Nothing was declared."
                  .formatted(
                      column.name(),
                      table,
                      ColumnTypes.name(present.type()),
                      ColumnTypes.name(column.type())));
        }
      }
    }
  }

  /** Of type any is also what nobody has declared so far; the library can tell. */
  private static boolean contradict(ColumnSchema present, ColumnSchema wanted) {
    return present.name().equals(wanted.name())
        && present.type() != wanted.type()
        && present.type() != ColumnType.ANY;
  }

  private void tell(Console console, Optional<StoredTable> before, List<ColumnSchema> wanted) {
    List<String> had = before.stream()
        .flatMap(known -> known.columns().stream())
        .map(ColumnSchema::name)
        .toList();
    List<String> added = wanted.stream()
        .map(ColumnSchema::name)
        .filter(name -> !had.contains(name))
        .toList();
    console.result(
        before.isEmpty()
            ? "Declared the table " + table + "."
            : added.isEmpty()
                ? "The table " + table + " has all of this already."
                : "Added " + String.join(", ", added) + " to the table " + table + ".",
        new JsonObject()
            .put("done", "declare")
            .put("table", table)
            .put("added", new JsonArray(added)));
  }
}
