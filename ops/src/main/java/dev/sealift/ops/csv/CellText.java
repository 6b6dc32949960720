package dev.sealift.ops.csv;

import dev.sealift.client.store.ColumnType;
import dev.sealift.client.value.Value;
import java.util.Base64;
import java.util.Optional;

/** Cells as people type them. */
public final class CellText {
  private CellText() {}

  /** The value of a text in a column of this type; empty when it has none. An empty text is null. */
  public static Optional<Value> parse(ColumnType type, String text) {
    if (text.isEmpty()) {
      return Optional.of(Value.NULL);
    }
    try {
      return Optional.of(
          switch (type) {
            case ANY -> ColumnKind.INTEGER.widenedFor(text).value(text);
            case INTEGER -> ColumnKind.INTEGER.value(text);
            case REAL -> ColumnKind.REAL.value(text);
            case TEXT -> Value.of(text);
            case BYTES -> Value.of(Base64.getDecoder().decode(text));
          });
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
