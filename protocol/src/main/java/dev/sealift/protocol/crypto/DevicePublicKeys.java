package dev.sealift.protocol.crypto;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.proto.DeviceKeys;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Set;

/**
 * The two public keys of a device or of an invitation: one verifies its signatures, to the other epoch keys are sealed.
 *
 * @param hpke an X25519 public key, 32 bytes
 */
public record DevicePublicKeys(VerifyingKey signing, ByteString hpke) {
  public static final int HPKE_BYTES = 32;

  /**
   * Every encoding of a point of small order, the highest bit left out, which X25519 passes over (RFC 7748, sections 5 and 6.1). Nothing can be sealed to such a key, so one of them would keep a space from ever starting an
   * epoch.
   */
  private static final Set<String> SMALL_ORDER = Set.of(
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

  private static final int HIGHEST_BIT = 0x80;

  private static final byte[] ID_CONTEXT =
      "sealift.v1 device\0".getBytes(StandardCharsets.US_ASCII);

  public DevicePublicKeys {
    if (hpke.size() != HPKE_BYTES) {
      throw new IllegalArgumentException(
          "an X25519 public key is 32 bytes long, not " + hpke.size());
    }
  }

  /** Checks that they have the length of keys, and that nobody can sign for, or nothing be sealed to, one of them. Whether they are keys of somebody shows when they are used. */
  public static DevicePublicKeys parse(DeviceKeys keys) throws FormatException {
    if (keys.getHpke().size() != HPKE_BYTES) {
      throw new FormatException(
          "an X25519 public key must be 32 bytes long, not " + keys.getHpke().size());
    }
    if (isOfSmallOrder(keys.getHpke().toByteArray())) {
      throw new FormatException("an X25519 public key must not be a point of small order");
    }
    return new DevicePublicKeys(VerifyingKey.parse(keys.getSigning()), keys.getHpke());
  }

  private static boolean isOfSmallOrder(byte[] bytes) {
    bytes[HPKE_BYTES - 1] &= (byte) ~HIGHEST_BIT;
    return SMALL_ORDER.contains(HexFormat.of().formatHex(bytes));
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
