package dev.sealift.ops.cli;

import dev.sealift.client.Coverage;
import dev.sealift.client.Recovery;
import dev.sealift.client.Sealift;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import io.vertx.core.json.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says what the paper key covers, and mends what it can. */
@Command(
    name = "status",
    description = {
      "Show which spaces of this home its paper key covers. Adds those that it does not cover yet, renews what was used up or withdrawn, and ends an old paper key that 'replace' could not end everywhere.",
      "Ends with 1 when a space is not covered."
    })
final class RecoveryStatusCommand extends ClientCommand {
  @Option(names = "--offline", description = "Ask no mesh and change nothing.")
  private boolean offline;

  private int exitCode = ExitCode.DONE;

  RecoveryStatusCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) {
    Recovery recovery = sealift.recovery();
    List<Coverage> coverage = offline ? recovery.coverage() : mended(console, recovery);
    boolean complete = coverage.stream().allMatch(Coverage::isCovered);
    boolean old = recovery.hasReplaced();
    console.json(new JsonObject()
        .put("mesh", recovery.mesh().toString())
        .put("complete", complete)
        .put("oldIsGood", old)
        .put("spaces", PaperKey.json(coverage)));
    console.say("This home has a paper key on " + recovery.mesh() + ".");
    PaperKey.say(console, coverage);
    if (old) {
      console.say("The words before it are still good for something.");
    }
    exitCode = complete && !old ? ExitCode.DONE : ExitCode.FAILED;
  }

  private static List<Coverage> mended(Console console, Recovery recovery) {
    try {
      List<Coverage> coverage = recovery.cover();
      if (recovery.hasReplaced()) {
        PaperKey.sayWithdrawn(console, recovery.withdrawReplaced());
      }
      return coverage;
    } catch (SealiftException e) {
      if (e.code() == ErrorCode.NO_PAPER_KEY || e.code() == ErrorCode.PAPER_KEY_REPLACED) {
        throw e;
      }
      console.note("The paper key's mesh was not asked: " + e.getMessage());
      return recovery.coverage();
    }
  }

  @Override
  int exitCode() {
    return exitCode;
  }
}
