package dev.sealift.protocol.membership;

import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.proto.Role;
import java.util.Optional;

/**
 * An invitation, named by its signing key.
 *
 * @param opener the device that opened it
 * @param expiresAtMillis server time from which it is no longer good
 * @param usesLeft joins it still admits
 * @param member who gains a device; empty: each use makes a new member
 * @param isWithdrawn whether it is over since somebody said so
 */
public record Invitation(
    DeviceId opener,
    DevicePublicKeys keys,
    Role role,
    long expiresAtMillis,
    int usesLeft,
    Optional<MemberId> member,
    boolean isWithdrawn) {
  /** What stands against a join at this server time. */
  public enum Standing {
    OPEN,
    WITHDRAWN,
    EXPIRED,
    USED_UP
  }

  public Standing standing(long serverTimeMillis) {
    if (isWithdrawn) {
      return Standing.WITHDRAWN;
    }
    if (usesLeft == 0) {
      return Standing.USED_UP;
    }
    return serverTimeMillis < expiresAtMillis ? Standing.OPEN : Standing.EXPIRED;
  }

  Invitation usedOnce() {
    return new Invitation(opener, keys, role, expiresAtMillis, usesLeft - 1, member, false);
  }

  Invitation withdrawn() {
    return new Invitation(opener, keys, role, expiresAtMillis, usesLeft, member, true);
  }
}
