package dev.sealift.ops.terminal;

import dev.sealift.client.value.Value;
import dev.sealift.ops.csv.RealText;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values of cells as people, CSV files and programs read them. */
public final class Values {
  private Values() {}

  /** For a cell on a terminal. Not yet made printable: {@link TextTable} does that. */
  public static String shown(Value value) {
    return value == Value.NULL ? "null" : text(value);
  }

  /** For a field of a CSV file: null is empty, bytes are base64. */
  public static String field(Value value) {
    return value == Value.NULL ? "" : text(value);
  }

  /** For JSON: bytes, which it does not have, are an object with one member. */
  public static @Nullable Object json(Value value) {
    return switch (value.kind()) {
      case NULL -> null;
      case INT -> ((Value.Int) value).value();
      case REAL -> ((Value.Real) value).value();
      case TEXT -> ((Value.Text) value).value();
      case BLOB -> new JsonObject().put("base64", base64((Value.Blob) value));
    };
  }

  /** A row as one object. */
  public static JsonObject json(List<String> columns, List<Value> row) {
    JsonObject object = new JsonObject();
    for (int i = 0; i < columns.size(); i++) {
      object.put(columns.get(i), json(row.get(i)));
    }
    return object;
  }

  private static String text(Value value) {
    return switch (value.kind()) {
      case NULL -> "";
      case INT -> Long.toString(((Value.Int) value).value());
      case REAL -> RealText.of(((Value.Real) value).value());
      case TEXT -> ((Value.Text) value).value();
      case BLOB -> base64((Value.Blob) value);
    };
  }

  private static String base64(Value.Blob value) {
    return Base64.getEncoder().encodeToString(value.value().toByteArray());
  }
}
