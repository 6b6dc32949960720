package dev.sealift.ops.cli;

import dev.sealift.client.InboxItem;
import dev.sealift.client.Row;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.rule.RuleViolation;
import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.LostReason;
import dev.sealift.client.value.Value;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Printable;
import dev.sealift.ops.terminal.Values;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;

/** Lists what lost. */
@Command(
    name = "inbox",
    description =
        "List what somebody wrote and lost to something whose author had not seen it: to be revived or dismissed. And rows that break a rule of the schema: they go by themselves once they are changed.")
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
    List<RuleViolation> violations = space.violations();
    if (inbox.isEmpty() && violations.isEmpty() && !console.isJson()) {
      console.say("The inbox is empty.");
    }
    for (InboxItem item : inbox) {
      if (console.isDeaf()) {
        return;
      }
      console.json(json(item));
      if (!console.isJson()) {
        print(console, space, item, self);
      }
    }
    violations.forEach(violation -> tell(console, violation));
  }

  private static void tell(Console console, RuleViolation violation) {
    console.json(new JsonObject()
        .put("violation", violation.kind().name().toLowerCase(Locale.ROOT))
        .put("table", violation.table())
        .put("key", violation.key())
        .put("columns", new JsonArray(violation.columns()))
        .put("other_table", violation.otherTable())
        .put("other_key", violation.otherKey()));
    if (!console.isJson()) {
      String other = violation.otherTable() + " " + Printable.of(violation.otherKey());
      String columns = String.join(" and ", violation.columns());
      console.say("rule: " + violation.table() + " " + Printable.of(violation.key()) + ": "
          + switch (violation.kind()) {
            case REFERENCE_REMOVED -> columns + " refers to " + other + ", which was removed";
            case REFERENCE_MISSING -> columns + " refers to " + other + ", which is not there";
            case NOT_UNIQUE -> other + " had the same " + columns + " first";
          });
    }
  }

  private static JsonObject json(InboxItem item) {
    return new JsonObject()
        .put("id", item.id())
        .put("table", item.table())
        .put("key", item.key())
        .put("reason", item.reason().name().toLowerCase(Locale.ROOT))
        .put("transaction", item.transaction().orElse(null))
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

  private static void print(Console console, Space space, InboxItem item, String self) {
    console.say(
        item.id() + "  " + item.table() + " " + Printable.of(item.key()) + ": " + what(item, self));
    item.lost().values().forEach((column, value) -> {
      ColumnType type = type(space, item.table(), column);
      String now = item.reason() == LostReason.REMOVAL
          ? "(removed)"
          : current(type, item.current().value(column));
      console.say("    " + column + ": " + lost(type, value) + ", now " + now);
    });
  }

  private static ColumnType type(Space space, String table, String column) {
    return space.tables().stream()
        .filter(known -> known.name().equals(table))
        .flatMap(known -> known.columns().stream())
        .filter(known -> known.name().equals(column))
        .map(ColumnSchema::type)
        .findFirst()
        .orElse(ColumnType.ANY);
  }

  /** Of a counter it is what its author has added so far, and of updates bytes that only the app can read. */
  private static String lost(ColumnType type, Value value) {
    if (type == ColumnType.COUNTER) {
      return "what was added there so far, " + Values.shown(value);
    }
    return type == ColumnType.UPDATES && value instanceof Value.Blob update
        ? "an update of %,d bytes".formatted(update.value().length())
        : Printable.of(Values.shown(value));
  }

  private static String current(ColumnType type, Value value) {
    String shown = Printable.of(Values.shown(value));
    return switch (type) {
      case COUNTER -> shown + " in all";
      case UPDATES -> shown + " updates";
      case ANY, INTEGER, REAL, TEXT, BYTES, MULTI_VALUE, SET -> shown;
    };
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
      case LATE_DISCARD -> "taken out of a set " + who + ", came too late to be merged";
      case CONFLICT -> "written " + who + conflict(item);
      case CONFLICT_REMOVAL -> "removed " + who + conflict(item);
      case CONFLICT_DISCARD -> "taken out of a set " + who + conflict(item);
    };
  }

  private static String conflict(InboxItem item) {
    return ", lost with transaction " + item.transaction().orElse("")
        + ", which had read what was changed meanwhile";
  }

  private static String device(String id, String self) {
    return id.equals(self) ? "this device" : id.substring(0, DEVICE_DIGITS);
  }
}
