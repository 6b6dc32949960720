package dev.sealift.client;

import java.util.List;

/**
 * How far one write of this device has come.
 *
 * @param sequence the file of the log that has it, or a later one of this device; 0 before {@link Stage#DURABLE}
 * @param seenBy ids of the other devices in the space that have signed that they hold it
 * @param unseenBy ids of those that have not: they may hold it all the same, and nothing that they have signed since has come here
 */
public record WriteDelivery(
    Stage stage, long sequence, List<String> seenBy, List<String> unseenBy) {
  public WriteDelivery {
    seenBy = List.copyOf(seenBy);
    unseenBy = List.copyOf(unseenBy);
  }

  /** How far a write has come; each stage includes those before it. */
  public enum Stage {
    /** Durable and visible on this device. */
    LOCAL,
    /** In a signed file that waits for its receipt. */
    PACKED,
    /** Durable in the mesh, its receipt verified. */
    DURABLE,
    /** A compaction of the log stands for it, which others have compared. */
    COMPACTED
  }
}
