package dev.sealift.client.store;

import dev.sealift.client.value.Value;
import org.jspecify.annotations.Nullable;

/**
 * What the space says of a column.
 *
 * @param type null as long as its declaration has not arrived
 * @param position where it is shown
 * @param group the columns of one group are written together, and judged as one
 * @param shown what newer versions of the app call it; null when it was never renamed
 * @param fallback what null reads as; null when there is no default
 * @param dropped whether it is hidden from apps that do not declare it
 */
record SharedColumn(
    @Nullable ColumnType type,
    int position,
    @Nullable String group,
    @Nullable String shown,
    Value fallback,
    boolean dropped) {
  /** Columns without a declaration are shown last. */
  static final int UNDECLARED_POSITION = Integer.MAX_VALUE;

  static final SharedColumn NOTHING =
      new SharedColumn(null, UNDECLARED_POSITION, null, null, Value.NULL, false);
}
