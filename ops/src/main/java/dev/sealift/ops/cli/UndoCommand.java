package dev.sealift.ops.cli;

import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.store.UndoResult;
import dev.sealift.client.store.UndoResult.Outcome;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Printable;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Takes back what this device changed last. */
@Command(
    name = "undo",
    description = {
      "Take back what this device changed last, as far as nobody else has written to it since.",
      "Each command that writes is one change. A large import is not remembered, nor is what was before it."
    })
final class UndoCommand extends ClientCommand {
  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many changes; default ${DEFAULT-VALUE}.")
  private int steps = 1;

  UndoCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    if (steps < 1) {
      throw new Refusal(Refusal.WRONG_USAGE, "--steps is 1 at the least.");
    }
    Space space = space(sealift, settings);
    for (int step = 0; step < steps; step++) {
      UndoResult result = space.undo();
      if (result.outcome() == Outcome.TOO_LARGE) {
        throw new Refusal("too-large", "The last change was too large to be remembered.");
      }
      if (result.outcome() == Outcome.NOTHING) {
        throw new Refusal("nothing-to-undo", "There is no change of this device to take back.");
      }
      tell(console, result);
    }
  }

  private static void tell(Console console, UndoResult result) {
    JsonArray undone = new JsonArray();
    result.undone().forEach(cell -> undone.add(cell(cell.table(), cell.key(), cell.column())));
    JsonArray left = new JsonArray();
    result
        .left()
        .forEach(cell -> left.add(cell(cell.table(), cell.key(), cell.column())
            .put("reason", cell.reason().name().toLowerCase(Locale.ROOT))));
    console.json(new JsonObject().put("done", "undo").put("undone", undone).put("left", left));
    if (!console.isJson()) {
      result
          .undone()
          .forEach(cell ->
              console.say("Took back " + place(cell.table(), cell.key(), cell.column()) + "."));
      result
          .left()
          .forEach(cell -> console.say("Left " + place(cell.table(), cell.key(), cell.column())
              + ": " + why(cell.reason()) + "."));
      if (result.undone().isEmpty() && result.left().isEmpty()) {
        console.say("Took back a change that shows nowhere.");
      }
    }
  }

  private static JsonObject cell(String table, String key, String column) {
    JsonObject cell = new JsonObject().put("table", table).put("key", key);
    return column.isEmpty() ? cell : cell.put("column", column);
  }

  private static String place(String table, String key, String column) {
    return (column.isEmpty() ? "the row " : column + " of ") + Printable.of(key) + " of " + table;
  }

  private static String why(UndoResult.Reason reason) {
    return switch (reason) {
      case WRITTEN_SINCE -> "somebody else has written it since";
      case REFERENCED -> "other rows refer to it since";
      case REMOVED_SINCE -> "somebody else has removed it since";
      case NO_INVERSE -> "only its app can take back an update";
      case TOO_OLD -> "it was removed too long ago";
      case NO_ROOM -> "it has no room for what was there";
    };
  }
}
