package dev.sealift.ops.cli;

import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.mesh.TokenKeyFile;
import dev.sealift.ops.terminal.Console;
import dev.sealift.protocol.crypto.SigningKey;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a key that issues tokens. */
@Command(
    name = "new-key",
    description = {
      "Make a key that issues tokens, and print the line for the mesh's --token-keys file.",
      "Keep the key where no mesh can read it: a mesh needs the printed line alone."
    })
final class TokenNewKeyCommand extends SealiftCommand {
  @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where to keep it.")
  private @Nullable Path out;

  TokenNewKeyCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Optional<Setting.Scope> scope() {
    return Optional.empty();
  }

  @Override
  void run(Console console, Configuration settings) throws Refusal {
    SigningKey key = SigningKey.generate();
    OperatorKeyFile.write(Objects.requireNonNull(out), key);
    String line = TokenKeyFile.line(key.verifyingKey());
    console.result(line, new JsonObject().put("done", "token new-key").put("public", line));
  }
}
