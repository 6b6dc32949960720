package dev.sealift.ops.cli;

import dev.sealift.client.InboxItem;
import dev.sealift.client.Row;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.store.LostReason;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Printable;
import dev.sealift.ops.terminal.Values;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;

/** Lists what lost. */
@Command(
    name = "inbox",
    description =
        "List what somebody wrote and lost to something whose author had not seen it: to be revived or dismissed.")
final class InboxCommand extends ClientCommand {
  private static final int DEVICE_DIGITS = 8;

  InboxCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    Space space = space(sealift, settings);
    String self = space.status().device();
    List<InboxItem> inbox = space.inbox();
    if (inbox.isEmpty() && !console.isJson()) {
      console.say("The inbox is empty.");
    }
    for (InboxItem item : inbox) {
      if (console.isDeaf()) {
        return;
      }
      console.json(json(item));
      if (!console.isJson()) {
        print(console, item, self);
      }
    }
  }

  private static JsonObject json(InboxItem item) {
    return new JsonObject()
        .put("id", item.id())
        .put("table", item.table())
        .put("key", item.key())
        .put("reason", item.reason().name().toLowerCase(Locale.ROOT))
        .put("lost", object(item.lost()))
        .put("current", object(item.current()))
        .put("author", item.author())
        .put("written", item.written().toString())
        .put("rival_author", item.rivalAuthor())
        .put("rival_written", item.rivalWritten().toString())
        .put("since", item.since().toString());
  }

  private static JsonObject object(Row row) {
    JsonObject object = new JsonObject();
    row.values().forEach((column, value) -> object.put(column, Values.json(value)));
    return object;
  }

  private static void print(Console console, InboxItem item, String self) {
    console.say(
        item.id() + "  " + item.table() + " " + Printable.of(item.key()) + ": " + what(item, self));
    item.lost().values().forEach((column, value) -> {
      String now = item.reason() == LostReason.REMOVAL
          ? "(removed)"
          : Printable.of(Values.shown(item.current().value(column)));
      console.say("    " + column + ": " + Printable.of(Values.shown(value)) + ", now " + now);
    });
  }

  private static String what(InboxItem item, String self) {
    String who = "by " + device(item.author(), self) + " at " + item.written();
    String rival = "by " + device(item.rivalAuthor(), self) + " at " + item.rivalWritten();
    return switch (item.reason()) {
      case VALUE -> "written " + who + ", lost to what was written " + rival;
      case REMOVAL -> "written " + who + ", lost with the row, which was removed " + rival;
      case WRITE -> "removed " + who + ", undone by what was written " + rival;
      case LATE -> "written " + who + ", came too late to be merged";
      case LATE_REMOVAL -> "removed " + who + ", came too late to be merged";
    };
  }

  private static String device(String id, String self) {
    return id.equals(self) ? "this device" : id.substring(0, DEVICE_DIGITS);
  }
}
