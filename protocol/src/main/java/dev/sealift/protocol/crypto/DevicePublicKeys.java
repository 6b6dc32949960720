package dev.sealift.protocol.crypto;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.proto.DeviceKeys;
import java.nio.charset.StandardCharsets;

/**
 * The two public keys of a device or of an invitation: one verifies its signatures, to the other epoch keys are sealed.
 *
 * @param hpke an X25519 public key, 32 bytes
 */
public record DevicePublicKeys(VerifyingKey signing, ByteString hpke) {
  public static final int HPKE_BYTES = 32;
  private static final byte[] ID_CONTEXT =
      "sealift.v1 device\0".getBytes(StandardCharsets.US_ASCII);

  public DevicePublicKeys {
    if (hpke.size() != HPKE_BYTES) {
      throw new IllegalArgumentException(
          "an X25519 public key is 32 bytes long, not " + hpke.size());
    }
  }

  /** Checks lengths only: whether the keys are good shows when they are used. */
  public static DevicePublicKeys parse(DeviceKeys keys) throws FormatException {
    if (keys.getHpke().size() != HPKE_BYTES) {
      throw new FormatException(
          "an X25519 public key must be 32 bytes long, not " + keys.getHpke().size());
    }
    return new DevicePublicKeys(VerifyingKey.parse(keys.getSigning()), keys.getHpke());
  }

  public DeviceKeys toProto() {
    return DeviceKeys.newBuilder()
        .setSigning(signing.byteString())
        .setHpke(hpke)
        .build();
  }

  /** SHA-256 of a context and both keys. */
  public DeviceId id() {
    return DeviceId.of(Hash.of(ID_CONTEXT, signing.toByteArray(), hpke.toByteArray()));
  }
}
