package dev.sealift.client.vault;

import com.google.crypto.tink.subtle.AesGcmJce;
import com.google.crypto.tink.subtle.Hkdf;
import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.file.FileHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;

/**
 * The content key of one epoch of a collection. It never encrypts anything itself: each payload has a key of its own, derived
 * with the salt in its header.
 *
 * <pre>
 * payload key = HKDF-SHA256(ikm = epoch key, salt = header salt, info = "sealift.v1 payload" 00 ‖ collection ‖ epoch u32)
 * payload     = nonce (12, random) ‖ AES-256-GCM(payload key, plaintext, associated data = header body) ‖ tag (16)
 * commitment  = HKDF-SHA256(ikm = epoch key, no salt, info = "sealift.v1 epoch commitment" 00 ‖ collection ‖ epoch u32)
 * </pre>
 */
public final class EpochKey {
  public static final int BYTES = 32;

  /** The nonce before and the tag behind the ciphertext. */
  public static final int SEALING_OVERHEAD = 12 + 16;

  private static final byte[] PAYLOAD = "sealift.v1 payload\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] COMMITMENT =
      "sealift.v1 epoch commitment\0".getBytes(StandardCharsets.US_ASCII);

  private final byte[] key;

  private EpochKey(byte[] owned) {
    this.key = owned;
  }

  public static EpochKey generate() {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    return new EpochKey(key);
  }

  /**
   * @throws FormatException when the key is not {@value #BYTES} bytes long
   */
  public static EpochKey of(byte[] bytes) throws FormatException {
    if (bytes.length != BYTES) {
      throw new FormatException("an epoch key is 32 bytes long, not " + bytes.length);
    }
    return new EpochKey(bytes.clone());
  }

  /** Seals a payload for the header that will have this body. */
  public byte[] seal(
      ByteString salt, ByteString collection, int epoch, byte[] body, byte[] plaintext) {
    if (plaintext.length + SEALING_OVERHEAD > Limits.MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException(
          "a payload of " + plaintext.length + " bytes is too long to seal");
    }
    try {
      return payloadCipher(salt, collection, epoch).encrypt(plaintext, body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM refused to seal", e);
    }
  }

  /**
   * Opens a payload.
   *
   * @throws FormatException when it was not sealed with this key for this header
   */
  public byte[] open(FileHeader header, byte[] body, byte[] sealed) throws FormatException {
    try {
      return payloadCipher(header.salt(), header.collection().byteString(), header.epoch())
          .decrypt(sealed, body);
    } catch (GeneralSecurityException e) {
      throw new FormatException(
          "the payload does not open: it was not sealed with this key for this header", e);
    }
  }

  /** What the log holds of this key, so that an owner cannot hand out two. */
  public ByteString commitment(ByteString collection, int epoch) {
    return ByteString.copyFrom(derive(new byte[0], COMMITMENT, collection, epoch));
  }

  private AesGcmJce payloadCipher(ByteString salt, ByteString collection, int epoch)
      throws GeneralSecurityException {
    return new AesGcmJce(derive(salt.toByteArray(), PAYLOAD, collection, epoch));
  }

  private byte[] derive(byte[] salt, byte[] context, ByteString collection, int epoch) {
    byte[] info = ByteBuffer.allocate(context.length + collection.size() + Integer.BYTES)
        .put(context)
        .put(collection.asReadOnlyByteBuffer())
        .putInt(epoch)
        .array();
    try {
      return Hkdf.computeHkdf("HMACSHA256", key, salt, info, BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HKDF is missing from this platform", e);
    }
  }

  /** The key itself, a copy: for sealing it to devices and for the vault, and for nothing else. */
  public byte[] secret() {
    return key.clone();
  }
}
