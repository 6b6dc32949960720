package dev.sealift.ops.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A folder with the updates of a cell, a file each, whose names have the updates' order. */
final class UpdateFolder {
  /** Digits for the most that a cell can hold, so that a shell lists them in their order. */
  private static final String NAME = "%05d.update";

  private final Path folder;

  UpdateFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Writes the updates; makes the folder.
   *
   * @return false, and nothing is written, when the folder has something in it
   */
  boolean write(List<byte[]> updates) throws IOException {
    Files.createDirectories(folder);
    if (count() > 0) {
      return false;
    }
    for (int i = 0; i < updates.size(); i++) {
      Files.write(file(i), updates.get(i));
    }
    return true;
  }

  /** Whether these are the updates that it has. */
  boolean has(List<byte[]> updates) throws IOException {
    if (count() != updates.size()) {
      return false;
    }
    for (int i = 0; i < updates.size(); i++) {
      byte[] update = updates.get(i);
      if (!Files.isRegularFile(file(i))
          || Files.size(file(i)) != update.length
          || !Arrays.equals(Files.readAllBytes(file(i)), update)) {
        return false;
      }
    }
    return true;
  }

  private long count() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }

  private Path file(int index) {
    return folder.resolve(NAME.formatted(index + 1));
  }
}
