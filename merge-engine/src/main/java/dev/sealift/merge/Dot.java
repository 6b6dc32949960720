package dev.sealift.merge;

import dev.sealift.protocol.file.FileDot;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.id.DeviceId;

/** A place in a chain. */
record Dot(DeviceId device, long counter) {
  static Dot of(FileHeader header) {
    return new Dot(header.device(), header.counter());
  }

  static Dot of(FileDot named) {
    return new Dot(named.device(), named.counter());
  }

  dev.sealift.protocol.proto.Dot toProto() {
    return dev.sealift.protocol.proto.Dot.newBuilder()
        .setDevice(device.byteString())
        .setCounter(counter)
        .build();
  }
}
