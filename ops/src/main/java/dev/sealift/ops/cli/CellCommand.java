package dev.sealift.ops.cli;

import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.terminal.Console;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;

/** What is done to cells that hold several values. */
@Command(
    name = "cell",
    description = {
      "Change and read cells that hold several values: multi-value registers, counters, sets, and updates that an app merges.",
      "What devices do to such a cell at a time is all kept. 'sealift declare' makes columns of them."
    })
final class CellCommand extends SealiftCommand {
  CellCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Map<String, SealiftCommand> subcommands() {
    Map<String, SealiftCommand> below = new LinkedHashMap<>();
    below.put("increment", new CellIncrementCommand(surroundings()));
    below.put("assign", new CellAssignCommand(surroundings()));
    below.put("add", new CellAddCommand(surroundings()));
    below.put("discard", new CellDiscardCommand(surroundings()));
    below.put("append", new CellAppendCommand(surroundings()));
    below.put("collapse", new CellCollapseCommand(surroundings()));
    below.put("values", new CellValuesCommand(surroundings()));
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
        "Which? cell " + String.join(", cell ", subcommands().keySet()) + ".");
  }
}
