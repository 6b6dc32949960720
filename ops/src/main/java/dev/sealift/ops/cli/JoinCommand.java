package dev.sealift.ops.cli;

import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.error.SealiftException;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.exchange.Exchange;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Printable;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Enters a space and fetches its data. */
@Command(
    name = "join",
    description = {
      "Enter a space by a link, and fetch its data.",
      "--space keeps it under another name than the inviter's; --mesh goes to another address than the link's."
    })
final class JoinCommand extends ClientCommand {
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  @Parameters(
      paramLabel = "LINK",
      description = "What 'sealift invite' printed; quote it, because of the #.")
  private String link = "";

  JoinCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    Optional<String> name = settings.optionalText(Setting.CLIENT_SPACE);
    Space space = name.isPresent() ? sealift.join(link, name.get()) : sealift.join(link);
    enter(console, settings, sealift, space);
    String code = space.comparisonCode(space.status().device());
    PaperKey.keepGood(console, sealift, space);
    console.result(
        "Joined the space " + Printable.of(space.name())
            + "; everything in it is here.\nTo be sure that it is the one you were invited to, compare with whoever invited you: "
            + code + " ('sealift compare' there).",
        new JsonObject()
            .put("done", "join")
            .put("space", space.name())
            .put("code", code)
            .put("position", space.status().position()));
  }

  /** A join that fails leaves nothing behind: the name is free for another try. */
  private static void enter(Console console, Configuration settings, Sealift sealift, Space space)
      throws Refusal {
    Exchange exchange = connect(space, settings);
    try {
      exchange.awaitUpToDate(console, PATIENCE);
    } catch (SealiftException e) {
      if (!space.status().member()) {
        sealift.forget(space.name());
      }
      throw e;
    }
  }
}
