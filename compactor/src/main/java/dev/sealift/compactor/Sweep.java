package dev.sealift.compactor;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.SpaceSize;
import dev.sealift.protocol.mesh.proto.SpacesReply;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * One pass over all spaces of the store, page by page: after a start, after news that may have been missed, and once a day. The next page is asked for when the last
 * one is nearly used up, so little more than a page is all that it holds.
 */
final class Sweep {
  private final Deque<SpaceSize> page = new ArrayDeque<>();
  private ByteString after = ByteString.EMPTY;
  private boolean isOn;
  private boolean isAsking;
  private long beganAt = -CompactorLimits.SWEEP_AT_MOST_EVERY_MILLIS;
  private long nextAt;

  /** A space, and how many files its log has. */
  record Swept(SpaceId space, long size) {}

  /** The spaces may be others than before, or have changed unheard. */
  void due(long now) {
    nextAt = Math.min(nextAt, Math.max(now, beganAt + CompactorLimits.SWEEP_AT_MOST_EVERY_MILLIS));
  }

  /** Where the next page begins, if one is to be asked for now. */
  Optional<ByteString> ask(long now) {
    if (!isOn && now >= nextAt) {
      isOn = true;
      beganAt = now;
      nextAt = now + CompactorLimits.SWEEP_EVERY_MILLIS;
      after = ByteString.EMPTY;
    }
    if (!isOn || isAsking || page.size() >= CompactorLimits.SWEPT_PER_TICK) {
      return Optional.empty();
    }
    isAsking = true;
    return Optional.of(after);
  }

  /** A page came: rising ids, or it is the last one. */
  void came(SpacesReply reply) {
    isAsking = false;
    ByteString last = after;
    for (SpaceSize space : reply.getSpacesList()) {
      if (ByteString.unsignedLexicographicalComparator().compare(space.getSpace(), last) > 0) {
        page.add(space);
        last = space.getSpace();
      }
    }
    isOn = !last.equals(after);
    after = last;
  }

  /** There was no answer: it goes on from there, with the next tick. */
  void failed() {
    isAsking = false;
  }

  /** The next space with so many files at least, or with a payload that may go since it has expired. */
  Optional<Swept> next(long files) {
    while (!page.isEmpty()) {
      SpaceSize space = page.remove();
      if (space.getSize() >= files || space.getExpired()) {
        try {
          return Optional.of(new Swept(SpaceId.parse(space.getSpace()), space.getSize()));
        } catch (FormatException noSpace) {
          continue; // what cannot be read is passed over
        }
      }
    }
    return Optional.empty();
  }
}
