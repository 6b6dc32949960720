package dev.sealift.protocol.log;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;

/** Values whose bytes are easy to find in a dump: they count up. */
final class Samples {
  static final SpaceId SPACE = SpaceId.of(counting(0x00));
  static final FileId FILE = FileId.of(counting(0xe0));
  static final Hash ROOT = counting(0xe0);

  private Samples() {}

  private static Hash counting(int first) {
    byte[] bytes = new byte[Hash.BYTES];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (first + i);
    }
    try {
      return Hash.wrap(bytes);
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }
}
