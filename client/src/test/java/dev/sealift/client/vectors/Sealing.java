package dev.sealift.client.vectors;

import com.google.crypto.tink.subtle.Hkdf;
import com.google.crypto.tink.subtle.X25519;
import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Sealing with nonces and ephemeral keys that are given, which production code never allows: written out from section 7 and RFC
 * 9180. Production code must open what comes of it.
 */
public final class Sealing {
  private static final String SUITE = "HPKE" + "\0\u0020" + "\0\u0001" + "\0\u0002";
  private static final String KEM = "KEM" + "\0\u0020";

  private Sealing() {}

  /** HPKE, with what its steps come to. */
  public record Sealed(
      byte[] info, byte[] sharedSecret, byte[] key, byte[] baseNonce, byte[] sealedKey) {}

  public static byte[] payloadKey(byte[] epochKey, byte[] salt, byte[] collection, int epoch)
      throws GeneralSecurityException {
    byte[] info = joined(ascii("sealift.v1 payload\0"), collection, u32(epoch));
    return Hkdf.computeHkdf("HMACSHA256", epochKey, salt, info, 32);
  }

  public static byte[] sealPayload(byte[] payloadKey, byte[] nonce, byte[] plaintext, byte[] body)
      throws GeneralSecurityException {
    return joined(nonce, gcm(payloadKey, nonce, plaintext, body));
  }

  private static byte[] gcm(byte[] key, byte[] nonce, byte[] plaintext, byte[] associatedData)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
    cipher.updateAAD(associatedData);
    return cipher.doFinal(plaintext);
  }

  public static byte[] info(byte[] collection, int epoch) {
    return joined(ascii("sealift.v1 epoch key\0"), collection, u32(epoch));
  }

  public static Sealed sealKey(byte[] epochKey, byte[] info, byte[] recipient, byte[] ephemeral)
      throws GeneralSecurityException {
    byte[] encapsulated = X25519.publicFromPrivate(ephemeral);
    byte[] shared = X25519.computeSharedSecret(ephemeral, recipient);
    byte[] extracted = extract(new byte[0], KEM, "eae_prk", shared);
    byte[] sharedSecret =
        expand(extracted, KEM, "shared_secret", joined(encapsulated, recipient), 32);
    byte[] context = joined(
        new byte[1],
        extract(new byte[0], SUITE, "psk_id_hash", new byte[0]),
        extract(new byte[0], SUITE, "info_hash", info));
    byte[] secret = extract(sharedSecret, SUITE, "secret", new byte[0]);
    byte[] key = expand(secret, SUITE, "key", context, 32);
    byte[] nonce = expand(secret, SUITE, "base_nonce", context, 12);
    byte[] sealed = joined(encapsulated, gcm(key, nonce, epochKey, new byte[0]));
    return new Sealed(info, sharedSecret, key, nonce, sealed);
  }

  private static byte[] extract(byte[] salt, String suite, String label, byte[] material)
      throws GeneralSecurityException {
    return hmac(salt.length == 0 ? new byte[32] : salt, joined(labelled(suite, label), material));
  }

  private static byte[] expand(byte[] key, String suite, String label, byte[] info, int length)
      throws GeneralSecurityException {
    byte[] lengthBytes = {(byte) (length >> 8), (byte) length};
    byte[] block = joined(lengthBytes, labelled(suite, label), info, new byte[] {1});
    return Arrays.copyOf(hmac(key, block), length);
  }

  private static byte[] labelled(String suite, String label) {
    return ascii("HPKE-v1" + suite + label);
  }

  private static byte[] hmac(byte[] key, byte[] message) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(message);
  }

  private static byte[] u32(int number) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    Arrays.stream(parts).forEach(joined::writeBytes);
    return joined.toByteArray();
  }

  /** One byte, again and again. */
  public static byte[] filled(int length, int fill) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) fill);
    return bytes;
  }

  public static ByteString filledString(int length, int fill) {
    return ByteString.copyFrom(filled(length, fill));
  }
}
