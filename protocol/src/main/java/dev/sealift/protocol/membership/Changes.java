package dev.sealift.protocol.membership;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.proto.ChangeRole;
import dev.sealift.protocol.proto.Join;
import dev.sealift.protocol.proto.NewEpoch;
import dev.sealift.protocol.proto.OpenInvitation;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Remove;
import dev.sealift.protocol.proto.Role;
import dev.sealift.protocol.proto.StartEpoch;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What one change makes of the roster before it: who may make it, and what it has to be. */
final class Changes {
  private final SpaceId space;
  private final Roster before;
  private final SignedHeader file;
  private final long serverTimeMillis;

  /** @param file whose signature was checked, and whose change is the next link of the chain */
  Changes(SpaceId space, Roster before, SignedHeader file, long serverTimeMillis) {
    this.space = space;
    this.before = before;
    this.file = file;
    this.serverTimeMillis = serverTimeMillis;
  }

  Roster opened(OpenInvitation open) throws MembershipException, FormatException {
    Device author = author();
    Optional<MemberId> member = open.getMember().isEmpty()
        ? Optional.empty()
        : Optional.of(MemberId.parse(open.getMember()));
    allow(
        author.mayInvite(member, open.getRole()),
        "only an owner invites others than a device of her own");
    require(isRole(open.getRole()), "an invitation gives a role");
    require(
        open.getUses() >= 1 && open.getUses() <= Limits.MAX_INVITATION_USES,
        "an invitation's number of uses is out of bounds");
    require(open.getExpiresAtMillis() > 0, "an invitation expires");
    Invitation invitation = new Invitation(
        author.id(),
        DevicePublicKeys.parse(open.getKeys()),
        open.getRole(),
        open.getExpiresAtMillis(),
        open.getUses(),
        member,
        false);
    require(
        !before.invitations().containsKey(invitation.keys().signing()),
        "an invitation's key is used once");
    return before.with(invitation);
  }

  Roster joined(Join join) throws MembershipException, FormatException {
    DevicePublicKeys keys = DevicePublicKeys.parse(join.getDevice());
    MemberId member = MemberId.parse(join.getMember());
    require(keys.id().equals(file.header().device()), "a join is written by the device that joins");
    require(!before.everHad(keys.id()), "the device is in the space already, or was");
    Invitation invitation = before.invitations().get(VerifyingKey.parse(join.getInvitation()));
    if (invitation == null) {
      throw unknownInvitation();
    }
    checkStanding(invitation);
    require(
        invitation.member().isEmpty() || invitation.member().get().equals(member),
        "the invitation is for a device of another member");
    require(
        invitation.member().isPresent()
            || before.everDevices().noneMatch(device -> device.member().equals(member)),
        "the invitation is for a new member");
    if (!JoinSignature.verify(
        invitation.keys().signing(),
        join.getInvitationSignature().toByteArray(),
        space,
        keys,
        member)) {
      throw new MembershipException(
          RefusalCode.REFUSAL_CODE_BAD_SIGNATURE, "the join is not signed by its invitation");
    }
    Device device = new Device(
        keys, member, invitation.role(), Optional.of(invitation.keys().signing()));
    return before.with(device).with(invitation.usedOnce());
  }

  private static MembershipException unknownInvitation() {
    return new MembershipException(
        RefusalCode.REFUSAL_CODE_INVITATION_UNKNOWN, "the space has no such invitation");
  }

  private void checkStanding(Invitation invitation) throws MembershipException {
    switch (invitation.standing(serverTimeMillis)) {
      case WITHDRAWN -> throw unknownInvitation();
      case EXPIRED ->
        throw new MembershipException(
            RefusalCode.REFUSAL_CODE_INVITATION_EXPIRED, "the invitation has expired");
      case USED_UP ->
        throw new MembershipException(
            RefusalCode.REFUSAL_CODE_INVITATION_USED_UP, "the invitation has no uses left");
      case OPEN -> {}
    }
  }

  Roster removed(Remove remove) throws MembershipException, FormatException {
    Device author = author();
    Named named = named(remove);
    for (Device device : named.devices) {
      require(!device.equals(author), "a device leaves by itself");
      allow(author.mayRemove(device), "only an owner removes a device of somebody else");
    }
    for (Invitation invitation : named.invitations) {
      allow(
          author.mayChangeMembers() || invitation.opener().equals(author.id()),
          "only an owner withdraws an invitation that she did not open");
    }
    Roster left = before.losing(serverTimeMillis).withdrawn(named.invitations::contains);
    for (Device device : named.devices) {
      left = left.without(device, file.id(), serverTimeMillis);
    }
    if (!author.mayWrite()) {
      require(!remove.hasEpoch(), "who may not write chooses no key");
      return left.owingRotation();
    }
    return left.in(next(remove.getEpoch(), author));
  }

