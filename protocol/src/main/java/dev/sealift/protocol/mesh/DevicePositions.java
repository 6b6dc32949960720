package dev.sealift.protocol.mesh;

import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.mesh.proto.DevicePosition;

/** What counts of the positions that a device has told. */
public final class DevicePositions {
  private DevicePositions() {}

  /** Of two of one device: the higher sequence, and of what was signed the newer. */
  public static DevicePosition merge(DevicePosition a, DevicePosition b) {
    DevicePosition higher = a.getSequence() >= b.getSequence() ? a : b;
    return higher.toBuilder()
        .setSignedPosition(SignedPosition.newer(a.getSignedPosition(), b.getSignedPosition()))
        .build();
  }
}
