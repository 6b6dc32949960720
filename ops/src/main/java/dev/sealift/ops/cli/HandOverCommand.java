package dev.sealift.ops.cli;

import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Writes what the mesh does not have yet into a file for another device. */
@Command(
    name = "hand-over",
    description = {
      "Write what the mesh does not have yet into a file for another device of the space, which reads it by 'sealift take-over'.",
      "For when there is no mesh in reach: by a stick, a cable, a chat. It is sealed, as it would be for the mesh."
    })
final class HandOverCommand extends ClientCommand {
  @Parameters(
      paramLabel = "FILE",
      description = "Where to; it is replaced when all of it is written.")
  private Path file = Path.of("");

  HandOverCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal, IOException {
    Space space = space(sealift, settings);
    requireNoFolder(file);
    int files = WholeFile.write(file, space::handOver);
    console.result(
        files == 0
            ? "The mesh has everything; " + file + " is empty but for that."
            : "Handed over " + files + (files == 1 ? " file" : " files") + " in " + file + ".",
        new JsonObject().put("done", "hand-over").put("files", files));
  }
}
