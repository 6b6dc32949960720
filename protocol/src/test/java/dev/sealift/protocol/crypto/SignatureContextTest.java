package dev.sealift.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SignatureContextTest {
  private static final byte[] PART = {1, 2, 3};

  private final SigningKey key = SigningKey.fromSeed(new byte[32]);

  /** Signatures are evidence for ever: if this test fails, the format has changed. */
  @Test
  void hasTheTextsThatTheSpecificationGives() {
    assertThat(text(SignatureContext.FILE_HEADER)).isEqualTo("sealift.v1 file header\0");
    assertThat(text(SignatureContext.TREE_HEAD)).isEqualTo("sealift.v1 tree head\0");
    assertThat(text(SignatureContext.INCARNATION)).isEqualTo("sealift.v1 incarnation\0");
    assertThat(text(SignatureContext.CONNECT_DEVICE)).isEqualTo("sealift.v1 connect device\0");
    assertThat(text(SignatureContext.CONNECT_NOTARY)).isEqualTo("sealift.v1 connect notary\0");
    assertThat(text(SignatureContext.CONNECT_INVITATION))
        .isEqualTo("sealift.v1 connect invitation\0");
    assertThat(text(SignatureContext.WELCOME)).isEqualTo("sealift.v1 welcome\0");
    assertThat(text(SignatureContext.JOIN)).isEqualTo("sealift.v1 join\0");
    assertThat(text(SignatureContext.ADMISSION_TOKEN)).isEqualTo("sealift.v1 admission token\0");
    assertThat(text(SignatureContext.ADMISSION_GRANT)).isEqualTo("sealift.v1 admission grant\0");
    assertThat(text(SignatureContext.EVIDENCE)).isEqualTo("sealift.v1 evidence\0");
    assertThat(text(SignatureContext.POSITION)).isEqualTo("sealift.v1 position\0");
    assertThat(SignatureContext.values()).hasSize(12);
  }

  @Test
  void aSignatureIsGoodInItsOwnContextOnly() {
    for (SignatureContext made : SignatureContext.values()) {
      byte[] signature = key.sign(made, PART);
      for (SignatureContext used : SignatureContext.values()) {
        assertThat(key.verifyingKey().verify(used, signature, PART))
            .as("made as %s, used as %s", made, used)
            .isEqualTo(made == used);
      }
    }
  }

  /** Or what is signed in one context could be moved over into another. */
  @Test
  void noContextBeginsAnother() {
    for (SignatureContext one : SignatureContext.values()) {
      for (SignatureContext other : SignatureContext.values()) {
        if (one != other) {
          assertThat(text(other)).doesNotStartWith(text(one));
        }
      }
    }
  }

  @Test
  void partsFollowTheContextWithoutAnythingBetween() {
    byte[] message = SignatureContext.JOIN.message(new byte[] {7}, new byte[0], new byte[] {8, 9});
    byte[] context = "sealift.v1 join\0".getBytes(StandardCharsets.US_ASCII);
    assertThat(Arrays.copyOf(message, context.length)).isEqualTo(context);
    assertThat(Arrays.copyOfRange(message, context.length, message.length))
        .containsExactly(7, 8, 9);
  }

  private static String text(SignatureContext context) {
    return new String(context.message(), StandardCharsets.US_ASCII);
  }
}
