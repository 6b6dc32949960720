package dev.sealift.ops.chaos.bed;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of its own in a file, so that it can be full while the machine's is not. For one thread. */
public final class Disk {
  /** An hour of a dozen devices makes less than a tenth of it; the file takes only what is written. */
  private static final String SIZE = "4G";

  private static final int BLOCK_BYTES = 4096;

  private final Path image;
  private final Path folder;

  Disk(RunId run, Path runFolder) {
    this.image = runFolder.resolve("disk.img");
    this.folder = runFolder.resolve(run.text() + "-disk");
  }

  Path folder() {
    return folder;
  }

  void open() throws ChaosFailedException, InterruptedException, IOException {
    Files.createDirectories(folder);
    Shell.run("truncate", "-s", SIZE, image.toString());
    Shell.run("mkfs.ext4", "-q", "-m", "0", image.toString());
    Shell.run("mount", "-o", "loop", image.toString(), folder.toString());
  }

  /** Leaves no byte free. */
  public void fill() throws ChaosFailedException, InterruptedException {
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      Shell.run("fallocate", "-l", Long.toString(free), filler().toString());
    } catch (IOException | ChaosFailedException e) {
      // Somebody was faster, and what is left is less than it was: the next step takes the rest.
    }
    fillToTheBrim();
  }

  private void fillToTheBrim() throws ChaosFailedException {
    byte[] block = new byte[BLOCK_BYTES];
    try (OutputStream out = Files.newOutputStream(brim())) {
      while (Files.getFileStore(folder).getUsableSpace() > 0) {
        out.write(block);
      }
    } catch (IOException e) {
      if (usableBytes() > BLOCK_BYTES) {
        throw ChaosFailedException.failed("The disk could not be filled: " + e.getMessage() + ".");
      }
    }
  }

  private long usableBytes() throws ChaosFailedException {
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      throw ChaosFailedException.failed("The disk cannot be asked: " + e.getMessage() + ".");
    }
  }

  /** Makes room again. */
  public void free() throws ChaosFailedException {
    try {
      Files.deleteIfExists(filler());
      Files.deleteIfExists(brim());
    } catch (IOException e) {
      throw ChaosFailedException.failed("The disk could not be freed: " + e.getMessage() + ".");
    }
  }

  private Path filler() {
    return folder.resolve("filler");
  }

  private Path brim() {
    return folder.resolve("brim");
  }
}
