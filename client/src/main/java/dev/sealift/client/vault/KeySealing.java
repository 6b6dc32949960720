package dev.sealift.client.vault;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.HybridDecrypt;
import com.google.crypto.tink.HybridEncrypt;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.Key;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.hybrid.HpkeParameters;
import com.google.crypto.tink.hybrid.HpkePrivateKey;
import com.google.crypto.tink.hybrid.HpkePublicKey;
import com.google.crypto.tink.hybrid.HybridConfig;
import com.google.crypto.tink.util.Bytes;
import com.google.crypto.tink.util.SecretBytes;
import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;

/**
 * Epoch keys sealed to one recipient by HPKE (RFC 9180): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, base mode,
 * info = "sealift.v1 epoch key" 00 ‖ collection ‖ epoch u32. A sealed key is the encapsulated key (32 bytes) followed by
 * the ciphertext of the key's 32 bytes.
 *
 * <p>The space is not part of the info, because at genesis it has no id yet; the commitment in the log binds key and space.
 */
public final class KeySealing {
  private static final byte[] INFO = "sealift.v1 epoch key\0".getBytes(StandardCharsets.US_ASCII);
  private static final HpkeParameters PARAMETERS = parameters();

  private KeySealing() {}

  private static HpkeParameters parameters() {
    try {
      HybridConfig.register();
      return HpkeParameters.builder()
          .setKemId(HpkeParameters.KemId.DHKEM_X25519_HKDF_SHA256)
          .setKdfId(HpkeParameters.KdfId.HKDF_SHA256)
          .setAeadId(HpkeParameters.AeadId.AES_256_GCM)
          .setVariant(HpkeParameters.Variant.NO_PREFIX)
          .build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HPKE is missing from this platform", e);
    }
  }

  /**
   * Seals a key to an X25519 public key.
   *
   * @throws FormatException when the public key is not one
   */
  public static ByteString seal(ByteString recipient, ByteString collection, EpochKey key)
      throws FormatException {
    try {
      HybridEncrypt encrypt = handle(publicKey(recipient))
          .getPrimitive(RegistryConfiguration.get(), HybridEncrypt.class);
      return ByteString.copyFrom(encrypt.encrypt(key.secret(), info(collection, key.epoch())));
    } catch (GeneralSecurityException e) {
      throw new FormatException("an epoch key cannot be sealed to this public key", e);
    }
  }

  /**
   * Opens a sealed key.
   *
   * @param privateKey X25519, 32 bytes
   * @throws FormatException when it was not sealed to this key in this context
   */
  @AccessesPartialKey
  public static EpochKey open(
      byte[] privateKey, ByteString publicKey, ByteString collection, int epoch, ByteString sealed)
      throws FormatException {
    try {
      HpkePrivateKey key = HpkePrivateKey.create(
          publicKey(publicKey), SecretBytes.copyFrom(privateKey, InsecureSecretKeyAccess.get()));
      HybridDecrypt decrypt =
          handle(key).getPrimitive(RegistryConfiguration.get(), HybridDecrypt.class);
      return EpochKey.of(epoch, decrypt.decrypt(sealed.toByteArray(), info(collection, epoch)));
    } catch (GeneralSecurityException e) {
      throw new FormatException("the epoch key was not sealed to this device", e);
    }
  }

  @AccessesPartialKey
  private static HpkePublicKey publicKey(ByteString bytes) throws GeneralSecurityException {
    return HpkePublicKey.create(PARAMETERS, Bytes.copyFrom(bytes.toByteArray()), null);
  }

  private static KeysetHandle handle(Key key) throws GeneralSecurityException {
    return KeysetHandle.newBuilder()
        .addEntry(KeysetHandle.importKey(key).withRandomId().makePrimary())
        .build();
  }

  private static byte[] info(ByteString collection, int epoch) {
    return ByteBuffer.allocate(INFO.length + collection.size() + Integer.BYTES)
        .put(INFO)
        .put(collection.asReadOnlyByteBuffer())
        .putInt(epoch)
        .array();
  }
}
