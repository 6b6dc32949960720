package dev.sealift.storage.sqlite;

import dev.sealift.storage.RecoveryReport;
import dev.sealift.storage.RestorationMark;
import dev.sealift.storage.StoreOpenException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Copies of an embedded store, and stores made of copies. Blocks.
 *
 * <p>A copy is one moment of the store, taken beside a storage-adapter that goes on. A store made of a copy is marked as restored: it
 * lacks what was acknowledged after that moment, and the mesh must say so rather than look like one that rolled back.
 */
public final class SqliteBackup {
  private SqliteBackup() {}

  /**
   * Copies a store that may be in use.
   *
   * @param to must not be there
   * @throws StoreOpenException when there is no store, or it cannot be read
   * @throws IOException when the copy cannot be written; nothing is left of it
   */
  public static void backUp(Path store, Path to) throws StoreOpenException, IOException {
    if (!Files.exists(store)) {
      throw missing(store);
    }
    Path partial = to.resolveSibling(to.getFileName() + ".partial");
    StoreFiles.of(partial).delete();
    try {
      // A reader's connection may not even write elsewhere.
      try (Connection connection = new Database(store, 0).openCheckpointer();
          PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
        vacuum.setString(1, partial.toString());
        vacuum.execute();
      } catch (SQLException e) {
        throw StoreFile.openFailure(store, e);
      }
      check(partial);
      sync(partial);
      Files.move(partial, to, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      StoreFiles.of(partial).delete();
    }
  }

  /**
   * Makes a store of a copy where none is, and marks it as restored.
   *
   * @throws StoreOpenException when the copy is no store, or a newer one; when a storage-adapter is at work on this store, or there is one, or
   *     anything of one
   */
  public static void restore(Path copy, Path store, InstantSource clock)
      throws StoreOpenException, IOException {
    Path real = StoreFile.realPath(store);
    try (StoreLock lock = StoreLock.acquire(real)) {
      StoreFiles.of(real).refuseAnyButRestoring();
      Path made = prepare(copy, real, clock);
      Files.move(made, real, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /**
   * The same where there is a store, or what is left of one: it is moved away once the copy is known to be good. One that was cut off between its
   * moves leaves what nobody opens ({@link StoreOpenException.HalfRestored}), and doing it again finishes it; or, at its very end, the new store in its
   * place, and the old one in a folder that the next replacement names {@code old + "-earlier"}.
   *
   * @param old the name of a folder for it beside the store, which must not be there
   * @return that folder; empty when there was nothing to move
   */
  public static Optional<Path> replace(Path copy, Path store, String old, InstantSource clock)
      throws StoreOpenException, IOException {
    Path real = StoreFile.realPath(store);
    try (StoreLock lock = StoreLock.acquire(real)) {
      Path folder = real.resolveSibling(old);
      if (Files.exists(folder)) {
        throw new FileAlreadyExistsException(folder.toString());
      }
      StoreFiles files = StoreFiles.of(real);
      if (Files.exists(real)) {
        files.nameMoved(real.resolveSibling(old + "-earlier"));
      }
      Path made = prepare(copy, real, clock);
      files.moveAway();
      Files.move(made, real, StandardCopyOption.ATOMIC_MOVE);
      return files.nameMoved(folder);
    }
  }

  /** A store of the copy, marked, beside its place. Nothing is left of it on a failure. */
  private static Path prepare(Path copy, Path store, InstantSource clock)
      throws StoreOpenException, IOException {
    StoreFiles files = StoreFiles.of(store).restoring();
    Path partial = files.database();
    files.delete(); // of one that was killed
    boolean made = false;
    try {
      Files.copy(copy, partial);
      check(partial);
      mark(partial, clock);
      sync(partial);
      made = true;
      return partial;
    } finally {
      if (!made) {
        files.delete();
      }
    }
  }

  /**
   * Marks a store as restored from an older state.
   *
   * @param clock rises from one restoration to the next, also over machines: see {@link RestorationMark}
   * @throws StoreOpenException also when a storage-adapter has it open, and when there is none
   */
  public static void markRestored(Path store, InstantSource clock) throws StoreOpenException {
    Path real = StoreFile.realPath(store);
    if (!Files.exists(real)) {
      throw missing(real);
    }
    try (StoreLock lock = StoreLock.acquire(real)) {
      mark(real, clock);
    } catch (IOException e) {
      throw new StoreOpenException.Inaccessible(store.toString(), e);
    }
  }

  /**
   * Makes a store that is empty and marked as restored: of a mesh that lost everything.
   *
   * @throws StoreOpenException also when there is a store, or anything of one
   */
  public static void startOver(Path store, InstantSource clock) throws StoreOpenException {
    Path real = StoreFile.realPath(store);
    try (StoreLock lock = StoreLock.acquire(real)) {
      StoreFiles.of(real).refuseAny();
      mark(real, clock);
    } catch (IOException e) {
      throw new StoreOpenException.Inaccessible(store.toString(), e);
    }
  }

  private static void mark(Path store, InstantSource clock) throws StoreOpenException {
    Database database = new Database(store, 0);
    try (Connection connection = database.openWriter()) {
      Schema.bringUp(database, connection);
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO restoration (number, at) VALUES (?, ?)")) {
        insert.setLong(1, RestorationMark.next(connection, clock, store.toString()));
        insert.setLong(2, clock.millis());
        insert.executeUpdate();
      }
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      }
    } catch (SQLException e) {
      throw StoreFile.openFailure(store, e);
    }
  }

  public static RecoveryReport report(Path store) throws StoreOpenException {
    try (Connection connection = new Database(store, 0).openReader()) {
      return RecoveryReport.read(connection);
    } catch (SQLException e) {
      throw StoreFile.openFailure(store, e);
    }
  }

  private static StoreOpenException missing(Path store) {
    return new StoreOpenException.Inaccessible(
        store.toString(), new IOException("there is no such file"));
  }

  private static void check(Path file) throws StoreOpenException {
    try (Connection connection = new Database(file, 0).openReader();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA quick_check(1)")) {
      row.next();
      if (!row.getString(1).equals("ok")) {
        throw new StoreOpenException.Damaged(
            file.toString(), new SQLException("the check found a damaged page"));
      }
    } catch (SQLException e) {
      throw StoreFile.openFailure(file, e);
    }
  }

  private static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }
}
