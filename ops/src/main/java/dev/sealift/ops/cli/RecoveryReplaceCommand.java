package dev.sealift.ops.cli;

import dev.sealift.client.Coverage;
import dev.sealift.client.Sealift;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.terminal.Console;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.List;
import picocli.CommandLine.Command;

/** Makes a new paper key, and ends the old one. */
@Command(
    name = "replace",
    description = {
      "Make a new paper key, print its words, this once, and make the old words good for nothing: when the paper is lost, or somebody has seen it.",
      "Withdraws every open invitation for devices of yours. Whoever has come in by the old words stays in: look through 'sealift members' of each space, and remove what is not yours.",
      "Without --mesh the new one is on the mesh of the old one. Other homes that know the old paper key forget it, and use the new words."
    })
final class RecoveryReplaceCommand extends ClientCommand {
  private int exitCode = ExitCode.DONE;

  RecoveryReplaceCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    URI before = sealift.recovery().mesh();
    URI mesh = settings.isSet(Setting.CLIENT_MESH) ? mesh(settings) : before;
    PaperKey.show(
        console, sealift.recovery().replace(mesh, PaperKey.token(settings)), "recovery-replace");
    console.data().flush(); // the old one ends only now, and that may fail
    List<Coverage> left = sealift.recovery().withdrawReplaced();
    console.json(new JsonObject()
        .put("done", "recovery-withdraw")
        .put("withdrawn", left.isEmpty())
        .put("left", PaperKey.json(left)));
    PaperKey.sayWithdrawn(console, left);
    exitCode = left.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
  }

  @Override
  int exitCode() {
    return exitCode;
  }
}
