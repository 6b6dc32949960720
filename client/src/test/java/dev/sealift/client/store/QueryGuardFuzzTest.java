package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.sqlite.Function;
import org.sqlite.SQLiteConfig;

/** Whatever SQL gets past the guard reads the space, and neither writes nor comes to what reaches files. */
class QueryGuardFuzzTest {
  private static final String[] TOKENS = {
    "select",
    "with",
    "values",
    "explain",
    "query plan",
    "from",
    "where",
    "join",
    "on",
    "as",
    "union all",
    "in",
    "exists",
    "limit",
    "order by",
    "group by",
    "insert into",
    "update",
    "delete from",
    "returning",
    "set",
    "case",
    "when",
    "then",
    "end",
    "cast",
    "attach",
    "pragma_table_info",
    "t",
    "a",
    "id",
    "'",
    "''",
    "\"",
    "\"\"",
    "`",
    "[",
    "]",
    "(",
    ")",
    ",",
    ".",
    ";",
    "--",
    "\n",
    "/*",
    "*/",
    "*",
    "$a",
    "$a(",
    "::",
    ":b",
    "@c",
    "?",
    "?1",
    "#",
    "=",
    "||",
    "0",
    "1",
    "x'00'",
    "0x1f",
    "1e5",
    "readfile",
    "writefile",
    "fsdir",
    "sha3_query",
    "sqlite3mc_config_table",
    "\u00e9",
    "\u20ac",
    "\u00a0",
    "\u000b",
    "\0",
    " "
  };
  private static final int MOST_TOKENS = 40;
  private static final int MOST_ROWS = 5;
  private static boolean reached;

  private static Path folder;
  private static Connection connection;

  @BeforeAll
  static void open() throws IOException, SQLException {
    folder = Files.createTempDirectory("sealift-query-guard");
    Path file = folder.resolve("space.db");
    try (Connection writer = new SQLiteConfig().createConnection("jdbc:sqlite:" + file);
        Statement make = writer.createStatement()) {
      make.execute("CREATE TABLE t(id TEXT PRIMARY KEY, a INTEGER)");
      make.execute("INSERT INTO t VALUES ('x', 1), ('y', 2)");
    }
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    connection = config.createConnection("jdbc:sqlite:" + file);
    for (String function : new String[] {"readfile", "writefile", "sha3_query", "reached"}) {
      Function.create(connection, function, new Reached());
    }
    try (Statement make = connection.createStatement()) {
      make.execute("CREATE TEMP VIEW fsdir AS SELECT reached() AS name");
      make.execute("CREATE TEMP VIEW sqlite3mc_config_table AS SELECT reached() AS name");
      make.execute("PRAGMA query_only = 1");
    }
  }

  /** Stands for what a SQLite with ciphers has. */
  private static final class Reached extends Function {
    @Override
    protected void xFunc() throws SQLException {
      reached = true;
      result(0);
    }
  }

  @AfterAll
  static void close() throws IOException, SQLException {
    connection.close();
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @FuzzTest
  void query(FuzzedDataProvider data) throws SQLException {
    requireHarmless(data.consumeRemainingAsString());
  }

  @FuzzTest
  void tokens(FuzzedDataProvider data) throws SQLException {
    StringBuilder sql = new StringBuilder(data.consumeBoolean() ? "select " : "");
    for (int i = 0; i < MOST_TOKENS && data.remainingBytes() > 0; i++) {
      sql.append(data.pickValue(TOKENS));
      if (data.consumeBoolean()) {
        sql.append(' ');
      }
    }
    requireHarmless(sql.toString());
  }

  private static void requireHarmless(String sql) throws SQLException {
    try {
      QueryGuard.requireOneQuery(sql);
    } catch (StoreException refused) {
      assertThat(refused.code())
          .isIn(StoreException.Code.BAD_QUERY, StoreException.Code.NOT_A_QUERY);
      return;
    }
    reached = false;
    run(sql);
    assertThat(reached).as("it came to what reaches files").isFalse();
    try (Statement ask = connection.createStatement();
        ResultSet rows = ask.executeQuery(
            "SELECT (SELECT group_concat(id || a) FROM t) || (SELECT count(*) FROM pragma_database_list)")) {
      assertThat(rows.getString(1)).as("nothing was written or attached").isEqualTo("x1,y22");
    }
  }

  private static void run(String sql) {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setQueryTimeout(1);
      if (statement.getMetaData() == null || !statement.execute()) {
        return;
      }
      try (ResultSet rows = statement.getResultSet()) {
        for (int i = 0; i < MOST_ROWS && rows.next(); i++) {
          rows.getString(1);
        }
      }
    } catch (SQLException refused) {
      assertThat(String.valueOf(refused.getMessage()).toLowerCase(Locale.ROOT))
          .doesNotContain("disk image is malformed");
    }
  }
}
