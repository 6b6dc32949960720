package dev.sealift.protocol.crypto;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.PublicKeyVerify;
import com.google.crypto.tink.signature.Ed25519PublicKey;
import com.google.crypto.tink.subtle.Ed25519Verify;
import com.google.crypto.tink.util.Bytes;
import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An Ed25519 public key (RFC 8032). */
public final class VerifyingKey {
  public static final int BYTES = 32;
  public static final int SIGNATURE_BYTES = 64;

  /**
   * Every encoding of a point of small order, the bit of the sign left out. With one of these as a key, anyone can make
   * signatures that verify, and implementations differ on which do.
   */
  private static final Set<String> SMALL_ORDER = Set.of(
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

  private static final int SIGN_BIT = 0x80;

  private final byte[] bytes;

  /** Made when it is first used, since most keys of a large space are only looked at. */
  private volatile @Nullable PublicKeyVerify verifier;

  VerifyingKey(byte[] owned) {
    this.bytes = owned;
  }

  /**
   * Copies {@code bytes}. Whether they are a point of the curve shows at verifying.
   *
   * @throws FormatException when they are not {@value #BYTES} bytes, or a key that anyone can sign for
   */
  public static VerifyingKey of(byte[] bytes) throws FormatException {
    if (bytes.length != BYTES) {
      throw new FormatException("an Ed25519 public key must be 32 bytes long, not " + bytes.length);
    }
    if (isOfSmallOrder(bytes)) {
      throw new FormatException("an Ed25519 public key must not be a point of small order");
    }
    return new VerifyingKey(bytes.clone());
  }

  private static boolean isOfSmallOrder(byte[] bytes) {
    byte[] unsigned = bytes.clone();
    unsigned[BYTES - 1] &= (byte) ~SIGN_BIT;
    return SMALL_ORDER.contains(HexFormat.of().formatHex(unsigned));
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
    byte[] message = context.message(parts);
    try {
      verifier().verify(signature, message);
      return true;
    } catch (GeneralSecurityException | RuntimeException e) {
      return false;
    }
  }

  private PublicKeyVerify verifier() {
    PublicKeyVerify made = verifier;
    if (made == null) {
      NativeCrypto.isUsed(); // so that Tink finds it
      made = create();
      verifier = made;
    }
    return made;
  }

  /** Fails for no key: one that is no point of the curve shows at verifying. */
  private PublicKeyVerify create() {
    try {
      return Ed25519Verify.create(tinkKey());
    } catch (GeneralSecurityException e) {
      // Not to be taken for a bad signature, which would accuse whoever signed.
      throw new AssertionError("this platform cannot verify Ed25519 signatures", e);
    }
  }

  @AccessesPartialKey // our formats carry bare keys
  Ed25519PublicKey tinkKey() throws GeneralSecurityException {
    return Ed25519PublicKey.create(Bytes.copyFrom(bytes));
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
