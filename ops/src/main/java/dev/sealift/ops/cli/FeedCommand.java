package dev.sealift.ops.cli;

import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.terminal.Console;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;

/** Feeds: tables that are only appended to. */
@Command(
    name = "feed",
    description =
        "Append to feeds and read them: tables whose rows stay, numbered in the same order on all devices. 'sealift declare --keep feed' makes one.")
final class FeedCommand extends SealiftCommand {
  FeedCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Map<String, SealiftCommand> subcommands() {
    Map<String, SealiftCommand> below = new LinkedHashMap<>();
    below.put("append", new FeedAppendCommand(surroundings()));
    below.put("read", new FeedReadCommand(surroundings()));
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
        "Which? feed " + String.join(", feed ", subcommands().keySet()) + ".");
  }
}
