package dev.sealift.ops.cli;

import dev.sealift.client.Delivery;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.WriteDelivery;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Printable;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says how far what was written here has come, without asking anybody. */
@Command(
    name = "delivery",
    description = {
      "Show how far what was written on this device has come: to the mesh, and to the other devices.",
      "What another device has is proved by what it signed: its files, and where it is, which 'sealift sync --watch' asks for.",
      "With --table and KEY, of this device's newest write to that row."
    })
final class DeliveryCommand extends ClientCommand {
  private static final int SHORT = 12;

  @Option(names = "--table", paramLabel = "T", description = "The table of the row.")
  private @Nullable String table;

  @Parameters(arity = "0..1", paramLabel = "KEY", description = "The row's key.")
  private @Nullable String key;

  DeliveryCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    if ((table == null) != (key == null)) {
      throw new Refusal(
          "invalid-input",
          "Name a row by '--table T KEY', or leave both away for all of the space.");
    }
    Space space = space(sealift, settings);
    if (table == null || key == null) {
      Delivery delivery = space.delivery();
      console.json(json(delivery).put("space", space.name()));
      if (!console.isJson()) {
        print(console, space, delivery);
      }
      return;
    }
    String row = key;
    WriteDelivery write = space
        .table(table)
        .delivery(row)
        .orElseThrow(() -> new Refusal(
            "no-such-item",
            "This device has written nothing to the row that its history tells: "
                + Printable.of(row) + "."));
    console.json(json(write).put("space", space.name()));
    if (!console.isJson()) {
      print(console, write);
    }
  }

  private static void print(Console console, Space space, Delivery delivery) {
    console.say("space " + Printable.of(space.name()));
    console.say("  to be sent    " + delivery.pendingWrites() + " writes, "
        + delivery.waitingFiles() + " files");
    console.say("  as of         "
        + delivery
            .asOf()
            .map(Instant::toString)
            .orElse("unknown: nobody else has signed anything"));
    if (delivery.behind() > 0) {
      console.say("  behind        " + delivery.behind()
          + " files that another device has signed to hold, and this one was not given yet");
    }
    for (Delivery.Reader reader : delivery.others()) {
      String signed = reader.signed().map(at -> ", signed " + at).orElse("");
      console.say("  device        " + reader.device().substring(0, SHORT) + "  of member "
          + reader.member().substring(0, SHORT) + "  "
          + (reader.hasAll() ? "has all of this device's files" : "has not shown that it has all")
          + " (" + reader.holds() + " files of the log" + signed + ")");
    }
  }

  private static void print(Console console, WriteDelivery write) {
    console.say(
        switch (write.stage()) {
          case LOCAL -> "local: on this device alone";
          case PACKED -> "packed: in a signed file that waits for its receipt";
          case DURABLE -> "durable: file " + write.sequence() + " of the log";
          case COMPACTED ->
            "compacted: file " + write.sequence() + " of the log, for which a compaction stands";
        });
    write.seenBy().forEach(device -> console.say("  seen by       " + device.substring(0, SHORT)));
    write
        .unseenBy()
        .forEach(device -> console.say("  not known     " + device.substring(0, SHORT)
            + "  nothing that it has signed since it came has come here"));
  }

  /** As an object. */
  static JsonObject json(Delivery delivery) {
    return new JsonObject()
        .put("pendingWrites", delivery.pendingWrites())
        .put("waitingFiles", delivery.waitingFiles())
        .put("sequence", delivery.sequence())
        .put("asOf", delivery.asOf().map(Instant::toString).orElse(null))
        .put("behind", delivery.behind())
        .put(
            "others",
            new JsonArray(delivery.others().stream().map(DeliveryCommand::json).toList()));
  }

  private static JsonObject json(Delivery.Reader reader) {
    return new JsonObject()
        .put("device", reader.device())
        .put("member", reader.member())
        .put("holds", reader.holds())
        .put("signed", reader.signed().map(Instant::toString).orElse(null))
        .put("hasAll", reader.hasAll());
  }

  private static JsonObject json(WriteDelivery write) {
    return new JsonObject()
        .put("stage", write.stage().name().toLowerCase(Locale.ROOT))
        .put("sequence", write.sequence())
        .put("seenBy", new JsonArray(List.copyOf(write.seenBy())))
        .put("unseenBy", new JsonArray(List.copyOf(write.unseenBy())));
  }
}
