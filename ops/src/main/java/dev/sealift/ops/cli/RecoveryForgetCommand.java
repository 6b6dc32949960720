package dev.sealift.ops.cli;

import dev.sealift.client.Sealift;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import io.vertx.core.json.JsonObject;
import picocli.CommandLine.Command;

/** Takes the paper key from a home. */
@Command(
    name = "forget",
    description = {
      "Take the paper key from this home. Its words go on restoring what they cover; this home adds and renews nothing any more.",
      "To end the words, use 'sealift recovery replace'."
    })
final class RecoveryForgetCommand extends ClientCommand {
  RecoveryForgetCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) {
    boolean there = sealift.recovery().isThere();
    sealift.recovery().forget();
    console.result(
        there ? "This home knows of no paper key any more." : "This home had no paper key.",
        new JsonObject().put("done", "recovery-forget").put("had", there));
  }
}
