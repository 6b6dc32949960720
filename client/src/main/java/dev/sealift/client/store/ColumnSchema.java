package dev.sealift.client.store;

import java.util.Optional;

/**
 * A column as an app declares it.
 *
 * @param group columns of one group are judged as one; empty of a column by itself, as of all that are no registers
 */
public record ColumnSchema(String name, ColumnType type, Optional<String> group) {
  /** By itself. */
  public ColumnSchema(String name, ColumnType type) {
    this(name, type, Optional.empty());
  }
}
