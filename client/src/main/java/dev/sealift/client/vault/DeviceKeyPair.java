package dev.sealift.client.vault;

import com.google.crypto.tink.subtle.X25519;
import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.DeviceId;
import java.security.InvalidKeyException;
import java.util.Arrays;

/** A device's private keys in one space: one to sign, one to open what is sealed to it. Prints nothing of them. */
public final class DeviceKeyPair {
  private static final int HPKE_BYTES = 32;

  private final SigningKey signing;
  private final byte[] hpkePrivate;
  private final DevicePublicKeys publicKeys;
  private final DeviceId id;

  private DeviceKeyPair(SigningKey signing, byte[] hpkePrivate) {
    this.signing = signing;
    this.hpkePrivate = hpkePrivate;
    try {
      this.publicKeys = new DevicePublicKeys(
          signing.verifyingKey(), ByteString.copyFrom(X25519.publicFromPrivate(hpkePrivate)));
    } catch (InvalidKeyException e) {
      throw new IllegalStateException("32 bytes are always an X25519 private key", e);
    }
    this.id = publicKeys.id();
  }

  public static DeviceKeyPair generate() {
    return new DeviceKeyPair(SigningKey.generate(), X25519.generatePrivateKey());
  }

  /** Reads what {@link #secret} gave. */
  public static DeviceKeyPair of(byte[] secret) throws FormatException {
    if (secret.length != SigningKey.SEED_BYTES + HPKE_BYTES) {
      throw new FormatException("a device's keys are 64 bytes long, not " + secret.length);
    }
    return new DeviceKeyPair(
        SigningKey.fromSeed(Arrays.copyOf(secret, SigningKey.SEED_BYTES)),
        Arrays.copyOfRange(secret, SigningKey.SEED_BYTES, secret.length));
  }

  /** Both private keys: for the vault, and for nothing else. */
  public byte[] secret() {
    byte[] secret = Arrays.copyOf(signing.seed(), SigningKey.SEED_BYTES + HPKE_BYTES);
    System.arraycopy(hpkePrivate, 0, secret, SigningKey.SEED_BYTES, HPKE_BYTES);
    return secret;
  }

  public SigningKey signing() {
    return signing;
  }

  /** The X25519 private key, a copy. */
  public byte[] hpkePrivate() {
    return hpkePrivate.clone();
  }

  public DevicePublicKeys publicKeys() {
    return publicKeys;
  }

  public DeviceId id() {
    return id;
  }
}
