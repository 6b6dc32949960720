package dev.sealift.client.store;

import dev.sealift.client.value.InvalidValueException;
import dev.sealift.client.value.Value;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.Function;

/** A function for SQL, as {@code sqlite-jdbc} calls one. */
final class JdbcFunction extends Function {
  private static final int INTEGER = 1;
  private static final int REAL = 2;
  private static final int TEXT = 3;
  private static final int BLOB = 4;

  private final SqlFunction function;

  JdbcFunction(SqlFunction function) {
    this.function = function;
  }

  @Override
  protected void xFunc() throws SQLException {
    List<Value> arguments = new ArrayList<>(args());
    for (int i = 0; i < args(); i++) {
      arguments.add(argument(i));
    }
    give(function.call(arguments));
  }

  /** What no cell can hold, which an app's own query may give, counts as null. */
  private Value argument(int at) throws SQLException {
    try {
      return switch (value_type(at)) {
        case INTEGER -> Value.of(value_long(at));
        case REAL -> Value.of(value_double(at));
        case TEXT -> Value.of(value_text(at));
        case BLOB -> Value.of(value_blob(at) == null ? new byte[0] : value_blob(at));
        default -> Value.NULL;
      };
    } catch (InvalidValueException e) {
      return Value.NULL;
    }
  }

  private void give(Value value) throws SQLException {
    switch (value.kind()) {
      case NULL -> result();
      case INT -> result(((Value.Int) value).value());
      case REAL -> result(((Value.Real) value).value());
      case TEXT -> result(((Value.Text) value).value());
      case BLOB -> result(((Value.Blob) value).value().toByteArray());
    }
  }
}
