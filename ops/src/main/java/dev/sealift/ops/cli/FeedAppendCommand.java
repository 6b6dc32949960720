package dev.sealift.ops.cli;

import dev.sealift.client.Row;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import io.vertx.core.json.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Appends a row to a feed. */
@Command(name = "append", description = "Append a row; it stays as it is.")
final class FeedAppendCommand extends ClientCommand {
  @Option(names = "--table", required = true, paramLabel = "T", description = "The feed.")
  private String table = "";

  @Parameters(
      arity = "1..*",
      paramLabel = "COLUMN=VALUE",
      description = "Columns and their values.")
  private List<String> cells = List.of();

  FeedAppendCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    Space space = space(sealift, settings);
    Row row = Row.ofValues(PutCommand.values(Tables.require(space, table), cells));
    String key = space.feed(table).append(row);
    console.result(
        "Appended " + key + " to " + table + ".",
        new JsonObject().put("done", "feed append").put("table", table).put("key", key));
  }
}
