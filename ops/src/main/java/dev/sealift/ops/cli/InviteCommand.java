package dev.sealift.ops.cli;

import dev.sealift.client.Invitation;
import dev.sealift.client.MemberRole;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.exchange.Exchange;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.QrDrawing;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Opens an invitation. */
@Command(
    name = "invite",
    description = {
      "Print a link that lets another device into the space, also while this one is offline.",
      "Whoever has the link can join: hand it over where others cannot read it."
    })
final class InviteCommand extends ClientCommand {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @Option(
      names = "--uses",
      paramLabel = "N",
      description = "How many devices may join by it (default: ${DEFAULT-VALUE}).")
  private int uses = 1;

  @Option(
      names = "--expires-hours",
      paramLabel = "N",
      description = "For how long it is good (default: ${DEFAULT-VALUE}).")
  private long hours = 168;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "What who joins may do: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private MemberRole role = MemberRole.WRITER;

  @Option(
      names = "--own",
      description =
          "For another device of yours: anybody may let in her own, in a role up to her device's.")
  private boolean own;

  @Option(names = "--qr", description = "Draw the link as a QR code too, for a camera.")
  private boolean qr;

  InviteCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    Invitation invitation =
        Invitation.forOneWriter().role(role).uses(uses).validFor(Duration.ofHours(hours));
    Space space = space(sealift, settings);
    Exchange exchange = connect(space, settings);
    exchange.awaitUpToDate(console, PATIENCE);
    String link = space.invite(own ? invitation.forOwnDevice() : invitation);
    if (qr) {
      console.draw(QrDrawing.lines(link));
      console.note("The code is " + QrDrawing.columns(link)
          + " columns wide: where its lines break, make the window wider or the letters smaller.");
    }
    console.result(
        link,
        new JsonObject()
            .put("done", "invite")
            .put("space", space.name())
            .put("link", link)
            .put("role", MembersCommand.name(role))
            .put("own", own)
            .put("uses", uses)
            .put("expiresHours", hours));
  }
}
