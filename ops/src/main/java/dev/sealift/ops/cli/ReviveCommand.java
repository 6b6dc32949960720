package dev.sealift.ops.cli;

import dev.sealift.client.InboxItem;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Writes again what lost. */
@Command(name = "revive", description = "Write again what lost, as a new write.")
final class ReviveCommand extends ClientCommand {
  @Parameters(paramLabel = "ID", description = "As the inbox shows it; its beginning is enough.")
  private String id = "";

  ReviveCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    Space space = space(sealift, settings);
    InboxItem item = Inboxes.require(space, id);
    space.revive(item);
    Inboxes.tell(console, "revive", "Revived", item);
  }
}
