package dev.sealift.ops.cli;

import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.demo.Demo;
import dev.sealift.ops.terminal.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the whole of it in a temporary folder. */
@Command(
    name = "demo",
    description = {
      "Start a mesh and two devices in a temporary folder, load 171,075 places of the world, sync, edit offline on both",
      "sides, meet again, agree, and search the mesh's store for plaintext. Exit code 0 only if all of it went well."
    })
final class DemoCommand extends SealiftCommand {
  @Option(names = "--keep", description = "Keep the folder, to look around in it.")
  private boolean keep;

  DemoCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Optional<Setting.Scope> scope() {
    return Optional.empty();
  }

  @Override
  void run(Console console, Configuration settings) throws Exception {
    Path folder = Files.createTempDirectory("sealift-demo-");
    Thread cleaning = new Thread(() -> delete(folder), "sealift-demo-cleaning");
    if (!keep) {
      Runtime.getRuntime().addShutdownHook(cleaning); // Ctrl-C leaves nothing behind either
    }
    try {
      new Demo(console, folder, Version.text()).run();
    } finally {
      if (keep) {
        console.note("Everything is kept in " + folder + ".");
      } else {
        delete(folder);
        Runtime.getRuntime().removeShutdownHook(cleaning);
      }
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // A temporary folder: the system's own cleaning gets what is left.
    }
  }
}
