package dev.sealift.merge;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.mesh.proto.FoundCompaction;
import java.util.Optional;

/**
 * A complete compaction of the log, as a {@link Saying} finds it.
 *
 * @param isAttested the device has said so before, whether it counted or not
 * @param isContested the same
 * @param isSealed something was reclaimed under it: it stands for good, and nobody can contest it
 */
record Compaction(
    DeviceId author,
    boolean isSuperseded,
    boolean isAttested,
    boolean isContested,
    boolean isSealed) {

  static Compaction unsaid(DeviceId author) {
    return new Compaction(author, false, false, false, false);
  }

  /** Empty when the log has none. */
  static Optional<Compaction> read(FoundCompaction found) throws FormatException {
    return found.getAuthor().isEmpty()
        ? Optional.empty()
        : Optional.of(new Compaction(
            DeviceId.parse(found.getAuthor()),
            found.getSuperseded(),
            found.getAttested(),
            found.getContested(),
            found.getSealed()));
  }

  Compaction after(boolean contested) {
    return new Compaction(
        author, isSuperseded, isAttested || !contested, isContested || contested, isSealed);
  }

  boolean hasHeard(boolean contested) {
    return contested ? isContested : isAttested;
  }
}
