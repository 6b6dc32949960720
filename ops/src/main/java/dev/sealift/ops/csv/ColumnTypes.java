package dev.sealift.ops.csv;

import dev.sealift.client.store.ColumnType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Types of columns as people type them: {@code integer}, {@code multi-value}. */
public final class ColumnTypes {
  private ColumnTypes() {}

  public static String name(ColumnType type) {
    return type.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The type of a name, if it is one. */
  public static Optional<ColumnType> named(String name) {
    return Arrays.stream(ColumnType.values())
        .filter(type -> name(type).equals(name))
        .findFirst();
  }

  public static List<String> names() {
    return Arrays.stream(ColumnType.values()).map(ColumnTypes::name).toList();
  }

  /** Whether its cells hold several values, and are changed by operations of their own. */
  public static boolean isCompound(ColumnType type) {
    return switch (type) {
      case ANY, INTEGER, REAL, TEXT, BYTES -> false;
      case MULTI_VALUE, COUNTER, SET, UPDATES -> true;
    };
  }
}
