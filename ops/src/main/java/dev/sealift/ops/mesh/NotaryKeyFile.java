package dev.sealift.ops.mesh;

import dev.sealift.protocol.crypto.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * The file of the mesh's signing key: one line, {@code sealift-notary-key-v1:} and the seed in hexadecimal.
 * Spaces pin this key. Whoever loses it cannot serve them any more; whoever copies it can sign as the mesh.
 */
final class NotaryKeyFile {
  private static final String PREFIX = "sealift-notary-key-v1:";
  private static final int MAX_BYTES = 1024;

  private NotaryKeyFile() {}

  /** The key in a file that must be there. */
  static SigningKey read(Path file) throws MeshStartException {
    if (!Files.exists(file)) {
      throw new MeshStartException(
          "notary-key-missing",
          "There is no notary key file %s. Copy it from the data folder of the process that made it."
              .formatted(file));
    }
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw malformed(file);
      }
      return parse(file, Files.readString(file).strip());
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  /** The key in this file, made first when the file is missing. Processes that start at once agree on one. */
  static SigningKey readOrMake(Path file) throws MeshStartException {
    if (!Files.exists(file)) {
      make(file);
    }
    return read(file);
  }

  private static void make(Path file) throws MeshStartException {
    try {
      OwnersFile.make(
          file, PREFIX + HexFormat.of().formatHex(SigningKey.generate().seed()) + "\n");
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  private static SigningKey parse(Path file, String line) throws MeshStartException {
    if (!line.startsWith(PREFIX)) {
      throw malformed(file);
    }
    try {
      return SigningKey.fromSeed(HexFormat.of().parseHex(line.substring(PREFIX.length())));
    } catch (IllegalArgumentException e) {
      throw malformed(file);
    }
  }

  private static MeshStartException malformed(Path file) {
    return new MeshStartException(
        "notary-key-malformed",
        "%s is no Sealift notary key. Restore it from a backup: spaces are bound to it."
            .formatted(file));
  }

  private static MeshStartException unusable(Path file, IOException e) {
    return new MeshStartException(
        "notary-key-unusable",
        "The notary key %s cannot be read or made (%s). Check the folder and its permissions."
            .formatted(file, e.getClass().getSimpleName()),
        e);
  }
}
