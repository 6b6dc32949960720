package dev.sealift.client.store;

import dev.sealift.client.value.Value;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/** A prepared statement of {@code sqlite-jdbc}. */
final class JdbcStatement implements Statement {
  private final JdbcDb db;
  private final PreparedStatement statement;
  private @Nullable ResultSet rows;

  JdbcStatement(JdbcDb db, PreparedStatement statement) {
    this.db = db;
    this.statement = statement;
  }

  @Override
  public Statement bind(int at, long value) {
    try {
      statement.setLong(at, value);
      return this;
    } catch (SQLException e) {
      throw db.translate(e);
    }
  }

  @Override
  public Statement bind(int at, @Nullable String value) {
    try {
      statement.setString(at, value);
      return this;
    } catch (SQLException e) {
      throw db.translate(e);
    }
  }

  @Override
  public Statement bind(int at, byte @Nullable [] value) {
    try {
      statement.setBytes(at, value);
      return this;
    } catch (SQLException e) {
      throw db.translate(e);
    }
  }

  @Override
  public Statement bind(int at, Value value) {
    if (value instanceof Value.Text text) {
      return bind(at, text.value());
    } else if (value instanceof Value.Int number) {
      return bind(at, number.value());
    } else if (value instanceof Value.Real real) {
      return bind(at, real.value());
    } else if (value instanceof Value.Blob blob) {
      return bind(at, blob.value().toByteArray());
    }
    return bindNull(at);
  }

  private Statement bind(int at, double value) {
    try {
      statement.setDouble(at, value);
      return this;
    } catch (SQLException e) {
      throw db.translate(e);
    }
  }

  @Override
  public Statement bindNull(int at) {
    try {
      statement.setNull(at, Types.NULL);
      return this;
    } catch (SQLException e) {
      throw db.translate(e);
    }
  }

  @Override
  public int parameters() {
    try {
      return statement.getParameterMetaData().getParameterCount();
    } catch (SQLException e) {
      throw db.translate(e);
    }
  }

  @Override
  public int run() {
    try {
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw db.translate(e);
    }
  }

  @Override
  public void addToBatch() {
    try {
      statement.addBatch();
    } catch (SQLException e) {
      throw db.translate(e);
    }
  }

  @Override
  public int[] runBatch() {
    try {
      return statement.executeBatch();
    } catch (SQLException e) {
      throw db.translate(e);
    }
  }

  @Override
  public void clearBatch() {
    try {
      statement.clearBatch();
    } catch (SQLException e) {
      throw db.translate(e);
    }
  }

  @Override
  public boolean next() {
    try {
      if (rows == null) {
        rows = statement.executeQuery();
      }
      if (rows.next()) {
        return true;
      }
      reset();
      return false;
    } catch (SQLException e) {
      throw db.translate(e);
    }
  }

  @Override
  public void reset() {
    try {
      if (rows != null) {
        rows.close();
        rows = null;
      }
    } catch (SQLException e) {
      throw db.translate(e);
    }
  }

  @Override
  public int columns() {
    try {
      return statement.getMetaData().getColumnCount();
    } catch (SQLException e) {
      StoreException failure = db.translate(e);
      if (failure.code() == StoreException.Code.CLOSED) {
        throw failure;
      }
      // The driver's way of saying that there are none.
      return 0;
    }
  }

  @Override
  public String columnName(int column) {
    try {
      return statement.getMetaData().getColumnLabel(column);
    } catch (SQLException e) {
      throw db.translate(e);
    }
  }

  private ResultSet row() {
    if (rows == null) {
      throw new IllegalStateException("there is no row; call next first");
    }
    return rows;
  }

  @Override
  public long integer(int column) {
    try {
      return row().getLong(column);
    } catch (SQLException e) {
      throw db.translate(e);
    }
  }

  @Override
  public boolean isNull(int column) {
    try {
      return row().getObject(column) == null;
    } catch (SQLException e) {
      throw db.translate(e);
    }
  }

  @Override
  public String text(int column) {
    try {
      return row().getString(column);
    } catch (SQLException e) {
      throw db.translate(e);
    }
  }

  @Override
  public byte[] blob(int column) {
    try {
      return row().getBytes(column);
    } catch (SQLException e) {
      throw db.translate(e);
    }
  }

  /** The driver gives small integers as {@link Integer} and larger ones as {@link Long}. */
  @Override
  public Value value(int column) {
    try {
      Object value = row().getObject(column);
      if (value instanceof String text) {
        return Value.of(text);
      } else if (value instanceof Double real) {
        return Value.of(real.doubleValue());
      } else if (value instanceof Number number) {
        return Value.of(number.longValue());
      } else if (value instanceof byte[] bytes) {
        return Value.of(bytes);
      }
      return Value.NULL;
    } catch (SQLException e) {
      throw db.translate(e);
    }
  }

  @Override
  public void close() {
    try {
      statement.close();
    } catch (SQLException e) {
      throw db.translate(e);
    }
  }
}
