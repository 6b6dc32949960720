package dev.sealift.ops.cli;

import dev.sealift.client.Sealift;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import picocli.CommandLine.Command;

/** Makes a paper key and shows it. */
@Command(
    name = "create",
    description = {
      "Make a paper key that covers every space of this home, and print its 12 words, this once. They go onto paper, with the mesh's address.",
      "Without --mesh it is kept on the mesh of the first space. Spaces on other meshes are covered all the same; spaces that are founded or joined later are added by themselves.",
      "Whoever has the words can read and do all that this home can."
    })
final class RecoveryCreateCommand extends ClientCommand {
  RecoveryCreateCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    PaperKey.show(
        console,
        sealift.recovery().create(PaperKey.mesh(settings, sealift), PaperKey.token(settings)),
        "recovery-create");
  }
}
