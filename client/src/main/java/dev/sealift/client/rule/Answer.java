package dev.sealift.client.rule;

import dev.sealift.client.value.Value;

/** A write that a rule asks for: an event like any other. */
public sealed interface Answer {
  RowName row();

  /** A removed row is to be there again: a marker is written. */
  record BringBack(RowName row) implements Answer {}

  /** A row is to be removed. */
  record Remove(RowName row) implements Answer {}

  /** A row is to have another value. */
  record Change(RowName row, String column, Value value) implements Answer {}
}
