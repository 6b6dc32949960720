package dev.sealift.storage.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** A connection's prepared statements, each prepared once. For one thread at a time. */
final class Statements implements AutoCloseable {
  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  Statements(Connection connection) {
    this.connection = connection;
  }

  Connection connection() {
    return connection;
  }

  /** A statement to set every parameter of, run, and leave: its result set must be closed by the caller. */
  PreparedStatement get(String sql) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    return statement;
  }

  /** After a failure: the driver has closed the statement that failed, and does not say which. */
  void forget() {
    prepared.clear();
  }

  /** Closes the connection; what was not committed is rolled back. */
  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
