package dev.sealift.ops.mesh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * By which an operator asks a mesh about a space: a file of one line, {@code sealift-operator-secret-v1:} and 32 random bytes in hexadecimal. Who has it learns what the store's
 * owner can see, and can change nothing.
 */
public final class OperatorSecret {
  /** In the data folder. */
  public static final String FILE = "operator.secret";

  private static final String PREFIX = "sealift-operator-secret-v1:";
  private static final String SCHEME = "Bearer ";
  private static final int BYTES = 32;
  private static final int MAX_FILE_BYTES = 1024;

  private final String hex;

  private OperatorSecret(String hex) {
    this.hex = hex;
  }

  /** The secret in a file that must be there. */
  public static OperatorSecret read(Path file) throws MeshStartException {
    if (!Files.exists(file)) {
      throw new MeshStartException(
          "operator-secret-missing",
          "There is no file %s with the operator's secret. Name it with --operator-secret, or the data folder of the mesh with --data."
              .formatted(file));
    }
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw malformed(file);
      }
      return parse(file, Files.readString(file).strip());
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  /** The secret in this file, made first when it is missing. Processes that start at once agree on one. */
  static OperatorSecret readOrMake(Path file) throws MeshStartException {
    if (!Files.exists(file)) {
      byte[] secret = new byte[BYTES];
      new SecureRandom().nextBytes(secret);
      try {
        OwnersFile.make(file, PREFIX + HexFormat.of().formatHex(secret) + "\n");
      } catch (IOException e) {
        throw unusable(file, e);
      }
    }
    return read(file);
  }

  private static OperatorSecret parse(Path file, String line) throws MeshStartException {
    String hex = line.startsWith(PREFIX) ? line.substring(PREFIX.length()) : "";
    try {
      if (HexFormat.of().parseHex(hex).length == BYTES) {
        return new OperatorSecret(hex);
      }
    } catch (IllegalArgumentException e) {
      // said below, as for every line that is none
    }
    throw malformed(file);
  }

  /** What a request's Authorization header says. */
  public String authorization() {
    return SCHEME + hex;
  }

  /** Takes as long for a wrong one, whatever is wrong about it. */
  boolean isIn(@Nullable String header) {
    byte[] said = Optional.ofNullable(header).orElse("").getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(authorization().getBytes(StandardCharsets.UTF_8), said);
  }

  private static MeshStartException malformed(Path file) {
    return new MeshStartException(
        "operator-secret-malformed",
        "%s has no operator's secret in it. Where it is the data folder's own, remove it: the next start makes a new one."
            .formatted(file));
  }

  private static MeshStartException unusable(Path file, IOException e) {
    return new MeshStartException(
        "operator-secret-unusable",
        "The operator's secret %s cannot be read or made (%s). Check the folder and its permissions."
            .formatted(file, e.getClass().getSimpleName()),
        e);
  }
}
