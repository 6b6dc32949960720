package dev.sealift.ops.mesh;

import dev.sealift.merge.SpacePolicy;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.VerifyingKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The file of the operators' public keys: {@code sealift-token-key-v1:} and the key in hexadecimal, one a line; empty
 * lines and lines with {@code #} are passed over. Several, so that a new one counts before the old one goes.
 */
public final class TokenKeyFile {
  private static final String PREFIX = "sealift-token-key-v1:";

  /** More than as many lines as there may be keys, with what people write beside them. */
  private static final int MAX_BYTES = 16 << 10;

  private TokenKeyFile() {}

  /** A file without a key is refused: it would open the mesh to everyone. */
  static List<VerifyingKey> read(Path file) throws MeshStartException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw malformed(file, "is too long");
      }
      List<VerifyingKey> keys = new ArrayList<>();
      for (String line : Files.readString(file).lines().map(String::strip).toList()) {
        if (!line.isEmpty() && !line.startsWith("#")) {
          keys.add(parse(line));
        }
      }
      if (keys.isEmpty() || keys.size() > SpacePolicy.MAX_TOKEN_KEYS) {
        throw malformed(file, "must have 1 to " + SpacePolicy.MAX_TOKEN_KEYS + " keys");
      }
      return keys;
    } catch (FormatException e) {
      throw malformed(file, "has a line that is none");
    } catch (IOException e) {
      throw new MeshStartException(
          "token-keys-unusable",
          "The token keys %s cannot be read (%s). Check --token-keys and the file's permissions."
              .formatted(file, e.getClass().getSimpleName()),
          e);
    }
  }

  /** One line of the file. */
  public static String line(VerifyingKey key) {
    return PREFIX + HexFormat.of().formatHex(key.toByteArray());
  }

  /** Reads {@link #line}. */
  public static VerifyingKey parse(String line) throws FormatException {
    try {
      if (line.startsWith(PREFIX)) {
        return VerifyingKey.of(HexFormat.of().parseHex(line.substring(PREFIX.length())));
      }
    } catch (IllegalArgumentException e) {
      throw new FormatException("a token key is hexadecimal", e);
    }
    throw new FormatException("a token key begins with " + PREFIX);
  }

  private static MeshStartException malformed(Path file, String why) {
    return new MeshStartException(
        "token-keys-malformed",
        "%s %s: 'sealift token new-key' prints the line for a key.".formatted(file, why));
  }
}
