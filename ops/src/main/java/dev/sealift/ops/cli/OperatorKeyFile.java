package dev.sealift.ops.cli;

import dev.sealift.protocol.crypto.SigningKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;

/** The file of an operator's key: {@code sealift-token-signing-key-v1:} and the seed in hexadecimal, for its owner's eyes alone. */
final class OperatorKeyFile {
  private static final String PREFIX = "sealift-token-signing-key-v1:";
  private static final int MAX_BYTES = 1024;

  private OperatorKeyFile() {}

  /** Never over a file that is there: its tokens could not be renewed any more. */
  static void write(Path file, SigningKey key) throws Refusal {
    Set<StandardOpenOption> fresh =
        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    String line = PREFIX + HexFormat.of().formatHex(key.seed()) + "\n";
    try (var channel = Files.newByteChannel(file, fresh, ownerOnly())) {
      channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
    } catch (FileAlreadyExistsException e) {
      throw new Refusal(
          "key-exists", file + " is there already: choose another name, or move it away.");
    } catch (IOException e) {
      throw new Refusal("key-unusable", "The key file " + file + " cannot be written.");
    }
  }

  static SigningKey read(Path file) throws Refusal {
    try {
      String line = Files.size(file) > MAX_BYTES ? "" : Files.readString(file).strip();
      if (line.startsWith(PREFIX)) {
        return SigningKey.fromSeed(HexFormat.of().parseHex(line.substring(PREFIX.length())));
      }
    } catch (IllegalArgumentException e) {
      // Not hexadecimal, or of another length: said below.
    } catch (IOException e) {
      throw new Refusal("key-unusable", "The key file " + file + " cannot be read.");
    }
    throw new Refusal("key-malformed", file + " is no key that 'sealift token new-key' made.");
  }

  private static FileAttribute<?>[] ownerOnly() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
