package dev.sealift.ops.cli;

import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.store.HistoryItem;
import dev.sealift.client.store.HistoryItem.State;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Printable;
import dev.sealift.ops.terminal.Values;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists what was written to a row. */
@Command(
    name = "history",
    description = {
      "List what was written to a row, the newest first.",
      "How far back that goes is declared: 'sealift declare --keep window' or '--keep all'. Otherwise it is what shows and what lost."
    })
final class HistoryCommand extends ClientCommand {
  private static final int PAGE = 1_000;
  private static final int DEVICE_DIGITS = 8;

  @Option(names = "--table", required = true, paramLabel = "T", description = "The table.")
  private String table = "";

  @Parameters(paramLabel = "KEY", description = "The row's key.")
  private String key = "";

  @Option(names = "--column", paramLabel = "C", description = "Of this column only.")
  private @Nullable String column;

  HistoryCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    Space space = space(sealift, settings);
    Tables.require(space, table);
    String self = space.status().device();
    Optional<HistoryItem> last = Optional.empty();
    List<HistoryItem> page;
    do {
      page = space.table(table).history(key, Optional.ofNullable(column), last, PAGE);
      for (HistoryItem item : page) {
        if (console.isDeaf()) {
          return;
        }
        print(console, item, self);
        last = Optional.of(item);
      }
    } while (page.size() == PAGE);
    if (last.isEmpty() && !console.isJson()) {
      console.say("Nothing is known of that.");
    }
  }

  private static void print(Console console, HistoryItem item, String self) {
    Instant written = Instant.ofEpochMilli(item.time().millis());
    String kind = item.kind().name().toLowerCase(Locale.ROOT);
    String state = item.state().name().toLowerCase(Locale.ROOT);
    JsonObject object = new JsonObject()
        .put("table", item.table())
        .put("key", item.key())
        .put("column", item.column().isEmpty() ? null : item.column())
        .put("what", kind)
        .put("value", Values.json(item.value()))
        .put("author", item.device().toString())
        .put("written", written.toString())
        .put("admitted", item.isAdmitted())
        .put("state", state);
    if (item.sequence() > 0) {
      object.put("sequence", item.sequence());
    }
    console.json(object);
    if (!console.isJson()) {
      String author = item.device().toString();
      String who = author.equals(self) ? "this device" : author.substring(0, DEVICE_DIGITS);
      String cell = item.column().isEmpty()
          ? "(row)"
          : item.column() + ": " + Printable.of(Values.shown(item.value()));
      console.say(written + "  " + who + "  " + kind + "  " + cell
          + (item.state() == State.PAST ? "" : "  " + state)
          + (item.isAdmitted() ? "" : "  not in the mesh yet"));
    }
  }
}
