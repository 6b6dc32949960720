package dev.sealift.client.store;

import dev.sealift.client.value.Value;
import java.util.Optional;

/**
 * A column as an app declares it.
 *
 * @param name what the app calls it
 * @param group columns of one group are judged as one; empty of a column by itself, as of all that are no registers
 * @param wire its name in the space, for ever: the one that it was first declared under
 * @param fallback what null reads as; null when there is no default
 * @param through what shows where the column holds nothing, before the default
 */
public record ColumnSchema(
    String name,
    ColumnType type,
    Optional<String> group,
    String wire,
    Value fallback,
    Optional<Through> through) {
  /**
   * Another column, seen through a lens.
   *
   * @param source its name in the space
   */
  public record Through(String source, Lens lens) {
    AppColumn.Seen seen() {
      return new AppColumn.Seen(source, lens.name(), lens.version());
    }
  }

  /** As it was first declared. */
  public ColumnSchema(String name, ColumnType type, Optional<String> group) {
    this(name, type, group, name, Value.NULL, Optional.empty());
  }

  /** By itself. */
  public ColumnSchema(String name, ColumnType type) {
    this(name, type, Optional.empty());
  }

  public ColumnSchema inGroup(String newGroup) {
    return new ColumnSchema(name, type, Optional.of(newGroup), wire, fallback, through);
  }

  /** With the name that it was first declared under. */
  public ColumnSchema was(String newWire) {
    return new ColumnSchema(name, type, group, newWire, fallback, through);
  }

  public ColumnSchema byDefault(Value newFallback) {
    return new ColumnSchema(name, type, group, wire, newFallback, through);
  }

  public ColumnSchema from(String source, Lens lens) {
    return new ColumnSchema(
        name, type, group, wire, fallback, Optional.of(new Through(source, lens)));
  }
}