  private record Named(Set<Device> devices, Set<Invitation> invitations) {}

  /** All that is named is there, and named once. */
  private Named named(Remove remove) throws MembershipException, FormatException {
    int names = remove.getDevicesCount() + remove.getMembersCount() + remove.getInvitationsCount();
    require(names >= 1 || remove.getAllInvitations(), "a removal names what is to go");
    require(names <= Limits.MAX_REMOVED, "a removal names more than it may");
    require(
        isEachOnce(remove.getDevicesList())
            && isEachOnce(remove.getMembersList())
            && isEachOnce(remove.getInvitationsList()),
        "a removal names everything once");
    Set<Device> devices = new LinkedHashSet<>();
    for (ByteString id : remove.getDevicesList()) {
      Device device = before.devices().get(DeviceId.parse(id));
      require(device != null, "a device that is to go is not in the space");
      devices.add(device);
    }
    for (ByteString id : remove.getMembersList()) {
      MemberId member = MemberId.parse(id);
      require(before.has(member), "a member who is to go is not in the space");
      before.devices().values().stream()
          .filter(device -> device.member().equals(member))
          .forEach(devices::add);
    }
    Set<Invitation> invitations = new LinkedHashSet<>();
    for (ByteString key : remove.getInvitationsList()) {
      Invitation invitation = before.invitations().get(VerifyingKey.parse(key));
      require(
          invitation != null && !invitation.isWithdrawn(),
          "the space has no invitation that is to go");
      invitations.add(invitation);
    }
    if (remove.getAllInvitations()) {
      before.invitations().values().stream()
          .filter(invitation -> !invitation.isWithdrawn())
          .forEach(invitations::add);
    }
    return new Named(devices, invitations);
  }

  private static boolean isEachOnce(List<ByteString> names) {
    return new HashSet<>(names).size() == names.size();
  }

  Roster left() throws MembershipException {
    return keepingAnOwner(before
        .losing(serverTimeMillis)
        .without(author(), file.id(), serverTimeMillis)
        .owingRotation());
  }

  Roster changed(ChangeRole change) throws MembershipException, FormatException {
    allow(author().mayChangeMembers(), "only an owner changes roles");
    Device device = before.devices().get(DeviceId.parse(change.getDevice()));
    Role role = change.getRole();
    require(device != null, "a device whose role is to change is not in the space");
    require(isRole(role) && role != device.role(), "a change of role gives another role");
    Device after = device.in(role);
    return keepingAnOwner(before
        .with(after)
        .withdrawn(invitation -> invitation.opener().equals(after.id())
            && !after.mayInvite(invitation.member(), invitation.role())));
  }

  private static boolean isRole(Role role) {
    return role != Role.ROLE_UNSPECIFIED && role != Role.UNRECOGNIZED;
  }

  private static Roster keepingAnOwner(Roster after) throws MembershipException {
    if (!after.hasOwner()) {
      throw new MembershipException(
          RefusalCode.REFUSAL_CODE_LAST_OWNER, "the space would have no owner left");
    }
    return after;
  }

  Roster started(StartEpoch start) throws MembershipException {
    Device author = author();
    allow(
        author.mayChangeMembers() || author.mayWrite() && before.owesRotation(),
        "only an owner starts an epoch that is not owed");
    return before.in(next(start.getEpoch(), author));
  }

  private Epochs next(NewEpoch epoch, Device author) throws MembershipException {
    Epochs epochs = before.epochs();
    require(epoch.getNumber() == epochs.current() + 1, "an epoch follows the one before");
    require(
        epoch.getCommitment().size() == Membership.COMMITMENT_BYTES
            && !epochs.has(epoch.getCommitment()),
        "an epoch commits to a key of its own by 32 bytes");
    require(
        epoch.getPrevious() == epochs.current()
            || author.mayChangeMembers()
                && epoch.getPrevious() >= 0
                && epoch.getPrevious() < epochs.current(),
        "an epoch goes on from the one before; an owner's from any, or from none");
    return epochs.next(epoch.getCommitment());
  }

  private Device author() throws MembershipException {
    Device author = before.devices().get(file.header().device());
    allow(author != null, "the author is not in the space");
    return author;
  }

  private static void allow(boolean may, String otherwise) throws MembershipException {
    if (!may) {
      throw new MembershipException(RefusalCode.REFUSAL_CODE_NOT_A_MEMBER, otherwise);
    }
  }

  private static void require(boolean holds, String otherwise) throws MembershipException {
    if (!holds) {
      throw new MembershipException(RefusalCode.REFUSAL_CODE_MALFORMED, otherwise);
    }
  }
}
