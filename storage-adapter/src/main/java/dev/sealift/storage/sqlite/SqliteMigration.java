package dev.sealift.storage.sqlite;

import dev.sealift.storage.StoreOpenException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Brings the schema of an embedded store up to this code's, or makes an empty store. Opening does so too; by itself it may take as long as it needs, which with
 * many files can be many minutes.
 */
public final class SqliteMigration {
  /** The versions before and after; equal when there was nothing to do. */
  public record Result(int from, int to) {}

  private SqliteMigration() {}

  /**
   * Blocks, without a bound. One that is killed has changed nothing of the step that it was at.
   *
   * @throws StoreOpenException also when a storage-adapter has the store open
   */
  public static Result run(Path store) throws StoreOpenException {
    Path real = StoreFile.realPath(store);
    try (StoreLock lock = StoreLock.acquire(real)) {
      StoreFiles.of(real).refuseRemains();
      Database database = new Database(real, 0);
      try (Connection connection = database.openWriter()) {
        return new Result(Schema.bringUp(database, connection), Schema.VERSION);
      }
    } catch (SQLException e) {
      throw StoreFile.openFailure(real, e);
    } catch (IOException e) {
      throw new StoreOpenException.Inaccessible(real.toString(), e);
    }
  }
}
