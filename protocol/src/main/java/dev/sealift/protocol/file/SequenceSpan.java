package dev.sealift.protocol.file;

/** Sequences {@code first} to {@code last}, both included. */
public record SequenceSpan(long first, long last) {
  public SequenceSpan {
    if (first < 1 || last < first) {
      throw new IllegalArgumentException("a span runs from 1 or above upwards");
    }
  }
}
