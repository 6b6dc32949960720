package dev.sealift.protocol.link;

import com.google.crypto.tink.subtle.Hkdf;
import com.google.crypto.tink.subtle.X25519;
import com.google.protobuf.ByteString;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.crypto.SigningKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;

/** The keys that a link's secret yields, by HKDF-SHA256 without salt: one to sign a join, one to open epoch keys. */
public final class InvitationKeys {
  public static final int SECRET_BYTES = 32;

  private final SigningKey signing;
  private final byte[] hpkePrivate;
  private final DevicePublicKeys publicKeys;

  private InvitationKeys(SigningKey signing, byte[] hpkePrivate) throws InvalidKeyException {
    this.signing = signing;
    this.hpkePrivate = hpkePrivate;
    this.publicKeys = new DevicePublicKeys(
        signing.verifyingKey(), ByteString.copyFrom(X25519.publicFromPrivate(hpkePrivate)));
  }

  /**
   * @throws IllegalArgumentException when the secret is not {@value #SECRET_BYTES} bytes long
   */
  public static InvitationKeys derive(byte[] secret) {
    if (secret.length != SECRET_BYTES) {
      throw new IllegalArgumentException(
          "an invitation's secret is 32 bytes long, not " + secret.length);
    }
    try {
      return new InvitationKeys(
          SigningKey.fromSeed(expand(secret, "sealift.v1 invitation signing")),
          expand(secret, "sealift.v1 invitation hpke"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HKDF or X25519 is missing from this platform", e);
    }
  }

  private static byte[] expand(byte[] secret, String info) throws GeneralSecurityException {
    return Hkdf.computeHkdf(
        "HMACSHA256", secret, new byte[0], info.getBytes(StandardCharsets.US_ASCII), SECRET_BYTES);
  }

  public SigningKey signing() {
    return signing;
  }

  /** The X25519 private key, a copy: for opening the epoch keys sealed to the invitation. */
  public byte[] hpkePrivate() {
    return hpkePrivate.clone();
  }

  public DevicePublicKeys publicKeys() {
    return publicKeys;
  }
}
