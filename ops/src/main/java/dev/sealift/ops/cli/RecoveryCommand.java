package dev.sealift.ops.cli;

import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.terminal.Console;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;

/** A home's paper key. */
@Command(
    name = "recovery",
    description = {
      "Keep a paper key: 12 words that bring every space of this home back on a machine that has nothing.",
      "create prints it, use restores from it, status shows what it covers, replace makes new words and ends the old ones."
    })
final class RecoveryCommand extends SealiftCommand {
  RecoveryCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Map<String, SealiftCommand> subcommands() {
    Map<String, SealiftCommand> below = new LinkedHashMap<>();
    below.put("create", new RecoveryCreateCommand(surroundings()));
    below.put("status", new RecoveryStatusCommand(surroundings()));
    below.put("use", new RecoveryUseCommand(surroundings()));
    below.put("replace", new RecoveryReplaceCommand(surroundings()));
    below.put("forget", new RecoveryForgetCommand(surroundings()));
    return below;
  }

  @Override
  Optional<Setting.Scope> scope() {
    return Optional.empty();
  }

  @Override
  void run(Console console, Configuration settings) throws Refusal {
    throw new Refusal(
        Refusal.WRONG_USAGE,
        "Which? recovery create, recovery status, recovery use, recovery replace or recovery forget.");
  }
}
