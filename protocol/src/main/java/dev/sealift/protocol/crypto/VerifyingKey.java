package dev.sealift.protocol.crypto;

import com.google.crypto.tink.subtle.Ed25519Verify;
import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;

/** An Ed25519 public key (RFC 8032). */
public final class VerifyingKey {
  public static final int BYTES = 32;
  public static final int SIGNATURE_BYTES = 64;

  private final byte[] bytes;
  private final Ed25519Verify verifier;

  VerifyingKey(byte[] owned) {
    this.bytes = owned;
    this.verifier = new Ed25519Verify(owned);
  }

  /** Copies {@code bytes}, which must be {@value #BYTES} long. Whether they are a point of the curve shows at verifying. */
  public static VerifyingKey of(byte[] bytes) throws FormatException {
    if (bytes.length != BYTES) {
      throw new FormatException("an Ed25519 public key must be 32 bytes long, not " + bytes.length);
    }
    return new VerifyingKey(bytes.clone());
  }

  /** Reads the value of a protobuf field. */
  public static VerifyingKey parse(ByteString bytes) throws FormatException {
    return of(bytes.toByteArray());
  }

  /** Whether {@code signature} was made by this key over these parts in this context. Never throws on hostile input. */
  public boolean verify(SignatureContext context, byte[] signature, byte[]... parts) {
    if (signature.length != SIGNATURE_BYTES) {
      return false;
    }
    try {
      verifier.verify(signature, context.message(parts));
      return true;
    } catch (GeneralSecurityException | RuntimeException e) {
      return false;
    }
  }

  /** A copy. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  public ByteString byteString() {
    return ByteString.copyFrom(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerifyingKey && Arrays.equals(bytes, ((VerifyingKey) other).bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Lower-case hexadecimal. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
