package dev.sealift.ops.cli;

import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.terminal.Console;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;

/** What an operator does with admission tokens. Needs no mesh. */
@Command(
    name = "token",
    description = {
      "Issue and read admission tokens: what a mesh with --token-keys asks for before it keeps a space.",
    })
final class TokenCommand extends SealiftCommand {
  TokenCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Map<String, SealiftCommand> subcommands() {
    Map<String, SealiftCommand> below = new LinkedHashMap<>();
    below.put("new-key", new TokenNewKeyCommand(surroundings()));
    below.put("issue", new TokenIssueCommand(surroundings()));
    below.put("show", new TokenShowCommand(surroundings()));
    return below;
  }

  @Override
  Optional<Setting.Scope> scope() {
    return Optional.empty();
  }

  @Override
  void run(Console console, Configuration settings) throws Refusal {
    throw new Refusal(Refusal.WRONG_USAGE, "Which? token new-key, token issue or token show.");
  }
}
