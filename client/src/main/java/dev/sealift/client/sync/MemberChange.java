package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.membership.Invitation;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.ChangeRole;
import dev.sealift.protocol.proto.Leave;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.Remove;
import dev.sealift.protocol.proto.Role;
import dev.sealift.protocol.proto.StartEpoch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is to be otherwise about who is in a space. */
public sealed interface MemberChange {
  /**
   * As a change of the membership as it is now; without the epoch that it starts, if it does.
   *
   * @param author this device
   * @return empty when all of it is so already
   * @throws SealiftException {@code INVALID_INPUT} when the space never had what is named
   */
  Optional<MembershipChange.Builder> of(Membership now, DeviceId author);

  /** Whether it starts an epoch, so that nobody who is out has the next key; a reader's does not, and is followed by one. */
  boolean startsEpoch();

  /**
   * They are out, with all that they know a secret of, and have no key to what is written from then on.
   *
   * @param devices each by itself
   * @param members with all their devices
   * @param allInvitations whether everything that was opened is withdrawn too
   */
  record Removal(
      List<DeviceId> devices,
      List<MemberId> members,
      List<VerifyingKey> invitations,
      boolean allInvitations)
      implements MemberChange {
    public Removal {
      devices = List.copyOf(devices);
      members = List.copyOf(members);
      invitations = List.copyOf(invitations);
    }

    @Override
    public Optional<MembershipChange.Builder> of(Membership now, DeviceId author) {
      Remove.Builder remove = Remove.newBuilder();
      for (DeviceId device : devices) {
        require(now.everHad(device), "The space has no such device: " + device + ".");
        require(!device.equals(author), "A device leaves by itself: use 'leave'.");
        now.device(device).ifPresent(there -> remove.addDevices(device.byteString()));
      }
      for (MemberId member : members) {
        require(
            now.everDevices().anyMatch(device -> device.member().equals(member)),
            "The space has no such member: " + member + ".");
        if (now.devices().stream().anyMatch(device -> device.member().equals(member))) {
          remove.addMembers(member.byteString());
        }
      }
      for (VerifyingKey key : invitations) {
        Optional<Invitation> invitation = now.invitation(key);
        require(invitation.isPresent(), "The space has no such invitation: " + key + ".");
        if (!invitation.get().isWithdrawn()) {
          remove.addInvitations(key.byteString());
        }
      }
      remove.setAllInvitations(allInvitations);
      boolean isSo = remove.getDevicesCount() + remove.getMembersCount() == 0
          && remove.getInvitationsCount() == 0
          && !(allInvitations && devices.isEmpty() && members.isEmpty() && now.hasInvitations());
      return isSo ? Optional.empty() : Optional.of(MembershipChange.newBuilder().setRemove(remove));
    }

    @Override
    public boolean startsEpoch() {
      return true;
    }
  }

  /** This device is out. */
  record Leaving() implements MemberChange {
    @Override
    public Optional<MembershipChange.Builder> of(Membership now, DeviceId author) {
      return now.device(author)
          .map(there -> MembershipChange.newBuilder().setLeave(Leave.getDefaultInstance()));
    }

    @Override
    public boolean startsEpoch() {
      return false;
    }
  }

  /** A device may do something else from now on. */
  record RoleChange(DeviceId device, Role role) implements MemberChange {
    @Override
    public Optional<MembershipChange.Builder> of(Membership now, DeviceId author) {
      require(now.device(device).isPresent(), "The space has no such device: " + device + ".");
      return now.device(device)
          .filter(there -> there.role() != role)
          .map(there -> MembershipChange.newBuilder()
              .setChangeRole(
                  ChangeRole.newBuilder().setDevice(device.byteString()).setRole(role)));
    }

    @Override
    public boolean startsEpoch() {
      return false;
    }
  }

  /** What is written from now on is sealed with a new key. */
  record Rotation() implements MemberChange {
    @Override
    public Optional<MembershipChange.Builder> of(Membership now, DeviceId author) {
      return Optional.of(
          MembershipChange.newBuilder().setStartEpoch(StartEpoch.getDefaultInstance()));
    }

    @Override
    public boolean startsEpoch() {
      return true;
    }
  }

  /** What a change that was made asks for; empty for one that is only made for whoever waits for it, and for one that nobody asked for. */
  static Optional<MemberChange> of(MembershipChange change) {
    try {
      return switch (change.getChangeCase()) {
        case REMOVE -> Optional.of(removal(change.getRemove()));
        case LEAVE -> Optional.of(new Leaving());
        case CHANGE_ROLE ->
          Optional.of(new RoleChange(
              DeviceId.parse(change.getChangeRole().getDevice()),
              change.getChangeRole().getRole()));
        default -> Optional.empty();
      };
    } catch (FormatException e) {
      throw new IllegalStateException("this device's own files are well-formed", e);
    }
  }

  private static Removal removal(Remove remove) throws FormatException {
    List<DeviceId> devices = new ArrayList<>();
    for (ByteString device : remove.getDevicesList()) {
      devices.add(DeviceId.parse(device));
    }
    List<MemberId> members = new ArrayList<>();
    for (ByteString member : remove.getMembersList()) {
      members.add(MemberId.parse(member));
    }
    List<VerifyingKey> invitations = new ArrayList<>();
    for (ByteString key : remove.getInvitationsList()) {
      invitations.add(VerifyingKey.parse(key));
    }
    return new Removal(devices, members, invitations, remove.getAllInvitations());
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new SealiftException(ErrorCode.INVALID_INPUT, otherwise);
    }
  }
}
