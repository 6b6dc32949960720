package dev.sealift.ops.mesh;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** A file that its owner alone can read. */
final class OwnersFile {
  private OwnersFile() {}

  /** Makes it whole, or not at all; of processes that do so at once one is first, and its text is what counts. */
  static void make(Path file, String text) throws IOException {
    Path whole = Files.createTempFile(
        file.toAbsolutePath().getParent(), file.getFileName().toString(), ".new", ownerOnly());
    try {
      Files.writeString(whole, text);
      Files.createLink(file, whole); // fails if another process was first, and is never half a file
    } catch (FileAlreadyExistsException e) {
      // The other process's text is the one.
    } finally {
      Files.delete(whole);
    }
  }

  private static FileAttribute<?>[] ownerOnly() {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
