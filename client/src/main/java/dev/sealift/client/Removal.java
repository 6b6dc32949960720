package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.sync.MemberChange;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Membership;
import java.util.ArrayList;
import java.util.List;

/**
 * Who is to be out of a space: devices, members with all their devices, and invitations. Immutable. With it go, as a rule, all invitations that are open, since whoever is removed may have passed one on.
 */
public final class Removal {
  private final List<String> ids;
  private final boolean keepsInvitations;

  private Removal(List<String> ids, boolean keepsInvitations) {
    this.ids = List.copyOf(ids);
    this.keepsInvitations = keepsInvitations;
  }

  /**
   * @param ids of devices, members or invitations, as {@link Space#members} has them
   * @throws SealiftException {@code INVALID_INPUT} when there is none, or more than 64
   */
  public static Removal of(String... ids) {
    if (ids.length == 0 || ids.length > Limits.MAX_REMOVED) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT,
          "A removal is of 1 to " + Limits.MAX_REMOVED + " devices, members and invitations.");
    }
    return new Removal(List.of(ids), false);
  }

  /** Of all invitations that are open, and of nobody. */
  public static Removal ofInvitations() {
    return new Removal(List.of(), false);
  }

  /** Other invitations stay open: but those that the removed ones opened, or came by. */
  public Removal keepInvitations() {
    return new Removal(ids, true);
  }

  /** @param isOwner whether this device may withdraw what others opened */
  MemberChange change(Membership membership, boolean isOwner) {
    if (ids.isEmpty() && keepsInvitations) {
      throw new SealiftException(ErrorCode.INVALID_INPUT, "A removal names what is to go.");
    }
    if (ids.isEmpty() && !isOwner) {
      throw new SealiftException(
          ErrorCode.NOT_ALLOWED,
          "Only an owner withdraws all invitations. Name those that this device has opened.");
    }
    List<DeviceId> devices = new ArrayList<>();
    List<MemberId> members = new ArrayList<>();
    List<VerifyingKey> invitations = new ArrayList<>();
    for (String id : ids) {
      boolean known = addKnown(id, membership, devices, members, invitations);
      if (!known) {
        throw new SealiftException(
            ErrorCode.INVALID_INPUT,
            "The space has no device, member or invitation of that id: " + id + ".");
      }
    }
    return new MemberChange.Removal(devices, members, invitations, isOwner && !keepsInvitations);
  }

  private static boolean addKnown(
      String id,
      Membership membership,
      List<DeviceId> devices,
      List<MemberId> members,
      List<VerifyingKey> invitations) {
    for (Device device : membership.everDevices().toList()) {
      if (device.id().toString().equals(id)) {
        return devices.add(device.id());
      }
      if (device.member().toString().equals(id)) {
        return members.add(device.member());
      }
    }
    return membership.everInvitations().stream()
        .map(invitation -> invitation.keys().signing())
        .filter(key -> key.toString().equals(id))
        .findFirst()
        .map(invitations::add)
        .orElse(false);
  }
}
