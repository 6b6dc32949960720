package dev.sealift.storage.sqlite;

import dev.sealift.storage.StoreOpenException;
import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * Brings a store to this code's schema by Flyway's migrations.
 *
 * <p>A store that is already there is recognised by one query, without Flyway, which takes a third of a second
 * to find that out.
 */
final class Schema {
  private static final Logger LOG = LoggerFactory.getLogger(Schema.class);

  /** The newest migration under {@link #LOCATION}; a test holds the two together. */
  static final int VERSION = 8;

  static final String LOCATION = "classpath:dev/sealift/storage/sqlite/migration";

  private static final String HISTORY = "flyway_schema_history";

  private Schema() {}

  /** Returns the version that was found; 0 of an empty store. */
  static int bringUp(Database database, Connection connection)
      throws SQLException, StoreOpenException {
    int found = version(connection);
    String store = database.file().toString();
    if (found > VERSION) {
      throw new StoreOpenException.NewerVersion(store, found, VERSION);
    }
    if (found < VERSION) {
      if (found > 0) {
        LOG.info(
            "The store goes from schema version {} to {}: with many files this takes a while, and is not to be cut short.",
            found,
            VERSION);
      }
      migrate(database);
    }
    return found;
  }

  private static void migrate(Database database) throws StoreOpenException {
    try {
      flyway(database).migrate();
    } catch (FlywayException e) {
      throw failure(database, e);
    }
  }

  /** A file that has tables and no history of migrations is somebody else's. */
  private static StoreOpenException failure(Database database, FlywayException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return StoreFile.openFailure(database.file(), sql);
      }
    }
    return new StoreOpenException.Damaged(database.file().toString(), e);
  }

  static Flyway flyway(Database database) {
    SQLiteDataSource source = new SQLiteDataSource(new SQLiteConfig());
    source.setUrl(database.url());
    return Flyway.configure()
        .loggers("slf4j")
        .dataSource(source)
        .locations(LOCATION)
        .load();
  }

  /** 0 for a store that is empty. */
  private static int version(Connection connection) throws SQLException {
    String isThere = "SELECT count(*) FROM sqlite_schema WHERE name = '%s'".formatted(HISTORY);
    if (Database.number(connection, isThere) == 0) {
      return 0;
    }
    String newest = "SELECT max(CAST(version AS INTEGER)) FROM %s WHERE success".formatted(HISTORY);
    return (int) Database.number(connection, newest);
  }
}
