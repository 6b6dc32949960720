package dev.sealift.client.pack;

import dev.sealift.client.value.Value;
import java.util.List;

/** What the events of a run do to their rows. */
public enum RunKind {
  /** Writes the row: the named columns, and that it is there. */
  PUT(1),
  /** Writes the named columns only. */
  PATCH(2),
  /** Removes the row; has no columns. */
  REMOVE(3),
  /** Says of losers that they need no review any more; its columns are {@link #LOSER_COLUMNS}. */
  DISMISS(4),
  /** Writes a multi-value register. Like all that follow it has one column. */
  ASSIGN(5),
  /** Says what the device has added to a counter so far, in all: an integer. */
  COUNT(6),
  /** Adds a value to a set; not null. */
  ADD(7),
  /** Takes a value out of a set; not null. */
  DISCARD(8),
  /** Adds an update: bytes. */
  APPEND(9),
  /** Writes an update in the place of those that its author had seen: bytes. */
  COLLAPSE(10),
  /** Says what its transaction has read of the row; its columns are {@link #GUARD_COLUMNS}, its events are {@link Guard}s. */
  GUARD(11);

  /** What was read, its column, and the hybrid time and the device of the event that it was by. */
  public static final List<String> GUARD_COLUMNS = List.of("what", "column", "time", "device");

  /** A loser of the row: the column, empty for the row itself; the hybrid time and the device of the event that lost. */
  public static final List<String> LOSER_COLUMNS = List.of("column", "time", "device");

  private final int number;

  RunKind(int number) {
    this.number = number;
  }

  /** The number in a payload. */
  public int number() {
    return number;
  }

  /** Whether its events are about one compound cell each. */
  public boolean isPart() {
    return number >= ASSIGN.number && number <= COLLAPSE.number;
  }

  /** Whether its columns may be in groups. */
  boolean hasGroups() {
    return this == PUT || this == PATCH;
  }

  /** Whether a run of this kind may have {@code columns}. */
  boolean suits(List<String> columns) {
    return switch (this) {
      case PUT -> true;
      case PATCH -> !columns.isEmpty();
      case REMOVE -> columns.isEmpty();
      case DISMISS -> columns.equals(LOSER_COLUMNS);
      case GUARD -> columns.equals(GUARD_COLUMNS);
      default -> columns.size() == 1;
    };
  }

  /** Whether an event of this kind may have {@code value} in a column. */
  boolean accepts(Value value) {
    return switch (this) {
      case COUNT -> value instanceof Value.Int;
      case ADD, DISCARD -> value != Value.NULL;
      case APPEND, COLLAPSE -> value instanceof Value.Blob;
      default -> true;
    };
  }
}
