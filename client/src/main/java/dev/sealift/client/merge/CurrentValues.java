package dev.sealift.client.merge;

import dev.sealift.client.value.Value;

/**
 * The values that a row holds at present. Asked only when a cell already has a value of the very
 * time and device of the arriving one, so an implementation may read the database.
 */
@FunctionalInterface
public interface CurrentValues {
  /** The value of a cell that has a stamp; {@code cell} is never the marker. */
  Value at(int cell);
}
