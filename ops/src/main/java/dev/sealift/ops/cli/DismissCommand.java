package dev.sealift.ops.cli;

import dev.sealift.client.InboxItem;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Takes something out of the inbox. */
@Command(name = "dismiss", description = "Take something out of the inbox; nothing else changes.")
final class DismissCommand extends ClientCommand {
  @Parameters(paramLabel = "ID", description = "As the inbox shows it; its beginning is enough.")
  private String id = "";

  DismissCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    Space space = space(sealift, settings);
    InboxItem item = Inboxes.require(space, id);
    space.dismiss(item);
    Inboxes.tell(console, "dismiss", "Dismissed", item);
  }
}
