package dev.sealift.client.store;

import dev.sealift.client.compact.StepRange;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import java.util.Optional;

/**
 * A compaction of another device whose parts the log has brought, as far as they have come; and what has become of it.
 *
 * @param firstPart the sequence of its first part
 * @param root that its author has seen at its base
 * @param came how many of its parts have come
 * @param lastPart the sequence of the last of those; {@code last} names it, and {@code timeMillis} is its server time
 * @param isAttested whether somebody's word that counts is for it
 * @param isContested whether somebody's is against it, and was not overruled
 * @param difference what this device has found
 */
public record HeldCompaction(
    DeviceId author,
    StepRange range,
    Hash root,
    int parts,
    long firstPart,
    int came,
    long lastPart,
    FileId last,
    long timeMillis,
    boolean isAttested,
    boolean isContested,
    Said said,
    Optional<Difference> difference) {

  /** What this device has said of it. */
  public enum Said {
    NOTHING,
    ATTESTED,
    CONTESTED,
    /** It will say nothing: it cannot tell, or is not heard. */
    SILENT
  }

  public boolean isComplete() {
    return came == parts;
  }

  /** With the next of its parts. */
  public HeldCompaction with(long sequence, FileId file, long serverTimeMillis) {
    return new HeldCompaction(
        author,
        range,
        root,
        parts,
        firstPart,
        came + 1,
        sequence,
        file,
        serverTimeMillis,
        false,
        false,
        said,
        difference);
  }

  /** With what others say of it. */
  public HeldCompaction standing(boolean attested, boolean contested) {
    return new HeldCompaction(
        author,
        range,
        root,
        parts,
        firstPart,
        came,
        lastPart,
        last,
        timeMillis,
        attested,
        contested,
        said,
        difference);
  }

  /** With what this device says of it. */
  public HeldCompaction said(Said now, Optional<Difference> found) {
    return new HeldCompaction(
        author,
        range,
        root,
        parts,
        firstPart,
        came,
        lastPart,
        last,
        timeMillis,
        isAttested,
        isContested,
        now,
        found);
  }
}
