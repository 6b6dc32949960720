package dev.sealift.ops.cli;

import dev.sealift.client.Row;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.StoredTable;
import dev.sealift.client.value.Value;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.csv.CellText;
import dev.sealift.ops.csv.ColumnTypes;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Printable;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the named columns of one row. */
@Command(
    name = "put",
    description = {
      "Write the named columns of a row, which is made if there is none. COLUMN= sets null.",
      "Values become what the column holds: numbers, text, or bytes from base64.",
      "Cells that hold several values are changed by 'sealift cell'."
    })
final class PutCommand extends ClientCommand {
  @Option(names = "--table", required = true, paramLabel = "T", description = "The table.")
  private String table = "";

  @Parameters(index = "0", paramLabel = "KEY", description = "The row's key.")
  private String key = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "COLUMN=VALUE",
      description = "Columns and their values.")
  private List<String> cells = List.of();

  PutCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    Space space = space(sealift, settings);
    Map<String, Value> values = values(Tables.require(space, table), cells);
    space.table(table).patch(key, Row.ofValues(values));
    console.result(
        "Wrote " + Printable.of(key) + " of " + table + ".",
        new JsonObject().put("done", "put").put("table", table).put("key", key));
  }

  /** Of cells in the form {@code COLUMN=VALUE}. */
  static Map<String, Value> values(StoredTable known, List<String> cells) throws Refusal {
    Map<String, Value> values = new LinkedHashMap<>();
    for (String cell : cells) {
      int equals = cell.indexOf('=');
      if (equals < 1) {
        throw new Refusal(Refusal.WRONG_USAGE, "'" + cell + "' is not of the form COLUMN=VALUE.");
      }
      ColumnSchema column = Columns.register(known, cell.substring(0, equals));
      values.put(column.name(), value(column, cell.substring(equals + 1)));
    }
    return values;
  }

  private static Value value(ColumnSchema column, String text) throws Refusal {
    return CellText.parse(column.type(), text)
        .orElseThrow(() -> new Refusal(
            "bad-value",
            "The column " + column.name() + " is of type " + ColumnTypes.name(column.type())
                + ", and '" + text + "' is not."));
  }
}
