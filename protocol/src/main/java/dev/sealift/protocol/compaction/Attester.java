package dev.sealift.protocol.compaction;

import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.Role;
import java.util.Optional;

/**
 * Who says something of a compaction, as of the place in the log where it is said.
 *
 * @param isOnlyMember whether the space has nobody else, and never had
 */
public record Attester(DeviceId device, MemberId member, Role role, boolean isOnlyMember) {

  /** A device as the membership has it; empty when it is not in the space. */
  public static Optional<Attester> of(DeviceId device, Membership membership) {
    return membership
        .device(device)
        .map(found ->
            new Attester(device, found.member(), found.role(), membership.isOnly(found.member())));
  }

  /** Whether its word for a compaction is more than the author's own. */
  public boolean counts(DeviceId author, MemberId authorsMember) {
    return !device.equals(author) && (isOnlyMember || !member.equals(authorsMember));
  }

  /** Whether its word for a compaction, where that counts, settles what others said against it. */
  public boolean overrules() {
    return role == Role.ROLE_OWNER;
  }
}
