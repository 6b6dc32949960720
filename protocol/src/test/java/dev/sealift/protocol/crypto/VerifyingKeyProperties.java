package dev.sealift.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.FormatException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

class VerifyingKeyProperties {
  @Property
  void whatWasSignedVerifies(
      @ForAll @Size(32) byte[] seed, @ForAll SignatureContext context, @ForAll byte[] message) {
    SigningKey key = SigningKey.fromSeed(seed);
    assertThat(key.verifyingKey().verify(context, key.sign(context, message), message))
        .isTrue();
  }

  @Property
  void whatWasNotSignedNeitherVerifiesNorThrows(
      @ForAll @Size(32) byte[] publicKey, @ForAll byte[] signature, @ForAll byte[] message) {
    assertThat(verifies(publicKey, signature, message)).isFalse();
  }

  @Property
  void randomSignaturesOfTheRightLengthNeitherVerifyNorThrow(
      @ForAll @Size(32) byte[] publicKey,
      @ForAll @Size(64) byte[] signature,
      @ForAll byte[] message) {
    assertThat(verifies(publicKey, signature, message)).isFalse();
  }

  private static boolean verifies(byte[] publicKey, byte[] signature, byte[] message) {
    try {
      return VerifyingKey.of(publicKey).verify(SignatureContext.JOIN, signature, message);
    } catch (FormatException refused) {
      return false;
    }
  }
}
