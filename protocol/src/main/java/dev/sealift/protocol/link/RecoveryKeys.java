package dev.sealift.protocol.link;

import com.google.crypto.tink.subtle.Hkdf;
import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.MemberId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;

/**
 * What the 128 random bits of a paper key yield, by HKDF-SHA256 without salt: all that makes the genesis of a recovery space the same bytes whenever it is made, for one
 * mesh, and the secret of the invitation by which a device comes into it. They are random already, so nothing stretches them.
 */
public final class RecoveryKeys {
  public static final int ENTROPY_BYTES = 16;

  /** Of everything that is derived but the member. */
  private static final int KEY_BYTES = 32;

  private final SigningKey founderSigning;
  private final byte[] founderHpkePrivate;
  private final MemberId member;
  private final byte[] epochKey;
  private final ByteString genesisSalt;
  private final byte[] invitationSecret;

  private RecoveryKeys(byte[] entropy) throws GeneralSecurityException, FormatException {
    this.founderSigning = SigningKey.fromSeed(expand(entropy, "founder signing", KEY_BYTES));
    this.founderHpkePrivate = expand(entropy, "founder hpke", KEY_BYTES);
    this.member = MemberId.of(expand(entropy, "member", MemberId.BYTES));
    this.epochKey = expand(entropy, "epoch key", KEY_BYTES);
    this.genesisSalt = ByteString.copyFrom(expand(entropy, "genesis salt", KEY_BYTES));
    this.invitationSecret = expand(entropy, "invitation", InvitationKeys.SECRET_BYTES);
  }

  /**
   * @param entropy what the words stand for, without their checksum
   * @throws IllegalArgumentException when it is not {@value #ENTROPY_BYTES} bytes long
   */
  public static RecoveryKeys derive(byte[] entropy) {
    if (entropy.length != ENTROPY_BYTES) {
      throw new IllegalArgumentException(
          "a paper key's entropy is 16 bytes long, not " + entropy.length);
    }
    try {
      return new RecoveryKeys(entropy);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HKDF is missing from this platform", e);
    } catch (FormatException e) {
      throw new IllegalStateException("what is derived is as long as it was asked for", e);
    }
  }

  private static byte[] expand(byte[] entropy, String use, int length)
      throws GeneralSecurityException {
    byte[] info = ("sealift.v1 recovery " + use).getBytes(StandardCharsets.US_ASCII);
    return Hkdf.computeHkdf("HMACSHA256", entropy, new byte[0], info, length);
  }

  public SigningKey founderSigning() {
    return founderSigning;
  }

  /** The founder's X25519 private key, a copy. */
  public byte[] founderHpkePrivate() {
    return founderHpkePrivate.clone();
  }

  /** The founder's, and of every device that comes in by the words. */
  public MemberId member() {
    return member;
  }

  /** Of epoch 1, a copy. */
  public byte[] epochKey() {
    return epochKey.clone();
  }

  /** Of the genesis's header. */
  public ByteString genesisSalt() {
    return genesisSalt;
  }

  /** A copy: see {@link InvitationKeys}. */
  public byte[] invitationSecret() {
    return invitationSecret.clone();
  }
}
