package dev.sealift.ops.cli;

import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Takes over what another device has handed over. */
@Command(
    name = "take-over",
    description = {
      "Take over what another device of the space has written by 'sealift hand-over': all of it, or nothing.",
      "It shows at once, and goes to the mesh with the next 'sealift sync' of either device."
    })
final class TakeOverCommand extends ClientCommand {
  @Parameters(paramLabel = "FILE", description = "What the other device wrote.")
  private Path file = Path.of("");

  TakeOverCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal, IOException {
    Space space = space(sealift, settings);
    requireNoFolder(file);
    if (!Files.isReadable(file)) {
      throw new Refusal("no-such-file", "The file " + file + " is not there, or cannot be read.");
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      int files = space.takeOver(in);
      console.result(
          files == 0
              ? "Nothing in it is new here."
              : "Took over " + files + (files == 1 ? " file." : " files."),
          new JsonObject().put("done", "take-over").put("files", files));
    }
  }
}
