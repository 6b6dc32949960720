package dev.sealift.ops.cli;

import dev.sealift.client.Ranking;
import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.SpaceOptions;
import dev.sealift.client.error.SealiftException;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.exchange.Exchange;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Printable;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a space. It is there even if the mesh is not: then the first sync takes it there. */
@Command(
    name = "create",
    description = "Make this home's device and a new, empty space on the mesh.")
final class CreateCommand extends ClientCommand {
  private static final String USUAL_NAME = "main";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Option(
      names = "--rank",
      paramLabel = "RULE",
      defaultValue = "hybrid-time",
      converter = RankingOption.class,
      description = {
        "Which of two writes that do not know of each other stays, for ever (default: ${DEFAULT-VALUE}).",
        "hybrid-time: the one with the later time, by the clocks of those who wrote.",
        "arrival: the one that reached the mesh later; what comes late buries nothing."
      })
  private Ranking ranking = Ranking.HYBRID_TIME;

  @Option(
      names = "--late-after",
      paramLabel = "TIME",
      converter = TimeOption.class,
      description =
          "With --rank arrival: how long after it was written a write may come and count as of when it came. 90s, 30m, 24h, 7d (default: 24h).")
  private @Nullable Duration lateAfter;

  CreateCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    String name = settings.optionalText(Setting.CLIENT_SPACE).orElse(USUAL_NAME);
    URI mesh = mesh(settings);
    Space space = sealift.create(name, Schema.empty(), options());
    connectOrForget(sealift, space, mesh, settings);
    boolean connected = isOnMesh(space, console);
    if (connected) {
      PaperKey.keepGood(console, sealift, space);
    }
    console.result(
        "Created the space " + Printable.of(name)
            + (connected ? " on " + mesh + "." : " on this device."),
        new JsonObject()
            .put("done", "create")
            .put("space", name)
            .put("mesh", mesh.toString())
            .put("connected", connected));
  }

  private SpaceOptions options() throws Refusal {
    if (lateAfter != null && ranking != Ranking.ARRIVAL) {
      throw new Refusal(
          Refusal.WRONG_USAGE,
          "--late-after is for spaces that rank by arrival: add --rank arrival.");
    }
    SpaceOptions options =
        ranking == Ranking.ARRIVAL ? SpaceOptions.byArrival() : SpaceOptions.defaults();
    return lateAfter == null ? options : options.lateAfter(lateAfter);
  }

  /** An address that is none leaves no space behind. */
  private static void connectOrForget(
      Sealift sealift, Space space, URI mesh, Configuration settings) throws Refusal {
    try {
      presentToken(space, settings);
      space.connect(mesh);
    } catch (SealiftException e) {
      sealift.forget(space.name());
      throw e;
    } catch (Refusal e) {
      sealift.forget(space.name());
      throw e;
    }
  }

  private static boolean isOnMesh(Space space, Console console) {
    try {
      Exchange.impatient(space).awaitUpToDate(console, PATIENCE);
      return true;
    } catch (SealiftException e) {
      console.note(
          "The mesh does not have it yet: " + e.getMessage() + " 'sealift sync' tries again.");
      return false;
    }
  }
}
