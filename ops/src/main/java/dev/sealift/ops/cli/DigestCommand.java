package dev.sealift.ops.cli;

import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import io.vertx.core.json.JsonObject;
import picocli.CommandLine.Command;

/** Shows the digest of what is visible. */
@Command(
    name = "digest",
    description =
        "Show the SHA-256 of everything visible in a space: equal on two devices exactly when they show the same.")
final class DigestCommand extends ClientCommand {
  DigestCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    Space space = space(sealift, settings);
    String digest = space.digest();
    console.result(digest, new JsonObject().put("space", space.name()).put("digest", digest));
  }
}
