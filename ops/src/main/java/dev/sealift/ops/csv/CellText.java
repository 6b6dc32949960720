package dev.sealift.ops.csv;

import dev.sealift.client.store.ColumnType;
import dev.sealift.client.value.Value;
import java.util.Base64;
import java.util.Optional;

/** Cells as people type them. */
public final class CellText {
  private CellText() {}

  /**
   * The value of a text in a column of this type; empty when it has none. An empty text is null. Where cells hold several values, it is one of those.
   */
  public static Optional<Value> parse(ColumnType type, String text) {
    return text.isEmpty() ? Optional.of(Value.NULL) : exactly(type, text);
  }

  /** As {@link #parse}, but that an empty text is a text, and no number. */
  public static Optional<Value> exactly(ColumnType type, String text) {
    try {
      return Optional.of(
          switch (type) {
            case ANY, MULTI_VALUE, SET -> ColumnKind.INTEGER.widenedFor(text).value(text);
            case INTEGER, COUNTER -> ColumnKind.INTEGER.value(text);
            case REAL -> ColumnKind.REAL.value(text);
            case TEXT -> Value.of(text);
            case BYTES, UPDATES -> Value.of(Base64.getDecoder().decode(text));
          });
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
