package dev.sealift.ops.cli;

import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.store.SearchHit;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Printable;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds rows by words. */
@Command(
    name = "search",
    description = {
      "Find the rows that have all these words in the table's searchable columns, the best first.",
      "A star behind a word takes it as a beginning. Columns are made searchable by import --searchable, or by an app."
    })
final class SearchCommand extends ClientCommand {
  @Option(names = "--table", required = true, paramLabel = "T", description = "The table.")
  private String table = "";

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "Rows at the most, 1 to 1000 (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Parameters(arity = "1..*", paramLabel = "WORD", description = "What to find.")
  private List<String> words = List.of();

  SearchCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    Space space = space(sealift, settings);
    Tables.require(space, table);
    List<SearchHit> hits = space.search(table, String.join(" ", words), limit);
    if (hits.isEmpty() && !console.isJson()) {
      console.say("Nothing was found.");
    }
    for (SearchHit hit : hits) {
      if (console.isDeaf()) {
        return;
      }
      console.json(json(hit));
      if (!console.isJson()) {
        console.say(Printable.of(hit.key()) + ": " + Printable.of(hit.snippet()));
      }
    }
  }

  private static JsonObject json(SearchHit hit) {
    JsonArray matches = new JsonArray();
    hit.matches()
        .forEach(
            match -> matches.add(new JsonObject().put("from", match.from()).put("to", match.to())));
    return new JsonObject()
        .put("key", hit.key())
        .put("snippet", hit.snippet())
        .put("matches", matches);
  }
}
