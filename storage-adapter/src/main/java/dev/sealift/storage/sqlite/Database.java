package dev.sealift.storage.sqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TempStore;
import org.sqlite.SQLiteConfig.TransactionMode;

/** Opens connections to one SQLite file, each set up for its purpose. */
final class Database {
  /** Measured: a small commit writes 24 kB with these pages, 45 kB with 8 KiB, 87 kB with 16 KiB. */
  static final int PAGE_BYTES = 4096;

  /** The upper parts of the trees of a store of some million files. */
  private static final int WRITER_CACHE_KIB = 16 << 10;

  private static final int READER_CACHE_KIB = 4 << 10;

  /** Nobody else writes; what is waited for is a checkpoint or a reader's last moment. */
  private static final int BUSY_TIMEOUT_MILLIS = 5_000;

  private final Path file;
  private final long maxBytes;

  Database(Path file, long maxBytes) {
    this.file = file;
    this.maxBytes = maxBytes;
  }

  Path file() {
    return file;
  }

  String url() {
    return "jdbc:sqlite:" + file;
  }

  Connection openWriter() throws SQLException {
    SQLiteConfig config = config(WRITER_CACHE_KIB);
    config.setTransactionMode(TransactionMode.IMMEDIATE);
    Connection connection = config.createConnection(url());
    execute(connection, "PRAGMA page_size = " + PAGE_BYTES); // of no effect once it is WAL
    execute(connection, "PRAGMA journal_mode = WAL");
    execute(connection, "PRAGMA synchronous = FULL");
    execute(connection, "PRAGMA wal_autocheckpoint = 0"); // the Checkpointer's work
    execute(
        connection,
        "PRAGMA fullfsync = ON"); // macOS: its plain fsync reaches the drive's cache only
    execute(connection, "PRAGMA checkpoint_fullfsync = ON");
    if (maxBytes > 0) {
      execute(connection, "PRAGMA max_page_count = " + maxBytes / PAGE_BYTES);
    }
    return connection;
  }

  Connection openReader() throws SQLException {
    Connection connection = config(READER_CACHE_KIB).createConnection(url());
    execute(connection, "PRAGMA query_only = ON");
    return connection;
  }

  Connection openCheckpointer() throws SQLException {
    SQLiteConfig config = config(READER_CACHE_KIB);
    config.setSynchronous(SynchronousMode.FULL);
    return config.createConnection(url());
  }

  private static SQLiteConfig config(int cacheKib) {
    SQLiteConfig config = new SQLiteConfig();
    config.setCacheSize(-cacheKib);
    config.setTempStore(TempStore.MEMORY);
    config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
    return config;
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first column of the first row, or -1 when there is none. */
  static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getLong(1) : -1;
    }
  }
}
