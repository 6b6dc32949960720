package dev.sealift.client.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;

/** The driver for a plain JVM: {@code sqlite-jdbc}. */
public final class JdbcDriver implements Driver {
  /**
   * Pages that the writer may keep, in KiB. Keys come in no order, so inserts touch index pages all over: with SQLite's 2 MiB a
   * table of 300,000 rows reads back most of the pages it writes. More gains little.
   */
  private static final int WRITER_CACHE_KIB = 32 << 10;

  /**
   * Pages of the write-ahead log (of 4 KiB) after which a commit copies them into the database. Four times SQLite's 1,000: large
   * batches rewrite the same index pages again and again, and fewer copies of them reach the database. The log stays below some
   * 16 MiB beside its largest batch.
   */
  private static final int CHECKPOINT_PAGES = 4000;

  /** What stays of a write-ahead log that a large batch has grown. */
  private static final int LOG_BYTES_KEPT = 16 << 20;

  /** Only a stranger with the file open in another program makes us wait. */
  private static final int BUSY_MILLIS = 5_000;

  private final SynchronousMode synchronous;

  /** Every commit waits for the disk. */
  public JdbcDriver() {
    this(SynchronousMode.FULL);
  }

  /** For tests that do not pull the plug. */
  JdbcDriver(SynchronousMode synchronous) {
    this.synchronous = synchronous;
  }

  @Override
  public Db openWriter(Path file) {
    SQLiteConfig config = common();
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(synchronous);
    config.setCacheSize(-WRITER_CACHE_KIB);
    config.setJournalSizeLimit(LOG_BYTES_KEPT);
    config.setWalAutocheckpoint(CHECKPOINT_PAGES);
    try {
      Connection connection = connect(config, file);
      connection.setAutoCommit(false);
      return new JdbcDb(connection, synchronous);
    } catch (SQLException e) {
      throw JdbcErrors.translate(e);
    }
  }

  @Override
  public Db openReader(Path file) {
    SQLiteConfig config = common();
    config.setReadOnly(true);
    try {
      Connection connection = connect(config, file);
      ((SQLiteConnection) connection).setLimit(SQLiteLimits.SQLITE_LIMIT_ATTACHED, 0);
      JdbcDb db = new JdbcDb(connection, synchronous);
      db.execute("PRAGMA query_only = 1");
      return db;
    } catch (SQLException e) {
      throw JdbcErrors.translate(e);
    }
  }

  private static SQLiteConfig common() {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    config.setGetGeneratedKeys(false);
    return config;
  }

  /** By its URI: a plain name would end for the driver at a question mark. */
  private static Connection connect(SQLiteConfig config, Path file) throws SQLException {
    return config.createConnection("jdbc:sqlite:" + file.toAbsolutePath().toUri());
  }
}
