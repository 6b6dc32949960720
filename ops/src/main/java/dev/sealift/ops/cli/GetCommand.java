package dev.sealift.ops.cli;

import dev.sealift.client.Row;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.store.StoredTable;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Printable;
import dev.sealift.ops.terminal.Values;
import io.vertx.core.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows one row. */
@Command(name = "get", description = "Show a row.")
final class GetCommand extends ClientCommand {
  @Option(names = "--table", required = true, paramLabel = "T", description = "The table.")
  private String table = "";

  @Parameters(paramLabel = "KEY", description = "The row's key.")
  private String key = "";

  GetCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    Space space = space(sealift, settings);
    StoredTable known = Tables.require(space, table);
    Row row = space
        .table(table)
        .get(key)
        .orElseThrow(
            () -> new Refusal("no-such-row", "The table " + table + " has no row of this key."));
    JsonObject object = new JsonObject().put(known.key(), key);
    row.values().forEach((column, value) -> object.put(column, Values.json(value)));
    console.json(object);
    if (!console.isJson()) {
      console.say(known.key() + ": " + Printable.of(key));
      row.values().forEach((c, value) -> console.say(c + ": " + Printable.of(Values.shown(value))));
    }
  }
}
