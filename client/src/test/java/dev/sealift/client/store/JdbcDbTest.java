package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig.SynchronousMode;

class JdbcDbTest {
  @TempDir
  Path folder;

  private Connection connection;
  private JdbcDb db;

  /** The driver's next end of a transaction fails after it has been done, its next beginning before. */
  private boolean failsToEnd;

  private boolean failsToBegin;

  /** Also where an app has put the one that encrypts in the place of the other. */
  @Test
  void oneBuildOfTheDriverIsThere() throws IOException {
    assertThat(Collections.list(
            JdbcDbTest.class.getClassLoader().getResources("org/sqlite/JDBC.class")))
        .hasSize(1);
  }

  @BeforeEach
  void open() throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("a.db"));
    try (java.sql.Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t (a)");
    }
    connection.setAutoCommit(false);
    db = new JdbcDb(failingConnection(), SynchronousMode.FULL);
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private Connection failingConnection() {
    return (Connection) Proxy.newProxyInstance(
        Connection.class.getClassLoader(),
        new Class<?>[] {Connection.class},
        (proxy, method, arguments) -> {
          boolean changes = method.getName().equals("setAutoCommit");
          boolean ends = changes && (boolean) arguments[0];
          if (changes && !ends && failsToBegin) {
            failsToBegin = false;
            throw new SQLException("disk I/O error");
          }
          Object result;
          try {
            result = method.invoke(connection, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
          if (ends && failsToEnd) {
            failsToEnd = false;
            throw new SQLException("disk I/O error");
          }
          return result;
        });
  }

  @Test
  void aChangeOfSyncingThatFailsLeavesTheConnectionInATransaction() throws SQLException {
    failsToEnd = true;

    assertThatThrownBy(() -> db.syncCommits(false)).isInstanceOf(StoreException.class);

    assertThat(connection.getAutoCommit()).isFalse();
    db.execute("INSERT INTO t VALUES (1)");
    db.rollback();
    assertThat(rows()).isZero();
  }

  @Test
  void aTransactionThatCouldNotBeginIsBegunByTheNextChangeThoughItAsksForWhatHoldsAlready()
      throws SQLException {
    failsToBegin = true;
    assertThatThrownBy(() -> db.syncCommits(false)).isInstanceOf(StoreException.class);

    db.syncCommits(false);

    assertThat(connection.getAutoCommit()).isFalse();
    db.execute("INSERT INTO t VALUES (1)");
    db.rollback();
    assertThat(rows()).isZero();
  }

  private int rows() throws SQLException {
    try (java.sql.Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM t")) {
      return rows.getInt(1);
    }
  }
}
