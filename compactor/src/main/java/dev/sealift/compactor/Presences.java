package dev.sealift.compactor;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.mesh.proto.PresenceReply;
import dev.sealift.protocol.mesh.proto.PresentDevice;
import dev.sealift.protocol.proto.DeviceHint;
import java.util.ArrayList;
import java.util.List;

/** What of a gateway's answer is made of it. */
final class Presences {
  private Presences() {}

  /** So many at most as there may be. */
  static List<Present> of(PresenceReply reply) throws FormatException {
    if (reply.getGateway().length() > CompactorLimits.MAX_NAME_CHARACTERS) {
      throw new FormatException("a gateway's name is not that long");
    }
    int devices = Math.min(reply.getDevicesCount(), CompactorLimits.MAX_PRESENT);
    List<Present> present = new ArrayList<>(devices);
    for (PresentDevice device : reply.getDevicesList().subList(0, devices)) {
      present.add(
          new Present(DeviceId.parse(device.getDevice()), reply.getGateway(), isSpared(device)));
    }
    return present;
  }

  /** Whatever the hint: each says that the device would rather not. One that is not known here is passed over. */
  private static boolean isSpared(PresentDevice device) {
    return device.getHintsList().stream()
        .anyMatch(
            hint -> hint != DeviceHint.DEVICE_HINT_UNSPECIFIED && hint != DeviceHint.UNRECOGNIZED);
  }
}
