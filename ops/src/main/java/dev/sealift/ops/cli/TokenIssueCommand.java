package dev.sealift.ops.cli;

import com.google.protobuf.ByteString;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.terminal.Console;
import dev.sealift.protocol.admission.AdmissionToken;
import dev.sealift.protocol.admission.SpaceQuota;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Signs a token. What is not said is left to the mesh. */
@Command(
    name = "issue",
    description = {
      "Sign an admission token and print it, one line. Whoever has it can found spaces: hand it over like a password.",
      "Bounds hold for each space; what is not given is left to the mesh. N is a number, or one with K, M, G or T (1024 each)."
    })
final class TokenIssueCommand extends SealiftCommand {
  @Option(
      names = "--key",
      paramLabel = "FILE",
      required = true,
      description = "The operator's key.")
  private @Nullable Path key;

  @Option(
      names = "--tenant",
      paramLabel = "HEX",
      description =
          "16 bytes that stand for one customer (default: fresh ones, which are printed).")
  private @Nullable String tenant;

  @Option(
      names = "--expires",
      paramLabel = "WHEN",
      required = true,
      description =
          "In so many days or hours (90d, 12h), or at the end of a day (2027-01-31, UTC).")
  private String expires = "";

  @Option(names = "--bytes", paramLabel = "N", description = "Bytes that a space may keep.")
  private @Nullable String bytes;

  @Option(names = "--files", paramLabel = "N", description = "Files that its log may have.")
  private @Nullable String files;

  @Option(names = "--connections", paramLabel = "N", description = "At one gateway.")
  private @Nullable String connections;

  @Option(names = "--device-connections", paramLabel = "N", description = "Of one device.")
  private @Nullable String deviceConnections;

  @Option(names = "--bytes-per-second", paramLabel = "N", description = "New bytes.")
  private @Nullable String bytesPerSecond;

  @Option(names = "--files-per-second", paramLabel = "N", description = "New files.")
  private @Nullable String filesPerSecond;

  @Option(
      names = "--device-bytes-per-second",
      paramLabel = "N",
      description = "From one connection.")
  private @Nullable String deviceBytesPerSecond;

  @Option(
      names = "--device-frames-per-second",
      paramLabel = "N",
      description = "From one connection.")
  private @Nullable String deviceFramesPerSecond;

  TokenIssueCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Optional<Setting.Scope> scope() {
    return Optional.empty();
  }

  @Override
  void run(Console console, Configuration settings) throws Refusal {
    long now = System.currentTimeMillis();
    SecureRandom random = new SecureRandom();
    AdmissionToken token = AdmissionToken.sign(
        OperatorKeyFile.read(Objects.requireNonNull(key)),
        tenant(random),
        random.nextLong(),
        now,
        TokenTexts.expiry(expires, now),
        quota());
    console.result(token.text(), TokenTexts.json(token).put("done", "token issue"));
  }

  private SpaceQuota quota() throws Refusal {
    return new SpaceQuota(
        TokenTexts.number("--bytes", bytes),
        TokenTexts.number("--files", files),
        TokenTexts.number("--connections", connections),
        TokenTexts.number("--device-connections", deviceConnections),
        TokenTexts.number("--bytes-per-second", bytesPerSecond),
        TokenTexts.number("--files-per-second", filesPerSecond),
        TokenTexts.number("--device-bytes-per-second", deviceBytesPerSecond),
        TokenTexts.number("--device-frames-per-second", deviceFramesPerSecond));
  }

  private ByteString tenant(SecureRandom random) throws Refusal {
    byte[] id = new byte[AdmissionToken.TENANT_BYTES];
    if (tenant == null) {
      random.nextBytes(id);
      return ByteString.copyFrom(id);
    }
    if (!tenant.matches("[0-9a-f]{32}")) {
      throw new Refusal(
          Refusal.WRONG_USAGE, "--tenant is 32 digits of hexadecimal, drawn at random: no name.");
    }
    return ByteString.copyFrom(HexFormat.of().parseHex(tenant));
  }
}
