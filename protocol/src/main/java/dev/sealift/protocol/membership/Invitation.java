package dev.sealift.protocol.membership;

import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.proto.Role;
import java.util.Optional;

/**
 * An open invitation, named by its signing key.
 *
 * @param expiresAtMillis server time from which it is no longer good
 * @param usesLeft joins it still admits
 * @param member who gains a device; empty: each use makes a new member
 */
public record Invitation(
    DevicePublicKeys keys,
    Role role,
    long expiresAtMillis,
    int usesLeft,
    Optional<MemberId> member) {
  /** What stands against a join at this server time. */
  public enum Standing {
    OPEN,
    EXPIRED,
    USED_UP
  }

  public Standing standing(long serverTimeMillis) {
    if (usesLeft == 0) {
      return Standing.USED_UP;
    }
    return serverTimeMillis < expiresAtMillis ? Standing.OPEN : Standing.EXPIRED;
  }

  Invitation usedOnce() {
    return new Invitation(keys, role, expiresAtMillis, usesLeft - 1, member);
  }
}
