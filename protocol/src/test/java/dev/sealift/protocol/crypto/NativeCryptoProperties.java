package dev.sealift.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.crypto.tink.subtle.Ed25519Sign;
import com.google.crypto.tink.subtle.Ed25519Verify;
import java.security.GeneralSecurityException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Native code and Tink's own Java must say the same of every signature, or devices disagree on what is in the log. */
class NativeCryptoProperties {
  private static final SignatureContext CONTEXT = SignatureContext.FILE_HEADER;

  @Test
  void theseTestsRunWithNativeCode() {
    assertThat(NativeCrypto.isUsed()).isTrue();
  }

  @Property(tries = 200)
  void bothMakeTheSameSignature(@ForAll @Size(32) byte[] seed, @ForAll byte[] text)
      throws GeneralSecurityException {
    byte[] inJava = new Ed25519Sign(seed).sign(CONTEXT.message(new byte[][] {text}));
    assertThat(SigningKey.fromSeed(seed).sign(CONTEXT, text)).isEqualTo(inJava);
  }

  @Property(tries = 500)
  void bothSayTheSameOfAnAlteredSignature(
      @ForAll @Size(32) byte[] seed, @ForAll byte[] text, @ForAll @IntRange(max = 511) int bit) {
    SigningKey key = SigningKey.fromSeed(seed);
    byte[] signature = key.sign(CONTEXT, text);
    assertThat(key.verifyingKey().verify(CONTEXT, signature, text)).isTrue();
    signature[bit / 8] ^= (byte) (1 << (bit % 8));
    assertSame(key.verifyingKey(), signature, text);
  }

  @Property(tries = 500)
  void bothSayTheSameOfAnyKeyAndSignature(
      @ForAll @Size(32) byte[] key, @ForAll @Size(64) byte[] signature, @ForAll byte[] text) {
    assertSame(new VerifyingKey(key), signature, text);
  }

  private static void assertSame(VerifyingKey key, byte[] signature, byte[] text) {
    assertThat(key.verify(CONTEXT, signature, text))
        .isEqualTo(verifiesInJava(key.toByteArray(), signature, text));
  }

  private static boolean verifiesInJava(byte[] key, byte[] signature, byte[] text) {
    try {
      new Ed25519Verify(key).verify(signature, CONTEXT.message(new byte[][] {text}));
      return true;
    } catch (GeneralSecurityException | RuntimeException e) {
      return false;
    }
  }
}
