package dev.sealift.protocol.crypto;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.PublicKeySign;
import com.google.crypto.tink.signature.Ed25519PrivateKey;
import com.google.crypto.tink.subtle.Ed25519Sign;
import com.google.crypto.tink.util.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/** An Ed25519 private key (RFC 8032). Prints nothing of itself; {@link #seed} is the one way to its bytes. */
public final class SigningKey {
  public static final int SEED_BYTES = 32;

  private final byte[] seed;
  private final VerifyingKey verifyingKey;

  /** Made when it is first used: loading what signs takes longer than a short command that does not. */
  private volatile @Nullable PublicKeySign signer;

  private SigningKey(byte[] seed) {
    try {
      Ed25519Sign.KeyPair pair = Ed25519Sign.KeyPair.newKeyPairFromSeed(seed);
      this.seed = seed;
      this.verifyingKey = new VerifyingKey(pair.getPublicKey());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Ed25519 is missing from this platform", e);
    }
  }

  public static SigningKey generate() {
    byte[] seed = new byte[SEED_BYTES];
    new SecureRandom().nextBytes(seed);
    return new SigningKey(seed);
  }

  /**
   * The key that belongs to a seed.
   *
   * @throws IllegalArgumentException when the seed is not {@value #SEED_BYTES} bytes long
   */
  public static SigningKey fromSeed(byte[] seed) {
    if (seed.length != SEED_BYTES) {
      throw new IllegalArgumentException("an Ed25519 seed is 32 bytes long, not " + seed.length);
    }
    return new SigningKey(seed.clone());
  }

  /** The signature, {@value VerifyingKey#SIGNATURE_BYTES} bytes, over the context and the parts. */
  public byte[] sign(SignatureContext context, byte[]... parts) {
    try {
      return signer().sign(context.message(parts));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Ed25519 refused to sign", e);
    }
  }

  @AccessesPartialKey // the vault keeps bare seeds
  private PublicKeySign signer() throws GeneralSecurityException {
    PublicKeySign made = signer;
    if (made == null) {
      NativeCrypto.isUsed(); // so that Tink finds it
      made = Ed25519Sign.create(Ed25519PrivateKey.create(
          verifyingKey.tinkKey(), SecretBytes.copyFrom(seed, InsecureSecretKeyAccess.get())));
      signer = made;
    }
    return made;
  }

  public VerifyingKey verifyingKey() {
    return verifyingKey;
  }

  /** The private seed, a copy: for the vault and the notary's key file, and for nothing else. */
  public byte[] seed() {
    return seed.clone();
  }
}
