package dev.sealift.protocol.membership;

import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.proto.Role;

/** A device in a space: its keys, whose it is, and what it may do. */
public record Device(DevicePublicKeys keys, MemberId member, Role role) {
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
}
