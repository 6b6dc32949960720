package dev.sealift.client.store;

import dev.sealift.client.merge.CellKind;
import dev.sealift.client.value.Value;
import org.jspecify.annotations.Nullable;

/** What an app says it keeps in a column. Null fits every type. */
public enum ColumnType {
  ANY,
  INTEGER,
  REAL,
  TEXT,
  BYTES,
  /** A register that keeps values that were written concurrently; of any type. */
  MULTI_VALUE,
  /** A sum of integers that devices add to. */
  COUNTER,
  /** A set of values of any type but null. */
  SET,
  /** Updates in bytes that the app merges. */
  UPDATES;

  /** The kind of its cells, when they hold several values; null of plain registers. */
  @Nullable
  CellKind kind() {
    return switch (this) {
      case ANY, INTEGER, REAL, TEXT, BYTES -> null;
      case MULTI_VALUE -> CellKind.MULTI_VALUE;
      case COUNTER -> CellKind.COUNTER;
      case SET -> CellKind.SET;
      case UPDATES -> CellKind.UPDATES;
    };
  }

  /** Whether its cells hold one value each, which a put or a patch writes. */
  public boolean isRegister() {
    return kind() == null;
  }

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

  /**
   * The narrowest type that takes what either takes: {@code INTEGER} is within {@code REAL}, and every plain type within {@code ANY}. Types of other cells are within themselves alone.
   *
   * @param other of the same kind of cells
   */
  ColumnType widest(ColumnType other) {
    if (other.isWithin(this)) {
      return this;
    }
    return isWithin(other) ? other : ANY;
  }

  /** Whether {@code other} takes all that this type takes. */
  public boolean isWithin(ColumnType other) {
    return this == other || (isRegister() && other == ANY) || (this == INTEGER && other == REAL);
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
