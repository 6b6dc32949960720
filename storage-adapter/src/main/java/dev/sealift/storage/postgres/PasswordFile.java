package dev.sealift.storage.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A file whose first line is the password. */
final class PasswordFile {
  private PasswordFile() {}

  /** Empty without a file. */
  static String read(Optional<Path> file) throws IOException {
    if (file.isEmpty()) {
      return "";
    }
    List<String> lines = Files.readAllLines(file.get());
    return lines.isEmpty() ? "" : lines.get(0);
  }
}
