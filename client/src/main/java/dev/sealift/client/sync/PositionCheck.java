package dev.sealift.client.sync;

import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.Position;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Membership;
import java.util.List;
import java.util.Optional;

/**
 * Which signed positions count. Of all others nothing follows, since a mesh looks at none of it.
 *
 * @param self whose own do not
 * @param log that is held
 * @param incarnations that are known, in any order
 * @param latestMillis the latest time, by the mesh's clock, at which anything can have been signed
 */
record PositionCheck(
    SpaceId space, DeviceId self, LogState log, List<Incarnation> incarnations, long latestMillis) {

  /** Whether a device that is in the space now has signed it, of the log that is held as far as it goes. */
  boolean counts(SignedPosition signed) {
    Position position = signed.position();
    return position.space().equals(space)
        && !position.device().equals(self)
        && position.time().millis() <= latestMillis
        && isOfThisLog(position)
        && isSigned(signed);
  }

  /** Whether a device is in the space. */
  boolean isThere(DeviceId device) {
    return find(device).isPresent();
  }

  private Optional<Device> find(DeviceId device) {
    return log.membership().flatMap((Membership members) -> members.device(device));
  }

  private boolean isSigned(SignedPosition signed) {
    return find(signed.position().device())
        .filter(device -> signed.verify(device.keys().signing()))
        .isPresent();
  }

  /** What a restored mesh has lost, and what is not known here yet, is another log. */
  private boolean isOfThisLog(Position position) {
    int order = Integer.compareUnsigned(position.incarnation(), log.incarnation());
    return order == 0 || order < 0 && position.sequence() <= common(position.incarnation());
  }

  /** Up to where the log of an earlier incarnation is for certain the one that is held; 0 where that is not known. */
  private long common(int incarnation) {
    if (incarnation != 0 && incarnations.stream().noneMatch(one -> one.number() == incarnation)) {
      return 0;
    }
    return incarnations.stream()
        .filter(one -> Integer.compareUnsigned(one.number(), incarnation) >= 0)
        .mapToLong(Incarnation::size)
        .min()
        .orElse(0);
  }
}
