package dev.sealift.protocol.membership;

import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.proto.Role;
import java.util.Optional;

/**
 * A device in a space: its keys, whose it is, and what it may do.
 *
 * @param joinedBy the signing key of the invitation that it came by, whose secret it has; empty for the founder's
 */
public record Device(
    DevicePublicKeys keys, MemberId member, Role role, Optional<VerifyingKey> joinedBy) {
  public DeviceId id() {
    return keys.id();
  }

  /** Whether its files of events are admitted. */
  public boolean mayWrite() {
    return role == Role.ROLE_WRITER || role == Role.ROLE_OWNER;
  }

  /** Whether it may change who else is in the space. */
  public boolean mayChangeMembers() {
    return role == Role.ROLE_OWNER;
  }

  /** Whether it may open an invitation for that member, or for a new one, in that role. */
  public boolean mayInvite(Optional<MemberId> invited, Role as) {
    return mayChangeMembers() || invited.filter(member::equals).isPresent() && isNotAbove(as);
  }

  /** Whether it may remove another one. */
  boolean mayRemove(Device other) {
    return mayChangeMembers() || other.member.equals(member) && isNotAbove(other.role);
  }

  private boolean isNotAbove(Role other) {
    return other != Role.UNRECOGNIZED && other.getNumber() <= role.getNumber();
  }

  Device in(Role other) {
    return new Device(keys, member, other, joinedBy);
  }
}
