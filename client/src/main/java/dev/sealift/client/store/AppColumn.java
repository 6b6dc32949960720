package dev.sealift.client.store;

import dev.sealift.client.value.Value;
import org.jspecify.annotations.Nullable;

/**
 * What this device's app calls a column, and takes it for. Known here alone.
 *
 * @param fallback what null reads as; null of a column without a default
 * @param through what shows where the column holds nothing
 */
record AppColumn(
    String name, ColumnType type, Value fallback, @Nullable Seen through) {
  /**
   * Another column, seen through a lens.
   *
   * @param source its name in the space
   */
  record Seen(String source, String lens, int version) {}
}
