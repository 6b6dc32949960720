package dev.sealift.client.vault;

import com.google.crypto.tink.subtle.AesGcmJce;
import com.google.crypto.tink.subtle.Hkdf;
import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.id.SpaceId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;

/**
 * The content key of one epoch of a space. It never encrypts anything itself: each payload has a key of its own, derived
 * with the salt in its header.
 *
 * <pre>
 * payload key = HKDF-SHA256(ikm = epoch key, salt = header salt, info = "sealift.v1 payload" 00 ‖ collection ‖ epoch u32)
 * payload     = nonce (12, random) ‖ AES-256-GCM(payload key, plaintext, associated data = header body) ‖ tag (16)
 * commitment  = HKDF-SHA256(ikm = epoch key, no salt, info = "sealift.v1 epoch commitment" 00 ‖ collection ‖ epoch u32)
 * wrapping key = HKDF-SHA256(ikm = epoch key, no salt, info = "sealift.v1 previous epoch" 00 ‖ collection ‖ epoch u32 ‖ wrapped epoch u32)
 * wrapped key = nonce (12, random) ‖ AES-256-GCM(wrapping key, an earlier epoch's key, associated data = space ‖ commitment ‖ the earlier one's commitment) ‖ tag (16)
 * </pre>
 */
public final class EpochKey {
  public static final int BYTES = 32;

  /** The nonce before and the tag behind the ciphertext. */
  public static final int SEALING_OVERHEAD = 12 + 16;

  private static final byte[] PAYLOAD = "sealift.v1 payload\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] COMMITMENT =
      "sealift.v1 epoch commitment\0".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] PREVIOUS =
      "sealift.v1 previous epoch\0".getBytes(StandardCharsets.US_ASCII);

  private final int epoch;
  private final byte[] key;

  private EpochKey(int epoch, byte[] owned) {
    this.epoch = epoch;
    this.key = owned;
  }

  /** A fresh one. */
  public static EpochKey generate(int epoch) {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    return new EpochKey(epoch, key);
  }

  /**
   * @throws FormatException when the key is not {@value #BYTES} bytes long
   */
  public static EpochKey of(int epoch, byte[] bytes) throws FormatException {
    if (bytes.length != BYTES) {
      throw new FormatException("an epoch key is 32 bytes long, not " + bytes.length);
    }
    return new EpochKey(epoch, bytes.clone());
  }

  /** The number of the epoch, from 1. */
  public int epoch() {
    return epoch;
  }

  /** Seals a payload for the header that will have this body. */
  public byte[] seal(ByteString salt, ByteString collection, byte[] body, byte[] plaintext) {
    if (plaintext.length + SEALING_OVERHEAD > Limits.MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException(
          "a payload of " + plaintext.length + " bytes is too long to seal");
    }
    try {
      return payloadCipher(salt, collection).encrypt(plaintext, body);
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
      if (header.epoch() != epoch) {
        throw new FormatException("the payload is of another epoch than the key");
      }
      return payloadCipher(header.salt(), header.collection().byteString()).decrypt(sealed, body);
    } catch (GeneralSecurityException e) {
      throw new FormatException(
          "the payload does not open: it was not sealed with this key for this header", e);
    }
  }

  /** What the log holds of this key, so that nobody can hand out two. */
  public ByteString commitment(ByteString collection) {
    return ByteString.copyFrom(derive(new byte[0], info(COMMITMENT, collection, epoch)));
  }

  /**
   * Seals the key of an earlier epoch, for all who have or get this one.
   *
   * @return nonce, ciphertext and tag: {@value #BYTES} + {@value #SEALING_OVERHEAD} bytes
   */
  public ByteString wrap(EpochKey earlier, ByteString collection, SpaceId space) {
    try {
      byte[] bound = bound(space, collection, earlier.commitment(collection));
      return ByteString.copyFrom(
          wrappingCipher(collection, earlier.epoch).encrypt(earlier.key, bound));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM refused to seal", e);
    }
  }

  /**
   * Opens the key of an earlier epoch.
   *
   * @param wrapped the number of that epoch
   * @param commitment what the log holds of its key
   * @throws FormatException when it was not sealed with this key for that epoch of this space, or is not the key that the log holds
   */
  public EpochKey unwrap(
      int wrapped, ByteString sealed, ByteString collection, SpaceId space, ByteString commitment)
      throws FormatException {
    EpochKey earlier;
    try {
      earlier = of(
          wrapped,
          wrappingCipher(collection, wrapped)
              .decrypt(sealed.toByteArray(), bound(space, collection, commitment)));
    } catch (GeneralSecurityException e) {
      throw new FormatException("the key of an earlier epoch does not open", e);
    }
    if (!earlier.commitment(collection).equals(commitment)) {
      throw new FormatException("the key of an earlier epoch is not the one that the log holds");
    }
    return earlier;
  }

  private byte[] bound(SpaceId space, ByteString collection, ByteString earlier) {
    return space.byteString().concat(commitment(collection)).concat(earlier).toByteArray();
  }

  private AesGcmJce wrappingCipher(ByteString collection, int wrapped)
      throws GeneralSecurityException {
    byte[] info = ByteBuffer.allocate(PREVIOUS.length + collection.size() + 2 * Integer.BYTES)
        .put(info(PREVIOUS, collection, epoch))
        .putInt(wrapped)
        .array();
    return new AesGcmJce(derive(new byte[0], info));
  }

  private AesGcmJce payloadCipher(ByteString salt, ByteString collection)
      throws GeneralSecurityException {
    return new AesGcmJce(derive(salt.toByteArray(), info(PAYLOAD, collection, epoch)));
  }

  private static byte[] info(byte[] context, ByteString collection, int epoch) {
    return ByteBuffer.allocate(context.length + collection.size() + Integer.BYTES)
        .put(context)
        .put(collection.asReadOnlyByteBuffer())
        .putInt(epoch)
        .array();
  }

  private byte[] derive(byte[] salt, byte[] info) {
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
