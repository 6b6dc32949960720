package dev.sealift.client.store;

import dev.sealift.client.store.StoreException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Opens the file for writing: ours, readable by nobody else, and of the current version afterwards. */
final class StoreFile {
  private StoreFile() {}

  static Db open(Driver driver, Path file) {
    if (!createIfMissing(file)) {
      check(driver, file);
    }
    Db db = driver.openWriter(file);
    try {
      Migrations.migrate(db);
      return db;
    } catch (RuntimeException e) {
      db.close();
      throw e;
    }
  }

  /** SQLite gives its log and its index the mode of the file. */
  private static boolean createIfMissing(Path file) {
    try {
      if (Files.exists(file)) {
        return false;
      }
      Files.createFile(file, ownerOnly(file));
      return true;
    } catch (IOException e) {
      throw new StoreException(
          Code.IO,
          "the space's database cannot be made; check that the folder is there and may be written",
          e);
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static void check(Driver driver, Path file) {
    try (Db db = driver.openReader(file)) {
      Migrations.check(db);
    }
  }
}
