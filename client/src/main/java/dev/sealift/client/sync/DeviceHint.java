package dev.sealift.client.sync;

/** Why a device would rather leave to others what another one of the space can do as well. */
public enum DeviceHint {
  ON_BATTERY(dev.sealift.protocol.proto.DeviceHint.DEVICE_HINT_ON_BATTERY),
  /** Its link is paid for by what goes over it. */
  METERED(dev.sealift.protocol.proto.DeviceHint.DEVICE_HINT_METERED),
  /** Its link, or itself. */
  SLOW(dev.sealift.protocol.proto.DeviceHint.DEVICE_HINT_SLOW);

  private final dev.sealift.protocol.proto.DeviceHint proto;

  DeviceHint(dev.sealift.protocol.proto.DeviceHint proto) {
    this.proto = proto;
  }

  dev.sealift.protocol.proto.DeviceHint toProto() {
    return proto;
  }
}
