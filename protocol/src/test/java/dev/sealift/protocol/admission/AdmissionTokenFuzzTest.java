package dev.sealift.protocol.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.SigningKey;

/** Tokens as bytes and as text. */
class AdmissionTokenFuzzTest {
  private static final SigningKey OPERATOR = SigningKey.fromSeed(new byte[SigningKey.SEED_BYTES]);

  @FuzzTest
  void parse(byte[] bytes) {
    AdmissionToken token;
    try {
      token = AdmissionToken.parse(ByteString.copyFrom(bytes));
    } catch (FormatException refused) {
      return;
    }
    assertThat(token.byteString().toByteArray()).isEqualTo(bytes);
    requireSound(token);
  }

  @FuzzTest
  void parseText(FuzzedDataProvider data) {
    try {
      requireSound(AdmissionToken.parseText(data.consumeRemainingAsString()));
    } catch (FormatException refused) {
      // what it may do
    }
  }

  private static void requireSound(AdmissionToken token) {
    assertThat(token.tenant().size()).isEqualTo(AdmissionToken.TENANT_BYTES);
    assertThat(token.issuedAtMillis()).isNotNegative();
    assertThat(token.expiresAtMillis())
        .isGreaterThan(token.issuedAtMillis())
        .isLessThan(AdmissionToken.MAX_MILLIS);
    assertThat(token.isSignedBy(OPERATOR.verifyingKey())).isIn(true, false);
    try {
      assertThat(AdmissionToken.parseText(token.text())).isEqualTo(token);
      assertThat(SpaceQuota.parse(token.quota().toProto())).isEqualTo(token.quota());
    } catch (FormatException e) {
      throw new AssertionError("what is written is read back", e);
    }
  }
}
