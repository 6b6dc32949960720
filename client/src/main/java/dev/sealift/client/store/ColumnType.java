package dev.sealift.client.store;

import dev.sealift.client.value.Value;

/** What an app says it keeps in a column. Null fits every type. */
public enum ColumnType {
  ANY,
  INTEGER,
  REAL,
  TEXT,
  BYTES;

  /** Whether an app may write {@code value}. An integer may stand in a column of reals; it stays an integer. */
  boolean accepts(Value value) {
    return switch (value.kind()) {
      case NULL -> true;
      case INT -> this == ANY || this == INTEGER || this == REAL;
      case REAL -> this == ANY || this == REAL;
      case TEXT -> this == ANY || this == TEXT;
      case BLOB -> this == ANY || this == BYTES;
    };
  }

  /** The type by the name it travels under; what a newer version may have named is kept as {@link #ANY}. */
  static ColumnType named(String name) {
    for (ColumnType type : values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    return ANY;
  }
}
