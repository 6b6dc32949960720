package dev.sealift.client;

import dev.sealift.protocol.proto.Role;

/** What a device may do in a space. Each may do what those before it may. */
public enum MemberRole {
  /** Read, and let in devices of its own member as readers. */
  READER(Role.ROLE_READER),
  /** Write, and let in devices of its own member as writers. */
  WRITER(Role.ROLE_WRITER),
  /** Let in anybody, remove anybody, and say who may do what. */
  OWNER(Role.ROLE_OWNER);

  private final Role role;

  MemberRole(Role role) {
    this.role = role;
  }

  Role role() {
    return role;
  }

  static MemberRole of(Role role) {
    return switch (role) {
      case ROLE_READER -> READER;
      case ROLE_WRITER -> WRITER;
      case ROLE_OWNER -> OWNER;
      default -> throw new IllegalArgumentException("no role that a device has");
    };
  }
}
