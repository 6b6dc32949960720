package dev.sealift.ops.cli;

import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import io.vertx.core.json.JsonObject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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
    int files = write(space);
    console.result(
        files == 0
            ? "The mesh has everything; " + file + " is empty but for that."
            : "Handed over " + files + (files == 1 ? " file" : " files") + " in " + file + ".",
        new JsonObject().put("done", "hand-over").put("files", files));
  }

  private int write(Space space) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Path part = Files.createTempFile(folder, file.getFileName().toString(), ".part");
    try {
      int files;
      try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE);
          OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel))) {
        files = space.handOver(out);
        out.flush();
        channel.force(true); // a stick may be pulled out as soon as this command has ended
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      return files;
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
