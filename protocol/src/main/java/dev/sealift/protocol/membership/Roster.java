package dev.sealift.protocol.membership;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.MemberId;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.pcollections.OrderedPMap;
import org.pcollections.PMap;

/**
 * Who is in a space and who was, who is invited, and under which keys. Immutable; each change shares what it leaves as it was with the one
 * before, so that a long chain is replayed in proportion to its length.
 *
 * @param owesRotation whether somebody is out who has the current key
 * @param lastLossMillis server time of the last change by which anybody lost access; 0 when nobody has
 */
record Roster(
    PMap<DeviceId, Device> devices,
    PMap<DeviceId, Gone> gone,
    PMap<VerifyingKey, Invitation> invitations,
    Epochs epochs,
    boolean owesRotation,
    long lastLossMillis) {

  static Roster of(Device founder, ByteString commitment) {
    return new Roster(
        OrderedPMap.<DeviceId, Device>empty().plus(founder.id(), founder),
        OrderedPMap.empty(),
        OrderedPMap.empty(),
        Epochs.first(commitment),
        false,
        0);
  }

  boolean everHad(DeviceId id) {
    return devices.containsKey(id) || gone.containsKey(id);
  }

  Stream<Device> everDevices() {
    return Stream.concat(devices.values().stream(), gone.values().stream().map(Gone::device));
  }

  boolean has(MemberId member) {
    return devices.values().stream().anyMatch(device -> device.member().equals(member));
  }

  boolean hasOwner() {
    return devices.values().stream().anyMatch(Device::mayChangeMembers);
  }

  /** With one more device, or another role of one. */
  Roster with(Device device) {
    return new Roster(
        devices.plus(device.id(), device), gone, invitations, epochs, owesRotation, lastLossMillis);
  }

  /** With one more invitation, or as it stands now. */
  Roster with(Invitation invitation) {
    return new Roster(
        devices,
        gone,
        invitations.plus(invitation.keys().signing(), invitation),
        epochs,
        owesRotation,
        lastLossMillis);
  }

  /** Without a device; what it knows the secret of ends with it. */
  Roster without(Device device, FileId change, long serverTimeMillis) {
    Roster left = new Roster(
        devices.minus(device.id()),
        gone.plus(device.id(), new Gone(device, change, serverTimeMillis)),
        invitations,
        epochs,
        owesRotation,
        lastLossMillis);
    boolean memberIsGone = !left.has(device.member());
    return left.withdrawn(invitation -> invitation.opener().equals(device.id())
        || device.joinedBy().filter(invitation.keys().signing()::equals).isPresent()
        || memberIsGone && invitation.member().equals(Optional.of(device.member())));
  }

  Roster withdrawn(Predicate<Invitation> which) {
    Roster left = this;
    for (Invitation invitation : invitations.values()) {
      if (!invitation.isWithdrawn() && which.test(invitation)) {
        left = left.with(invitation.withdrawn());
      }
    }
    return left;
  }

  Roster owingRotation() {
    return new Roster(devices, gone, invitations, epochs, true, lastLossMillis);
  }

  Roster in(Epochs next) {
    return new Roster(devices, gone, invitations, next, false, lastLossMillis);
  }

  /** Somebody has lost access. */
  Roster losing(long serverTimeMillis) {
    return new Roster(devices, gone, invitations, epochs, owesRotation, serverTimeMillis);
  }
}
