package dev.sealift.ops.cli;

import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Printable;
import io.vertx.core.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes one row. */
@Command(name = "delete", description = "Remove a row. Writing it again brings it back.")
final class DeleteCommand extends ClientCommand {
  @Option(names = "--table", required = true, paramLabel = "T", description = "The table.")
  private String table = "";

  @Parameters(paramLabel = "KEY", description = "The row's key.")
  private String key = "";

  DeleteCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    Space space = space(sealift, settings);
    Tables.require(space, table);
    if (space.table(table).get(key).isEmpty()) {
      throw new Refusal("no-such-row", "The table " + table + " has no row of this key.");
    }
    space.table(table).remove(key);
    console.result(
        "Removed " + Printable.of(key) + " of " + table + ".",
        new JsonObject().put("done", "delete").put("table", table).put("key", key));
  }
}
