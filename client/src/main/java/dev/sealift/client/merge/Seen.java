package dev.sealift.client.merge;

/** What the author of an event had seen when writing it. */
@FunctionalInterface
public interface Seen {
  /** For a device's own writes, as it sees them itself: it goes on from everything that it shows. */
  Seen EVERYTHING = stamp -> true;

  /** Whether the author had seen the event of this stamp, or wrote it. */
  boolean has(Stamp stamp);
}
