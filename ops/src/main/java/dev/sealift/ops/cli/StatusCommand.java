package dev.sealift.ops.cli;

import static java.util.stream.Collectors.joining;

import dev.sealift.client.CompactionStatus;
import dev.sealift.client.Delivery;
import dev.sealift.client.Sealift;
import dev.sealift.client.SpaceStatus;
import dev.sealift.client.store.StoredTable;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Printable;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** Says where things stand on this device, without asking anybody. */
@Command(
    name = "status",
    description = "Show where a space stands on this device: position, unsent writes, tables.")
final class StatusCommand extends ClientCommand {
  StatusCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    List<String> names = settings.isSet(Setting.CLIENT_SPACE)
        ? List.of(settings.text(Setting.CLIENT_SPACE))
        : sealift.spaces();
    if (names.isEmpty()) {
      space(sealift, settings); // says what to do
    }
    for (String name : names) {
      dev.sealift.client.Space space = sealift.space(name);
      JsonObject rows = new JsonObject();
      for (StoredTable table : space.tables()) {
        rows.put(table.name(), space.table(table.name()).count());
      }
      SpaceStatus status = space.status();
      Delivery delivery = space.delivery();
      console.json(json(status)
          .put("delivery", DeliveryCommand.json(delivery))
          .put("rows", rows)
          .put("caught", space.caught().size()));
      if (!console.isJson()) {
        print(console, status, delivery, rows);
        space
            .caught()
            .forEach(caught -> console.say("  caught        the mesh, "
                + caught.violation().name().toLowerCase(Locale.ROOT).replace('_', '-') + ", at "
                + caught.at() + ": see 'sealift evidence'"));
      }
    }
  }

  private static void print(
      Console console, SpaceStatus status, Delivery delivery, JsonObject rows) {
    console.say("space " + Printable.of(status.name()));
    console.say("  device        " + status.device());
    console.say("  mesh          " + status.mesh().map(URI::toString).orElse("never connected"));
    console.say("  member        " + (status.member() ? "yes" : "not yet"));
    console.say("  ranked by     " + RankingOption.name(status.ranking()));
    console.say("  files held    " + status.position());
    console.say("  to be sent    " + status.pendingWrites() + " writes, " + status.waitingFiles()
        + " files");
    print(console, delivery);
    if (status.displacedFiles() > 0) {
      console.say("  of others     " + status.displacedFiles()
          + " files, which were taken over, or lost by the mesh, and are not there yet");
    }
    if (status.misfits() > 0) {
      console.say("  misfits       " + status.misfits()
          + " values that do not fit their columns: see 'sealift misfits'");
    }
    print(console, status.compaction());
    status
        .missingVersion()
        .ifPresent(version -> console.say("  read-only     the space asks for version " + version
            + " of the app: update it to write"));
    rows.forEach(
        table -> console.say("  rows          " + table.getValue() + " in " + table.getKey()));
  }

  private static void print(Console console, Delivery delivery) {
    if (!delivery.others().isEmpty()) {
      console.say("  seen          all of this device's files by "
          + delivery.others().stream().filter(Delivery.Reader::hasAll).count() + " of "
          + delivery.others().size() + " devices: see 'sealift delivery'");
    }
    delivery
        .asOf()
        .ifPresent(at -> console.say("  as of         " + at + ", when another device signed it"));
  }

  private static void print(Console console, CompactionStatus compaction) {
    String now = compaction.compacting()
        ? "compacting"
        : compaction.comparing() ? "comparing what others have compacted" : "";
    String last =
        compaction.lastCompacted().map(time -> "last compacted here at " + time).orElse("");
    String both = Stream.of(now, last).filter(text -> !text.isEmpty()).collect(joining(", "));
    if (!both.isEmpty()) {
      console.say("  compaction    " + both);
    }
    compaction
        .contested()
        .forEach(name -> console.say(
            "  contested     compaction " + name + " is not what this device has of the files"));
  }

  private static JsonObject json(CompactionStatus compaction) {
    return new JsonObject()
        .put("compacting", compaction.compacting())
        .put("comparing", compaction.comparing())
        .put("lastCompacted", compaction.lastCompacted().map(Instant::toString).orElse(null))
        .put("contested", new JsonArray(compaction.contested()));
  }

  /** The status as an object. */
  static JsonObject json(SpaceStatus status) {
    JsonObject object = new JsonObject()
        .put("space", status.name())
        .put("spaceId", status.space().orElse(null))
        .put("device", status.device())
        .put("mesh", status.mesh().map(URI::toString).orElse(null))
        .put("state", status.state().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .put("member", status.member())
        .put("ranking", RankingOption.name(status.ranking()))
        .put("position", status.position())
        .put("logSize", status.logSize())
        .put("pendingWrites", status.pendingWrites())
        .put("waitingFiles", status.waitingFiles())
        .put("displacedFiles", status.displacedFiles())
        .put("unreadableFiles", status.unreadableFiles())
        .put("misfits", status.misfits())
        .put("compaction", json(status.compaction()))
        .put("readOnly", status.missingVersion().isPresent());
    status.missingVersion().ifPresent(version -> object.put("missingVersion", version));
    status
        .problem()
        .ifPresent(
            p -> object.put("problem", p.code().name().toLowerCase(Locale.ROOT).replace('_', '-')));
    return object;
  }
}
