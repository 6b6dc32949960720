package dev.sealift.client;

import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.membership.Membership;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Who is in a space, as far as this device holds its log. Ids are in hexadecimal.
 *
 * @param devices those that are in the space, in the order in which they came
 * @param invitations those by which somebody can still join, as far as this device's estimate of the mesh's clock goes
 * @param gone those that were in the space and are not any more
 * @param epoch the number of the key that seals what is written now
 * @param owesRotation whether somebody is out who has that key: any writer that is connected starts the next by itself
 */
public record Members(
    List<Device> devices,
    List<OpenInvitation> invitations,
    List<Gone> gone,
    int epoch,
    boolean owesRotation) {
  public Members {
    devices = List.copyOf(devices);
    invitations = List.copyOf(invitations);
    gone = List.copyOf(gone);
  }

  /**
   * A device.
   *
   * @param member whose it is: a person, who may have several
   * @param isThis whether it is this device
   */
  public record Device(String id, String member, MemberRole role, boolean isThis) {}

  /**
   * An invitation.
   *
   * @param id of its key; not what is in its link
   * @param opener the device that opened it
   * @param member for whose devices alone it is; empty where each who joins by it is a new member
   */
  public record OpenInvitation(
      String id,
      String opener,
      MemberRole role,
      int usesLeft,
      Instant expires,
      Optional<String> member) {}

  /** A device that left, or was removed, at a time of the mesh's clock. */
  public record Gone(Device device, Instant since) {}

  static Members of(Membership membership, DeviceId self, long nowMillis) {
    return new Members(
        membership.devices().stream().map(device -> device(device, self)).toList(),
        membership.openInvitations(nowMillis).stream()
            .map(invitation -> new OpenInvitation(
                invitation.keys().signing().toString(),
                invitation.opener().toString(),
                MemberRole.of(invitation.role()),
                invitation.usesLeft(),
                Instant.ofEpochMilli(invitation.expiresAtMillis()),
                invitation.member().map(Object::toString)))
            .toList(),
        membership.gone().stream()
            .map(gone -> new Gone(
                device(gone.device(), self), Instant.ofEpochMilli(gone.serverTimeMillis())))
            .toList(),
        membership.epoch(),
        membership.owesRotation());
  }

  private static Device device(dev.sealift.protocol.membership.Device device, DeviceId self) {
    return new Device(
        device.id().toString(),
        device.member().toString(),
        MemberRole.of(device.role()),
        device.id().equals(self));
  }
}
