package dev.sealift.ops.cli;

import dev.sealift.client.Caught;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes what others can check of what this device contests. */
@Command(
    name = "evidence",
    description = {
      "Write evidence for others to check by 'sealift verify': of what the mesh was caught at, or of what a compaction is. Without NAME, list what there is.",
      "Of a compaction, all files of the log up to it are in it, sealed as they are; its author can show by that that nothing is wrong. Of a mesh, what it sent, and the headers of the log."
    })
final class EvidenceCommand extends ClientCommand {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "NAME",
      description = "What it is of: 64 hexadecimal digits, as listed.")
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
          "Of a compaction: give the space's key with it, so that those can check it who are not in the space. They can read all that was ever written there.")
  private boolean reveal;

  EvidenceCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal, IOException {
    Space space = space(sealift, settings);
    if (name == null) {
      list(console, space);
      return;
    }
    if (file == null) {
      throw new Refusal(
          Refusal.WRONG_USAGE, "Name the file to write it to, behind the name of the evidence.");
    }
    write(console, space, name, file);
  }

  private static void list(Console console, Space space) {
    List<Caught> caught = space.caught();
    List<String> contested = space.status().compaction().contested();
    if (caught.isEmpty() && contested.isEmpty() && !console.isJson()) {
      console.say("The mesh was caught at nothing, and this device contests nothing.");
    }
    caught.forEach(one -> console.result(
        one.name() + "  the mesh, " + name(one) + ", at " + one.at() + " behind file "
            + one.sequence(),
        new JsonObject()
            .put("name", one.name())
            .put("violation", name(one))
            .put("sequence", one.sequence())
            .put("at", one.at().toString())));
    contested.forEach(one -> console.result(
        one + "  a compaction that is contested",
        new JsonObject().put("name", one).put("compaction", one)));
  }

  private static String name(Caught caught) {
    return caught.violation().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void write(Console console, Space space, String of, Path to) throws Refusal, IOException {
    requireNoFolder(to);
    WholeFile.write(to, out -> {
      space.exportEvidence(of, reveal, out);
      return out;
    });
    long bytes = Files.size(to);
    console.result(
        "The evidence is in " + to + ", " + bytes + " bytes. Check it: sealift verify FILE"
            + (reveal
                ? ". Of a compaction, it reveals the space's key: whoever has it can read the space."
                : ", with --home DIR of somebody in the space if it is of a compaction."),
        new JsonObject()
            .put("done", "evidence")
            .put("name", of)
            .put("bytes", bytes)
            .put("reveals", reveal));
  }
}
