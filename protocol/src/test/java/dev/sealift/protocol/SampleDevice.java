package dev.sealift.protocol;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.MemberId;
import java.util.Arrays;

/**
 * A device whose keys are the same in every run: seed, HPKE key and member are each one byte over
 * and over. The HPKE key only has to look like one.
 */
public record SampleDevice(SigningKey signing, DevicePublicKeys keys, MemberId member) {

  public static SampleDevice number(int n) {
    SigningKey signing = SigningKey.fromSeed(filled(SigningKey.SEED_BYTES, n));
    ByteString hpke = ByteString.copyFrom(filled(DevicePublicKeys.HPKE_BYTES, 0x40 + n));
    return new SampleDevice(
        signing, new DevicePublicKeys(signing.verifyingKey(), hpke), member(0x80 + n));
  }

  public DeviceId id() {
    return keys.id();
  }

  public static MemberId member(int fill) {
    try {
      return MemberId.of(filled(MemberId.BYTES, fill));
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  public static byte[] filled(int length, int fill) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) fill);
    return bytes;
  }
}
