package dev.sealift.compactor;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.SpaceId;
import java.nio.ByteBuffer;

/** Ids for tests, by number. */
final class Ids {
  private Ids() {}

  static SpaceId space(int number) {
    try {
      return SpaceId.of(bytes(number));
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  static DeviceId device(int number) {
    try {
      return DeviceId.of(bytes(number));
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] bytes(int number) {
    return ByteBuffer.allocate(32).putInt(number).array();
  }
}
