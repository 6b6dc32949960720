package dev.sealift.ops.cli;

import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.mesh.TokenKeyFile;
import dev.sealift.ops.terminal.Console;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.admission.AdmissionToken;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads a token. */
@Command(
    name = "show",
    description = {
      "Show what a token says. 0 leaves a bound to the mesh.",
      "Whether it is true shows with --public alone: anyone can write a token, only an operator's key signs it."
    })
final class TokenShowCommand extends SealiftCommand {
  @Parameters(paramLabel = "TOKEN", description = "sealift-token:…")
  private String text = "";

  @Option(
      names = "--public",
      paramLabel = "KEY",
      description = "Check that this key signed it: a line of the mesh's --token-keys file.")
  private @Nullable String publicKey;

  TokenShowCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Optional<Setting.Scope> scope() {
    return Optional.empty();
  }

  @Override
  void run(Console console, Configuration settings) throws Refusal {
    AdmissionToken token = token();
    boolean expired = token.isExpiredAt(System.currentTimeMillis());
    JsonObject shown = TokenTexts.json(token).put("expired", expired);
    if (publicKey != null) {
      if (!isSigned(token, publicKey)) {
        throw new Refusal("token-not-signed", "The token was not signed by this key.");
      }
      shown.put("signed", true);
    }
    console.json(shown);
    if (!console.isJson()) {
      shown.remove("token");
      shown.forEach(field ->
          console.say("%-22s  %s".formatted(field.getKey(), String.valueOf(field.getValue()))));
    }
  }

  private AdmissionToken token() throws Refusal {
    try {
      return AdmissionToken.parseText(text);
    } catch (FormatException e) {
      throw new Refusal("token-malformed", "This is no admission token: " + e.getMessage() + ".");
    }
  }

  private static boolean isSigned(AdmissionToken token, String line) throws Refusal {
    try {
      return token.isSignedBy(TokenKeyFile.parse(line.strip()));
    } catch (FormatException e) {
      throw new Refusal(Refusal.WRONG_USAGE, "--public: " + e.getMessage() + ".");
    }
  }
}
