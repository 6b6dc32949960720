package dev.sealift.client.merge;

import dev.sealift.client.value.Value;

/** What one event does to a compound cell. */
public enum PartOp {
  /** Writes a multi-value register: the value takes the place of all that the author had seen. */
  ASSIGN(CellKind.MULTI_VALUE),
  /** Says what the device has added to a counter so far, in all; an integer. */
  COUNT(CellKind.COUNTER),
  /** Adds a value to a set. */
  ADD(CellKind.SET),
  /** Takes a value out of a set, as far as the author had seen it there. */
  DISCARD(CellKind.SET),
  /** Adds an update; bytes. */
  APPEND(CellKind.UPDATES),
  /** Writes one update that has in it all that the author had seen; bytes. */
  COLLAPSE(CellKind.UPDATES);

  private final CellKind cell;

  PartOp(CellKind cell) {
    this.cell = cell;
  }

  /** The kind of the cells that it is for. */
  public CellKind cell() {
    return cell;
  }

  /** Whether the value becomes a part of the cell. */
  public boolean adds() {
    return this != DISCARD;
  }

  /** Whether the device goes on from what it wrote to the cell before: its value takes the place of that. */
  boolean goesOn() {
    return this == ASSIGN || this == COUNT;
  }

  /** Whether it takes away what it had seen, and {@code part} is something that it is about. */
  boolean replaces(Part part, Stamp stamp, Value value) {
    return switch (this) {
      case ASSIGN, COLLAPSE -> true;
      case COUNT -> part.stamp().device() == stamp.device();
      case ADD, DISCARD -> part.value().equals(value);
      case APPEND -> false;
    };
  }
}
