package dev.sealift.ops.cli;

import dev.sealift.client.Feed;
import dev.sealift.client.FeedEntry;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Printable;
import dev.sealift.ops.terminal.Values;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Reads a feed. */
@Command(
    name = "read",
    description = {
      "Show the entries of a feed in their order, from an offset on.",
      "Last come those of this device that are not in the mesh yet, without an offset."
    })
final class FeedReadCommand extends ClientCommand {
  private static final int PAGE = 1_000;

  @Option(names = "--table", required = true, paramLabel = "T", description = "The feed.")
  private String table = "";

  @Option(
      names = "--from",
      paramLabel = "OFFSET",
      defaultValue = "1",
      description = "The first one; default ${DEFAULT-VALUE}.")
  private long from = 1;

  FeedReadCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    Space space = space(sealift, settings);
    Tables.require(space, table);
    Feed feed = space.feed(table);
    long next = from;
    for (List<FeedEntry> page = feed.read(next, PAGE);
        !page.isEmpty();
        page = feed.read(next, PAGE)) {
      print(console, page);
      next = page.get(page.size() - 1).offset() + 1;
    }
    String after = "";
    for (List<FeedEntry> page = feed.waiting(after, PAGE);
        !page.isEmpty();
        page = feed.waiting(after, PAGE)) {
      print(console, page);
      after = page.get(page.size() - 1).key();
    }
  }

  private static void print(Console console, List<FeedEntry> entries) {
    for (FeedEntry entry : entries) {
      if (console.isDeaf()) {
        return;
      }
      JsonObject row = new JsonObject();
      entry
          .row()
          .ifPresent(there ->
              there.values().forEach((column, value) -> row.put(column, Values.json(value))));
      console.json(new JsonObject()
          .put("offset", entry.offset() == 0 ? null : entry.offset())
          .put("key", entry.key())
          .put("row", entry.row().isPresent() ? row : null)
          .put("author", entry.author())
          .put("written", entry.written().toString()));
      if (!console.isJson()) {
        console.say((entry.offset() == 0 ? "-" : entry.offset()) + "  " + entry.written() + "  "
            + shown(entry));
      }
    }
  }

  private static String shown(FeedEntry entry) {
    return entry
        .row()
        .map(row -> row.values().entrySet().stream()
            .map(cell -> cell.getKey() + ": " + Printable.of(Values.shown(cell.getValue())))
            .collect(Collectors.joining(", ")))
        .orElse("(removed)");
  }
}
