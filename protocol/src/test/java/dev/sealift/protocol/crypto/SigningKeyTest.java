package dev.sealift.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SigningKeyTest {

  /** Section 7.1 of RFC 8032: tests 1, 2, 3 and "SHA(abc)". */
  @ParameterizedTest
  @CsvSource({
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60,"
        + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb,"
        + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7,"
        + "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42,"
        + "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf"
  })
  void publicKeysAreThoseOfRfc8032(String seed, String publicKey) {
    SigningKey key = SigningKey.fromSeed(HexFormat.of().parseHex(seed));
    assertThat(key.verifyingKey()).hasToString(publicKey);
    assertThat(HexFormat.of().formatHex(key.seed())).isEqualTo(seed);
  }

  /** Signatures are deterministic, so another implementation's must be the same to the byte. */
  @Test
  void signaturesAreThoseOfAnotherImplementation() throws GeneralSecurityException {
    byte[] message = SignatureContext.TREE_HEAD.message(new byte[] {1, 2}, new byte[] {3});
    for (int fill = 0; fill < 16; fill++) {
      byte[] seed = new byte[32];
      seed[31] = (byte) fill;
      assertThat(SigningKey.fromSeed(seed).sign(SignatureContext.TREE_HEAD, new byte[] {1, 2, 3}))
          .isEqualTo(jdkSignature(seed, message));
    }
  }

  /** The implementation compared with makes RFC 8032's own signature: section 7.1, test 2. */
  @Test
  void theOtherImplementationIsRfc8032() throws GeneralSecurityException {
    byte[] seed =
        HexFormat.of().parseHex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    assertThat(HexFormat.of().formatHex(jdkSignature(seed, new byte[] {0x72})))
        .isEqualTo("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  }

  @Test
  void onlyASeedOfTheRightLengthMakesAKey() {
    for (int length : new int[] {0, 31, 33, 64}) {
      assertThatIllegalArgumentException().isThrownBy(() -> SigningKey.fromSeed(new byte[length]));
    }
  }

  @Test
  void whatIsHandedInAndOutIsCopied() {
    byte[] seed = new byte[32];
    SigningKey key = SigningKey.fromSeed(seed);
    seed[0] = 1;
    key.seed()[0] = 1;
    assertThat(key.seed()).isEqualTo(new byte[32]);
  }

  @Test
  void generatedKeysDiffer() {
    assertThat(SigningKey.generate().seed()).isNotEqualTo(SigningKey.generate().seed());
  }

  @Test
  void printsNothingOfItself() {
    SigningKey key = SigningKey.generate();
    assertThat(key.toString())
        .doesNotContain(HexFormat.of().formatHex(key.seed()).substring(0, 8));
  }

  private static byte[] jdkSignature(byte[] seed, byte[] message) throws GeneralSecurityException {
    PrivateKey key = KeyFactory.getInstance("Ed25519")
        .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(key);
    signature.update(message);
    return signature.sign();
  }
}
