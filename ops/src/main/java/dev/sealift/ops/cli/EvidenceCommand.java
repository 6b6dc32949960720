package dev.sealift.ops.cli;

import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes what others can check of what this device contests. */
@Command(
    name = "evidence",
    description = {
      "Write evidence of what a compaction is, for others to check by 'sealift verify'; without NAME, list what this device contests.",
      "In it are all files of the log up to the compaction, sealed as they are. The author of a compaction that was contested can show by it that nothing is wrong."
    })
final class EvidenceCommand extends ClientCommand {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "NAME",
      description = "The compaction: 64 hexadecimal digits, as 'sealift status' names it.")
  private @Nullable String name;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FILE",
      description = "Where to; it is replaced when all of it is written.")
  private @Nullable Path file;

  @Option(
      names = "--reveal",
      description =
          "Give the space's key with it, so that those can check it who are not in the space: they can read all that was ever written there.")
  private boolean reveal;

  EvidenceCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal, IOException {
    Space space = space(sealift, settings);
    if (name == null) {
      list(console, space.status().compaction().contested());
      return;
    }
    if (file == null) {
      throw new Refusal(
          Refusal.WRONG_USAGE, "Name the file to write it to, behind the compaction.");
    }
    write(console, space, name, file);
  }

  private static void list(Console console, List<String> contested) {
    if (contested.isEmpty() && !console.isJson()) {
      console.say("This device contests nothing.");
    }
    contested.forEach(
        one -> console.result("compaction " + one, new JsonObject().put("compaction", one)));
  }

  private void write(Console console, Space space, String compaction, Path to)
      throws Refusal, IOException {
    requireNoFolder(to);
    WholeFile.write(to, out -> {
      space.exportEvidence(compaction, reveal, out);
      return out;
    });
    long bytes = Files.size(to);
    console.result(
        "Evidence of compaction " + compaction + " is in " + to + ", " + bytes + " bytes. "
            + (reveal
                ? "It reveals the space's key: whoever has it can read the space."
                : "Whoever is in the space can check it: sealift verify --home DIR FILE."),
        new JsonObject()
            .put("done", "evidence")
            .put("compaction", compaction)
            .put("bytes", bytes)
            .put("reveals", reveal));
  }
}
