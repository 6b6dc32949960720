package dev.sealift.client.store;

import dev.sealift.client.store.StoreException.Code;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.Pragma;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;

/**
 * The driver for a plain JVM: {@code sqlite-jdbc}. It encrypts where that is the build with SQLite3 Multiple Ciphers
 * ({@code io.github.willena}), and is made of what both builds have, in any of their versions.
 */
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

  /** ChaCha20-Poly1305, a page at a time: what that build encrypts with unless it is told otherwise. */
  private static final String CIPHER = "chacha20";

  /** What that build takes a key by without stretching it. */
  private static final String RAW = "raw:";

  private final SynchronousMode synchronous;
  private final @Nullable StoreKey key;

  /** Every commit waits for the disk. */
  public JdbcDriver() {
    this(SynchronousMode.FULL);
  }

  /** For tests that do not pull the plug. */
  JdbcDriver(SynchronousMode synchronous) {
    this(synchronous, null);
  }

  private JdbcDriver(SynchronousMode synchronous, @Nullable StoreKey key) {
    this.synchronous = synchronous;
    this.key = key;
  }

  /** Looked at once: SQLite is the same for the whole process. Without ciphers it knows no such pragma, and says nothing. */
  private static final class Ciphers {
    static final boolean USABLE = CIPHER.equals(ofThisSqlite());

    private static String ofThisSqlite() {
      try (Connection memory = JDBC.createConnection("jdbc:sqlite::memory:", new Properties())) {
        return ask(memory, "PRAGMA cipher");
      } catch (SQLException e) {
        throw JdbcErrors.translate(e);
      }
    }
  }

  @Override
  public boolean encrypts() {
    return Ciphers.USABLE;
  }

  @Override
  public Driver withKey(StoreKey newKey) {
    return encrypts() ? new JdbcDriver(synchronous, newKey) : Driver.super.withKey(newKey);
  }

  @Override
  public Db openWriter(Path file) {
    SQLiteConfig config = common();
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(synchronous);
    config.setCacheSize(-WRITER_CACHE_KIB);
    return open(config, file, connection -> {
      execute(connection, "PRAGMA journal_size_limit = " + LOG_BYTES_KEPT);
      execute(connection, "PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
      connection.setAutoCommit(false);
    });
  }

  @Override
  public Db openReader(Path file) {
    SQLiteConfig config = common();
    config.setReadOnly(true);
    return open(config, file, connection -> {
      ((SQLiteConnection) connection).setLimit(SQLiteLimits.SQLITE_LIMIT_ATTACHED, 0);
      execute(connection, "PRAGMA query_only = 1");
    });
  }

  @Override
  public void encrypt(Path clear, Path copy) {
    if (key == null) {
      Driver.super.encrypt(clear, copy);
      return;
    }
    copyWithoutLog(clear, copy, key);
    sync(copy);
    check(copy);
  }

  private void copyWithoutLog(Path clear, Path copy, StoreKey under) {
    try (Connection connection = connect(common(), clear, null)) {
      if (!"delete".equals(ask(connection, "PRAGMA journal_mode = DELETE"))) {
        throw new StoreException(
            Code.BUSY, "another program holds the space's database; close it and try again");
      }
      try (PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
        vacuum.setString(
            1, copy.toAbsolutePath().toUri() + "?cipher=" + CIPHER + "&key=" + RAW + under.hex());
        vacuum.execute();
      }
    } catch (SQLException e) {
      throw withoutItsWords(e);
    }
  }

  /** SQLite names the file that it could not write, and with it the key. */
  private static StoreException withoutItsWords(SQLException e) {
    StoreException translated = JdbcErrors.translate(e);
    return translated.code() == Code.BAD_QUERY
        ? new StoreException(
            Code.IO, "the space's database could not be encrypted; check disk and permissions")
        : new StoreException(translated.code(), translated.getMessage());
  }

  private static void sync(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    } catch (IOException e) {
      throw new StoreException(
          Code.IO, "the encrypted database did not reach the disk; check disk and permissions", e);
    }
  }

  private void check(Path copy) {
    try (Db db = openReader(copy);
        Statement check = db.prepare("PRAGMA quick_check(1)")) {
      if (!check.next() || !check.text(1).equals("ok")) {
        throw new StoreException(Code.CORRUPT, "the space's database is damaged");
      }
    }
  }

  private interface Setup {
    void run(Connection connection) throws SQLException;
  }

  private Db open(SQLiteConfig config, Path file, Setup setup) {
    if (key != null) {
      EncryptedHeader.require(file);
    }
    try {
      Connection connection = connect(config, file, key);
      try {
        setup.run(connection);
        return new JdbcDb(connection, synchronous);
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      StoreException translated = JdbcErrors.translate(e);
      throw key != null && translated.code() == Code.NOT_A_STORE
          ? EncryptedHeader.damaged(e)
          : translated;
    }
  }

  private static SQLiteConfig common() {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    return config;
  }

  /** By its URI: a plain name would end for the driver at a question mark. The driver gives SQLite the key first of all. */
  private static Connection connect(SQLiteConfig config, Path file, @Nullable StoreKey under)
      throws SQLException {
    if (under != null) {
      config.setPragma(Pragma.PASSWORD, RAW + under.hex());
    }
    Properties properties = config.toProperties();
    properties.setProperty("jdbc.get_generated_keys", "false"); // else asked for at each insert
    return JDBC.createConnection("jdbc:sqlite:" + file.toAbsolutePath().toUri(), properties);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (java.sql.Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first column of the first row; empty when there is none. */
  private static String ask(Connection connection, String sql) throws SQLException {
    try (java.sql.Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return ""; // a pragma that this SQLite does not know
      }
      try (ResultSet rows = statement.getResultSet()) {
        return rows.next() ? rows.getString(1) : "";
      }
    }
  }
}
