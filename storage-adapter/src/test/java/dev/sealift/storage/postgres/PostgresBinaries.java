package dev.sealift.storage.postgres;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** PostgreSQL's programs for this machine, unpacked once a JVM. */
final class PostgresBinaries {
  private static final Path HOME = unpack();

  private PostgresBinaries() {}

  static Path program(String name) {
    return HOME.resolve("bin").resolve(name);
  }

  private static Path unpack() {
    try {
      Path home = Files.createTempDirectory("sealift-postgres-programs");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> Folders.delete(home)));
      String system = System.getProperty("os.name").split(" ")[0];
      InputStream archive = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(
          system,
          System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch"));
      try (TarArchiveInputStream entries =
          new TarArchiveInputStream(new XZCompressorInputStream(archive))) {
        for (TarArchiveEntry entry = entries.getNextEntry();
            entry != null;
            entry = entries.getNextEntry()) {
          unpack(entries, entry, home.resolve(entry.getName()));
        }
      }
      return home;
    } catch (IOException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static void unpack(TarArchiveInputStream bytes, TarArchiveEntry entry, Path to)
      throws IOException {
    if (entry.isDirectory()) {
      Files.createDirectories(to);
    } else if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(to, Path.of(entry.getLinkName()));
    } else {
      Files.createDirectories(to.getParent());
      Files.copy(bytes, to);
      if ((entry.getMode() & 0100) != 0) {
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    }
  }
}
