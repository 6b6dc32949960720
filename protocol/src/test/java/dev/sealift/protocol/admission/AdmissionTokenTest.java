package dev.sealift.protocol.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.NewerFormatException;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.proto.AdmissionTokenBody;
import org.junit.jupiter.api.Test;

class AdmissionTokenTest {
  private static final SigningKey OPERATOR = SigningKey.fromSeed(filled(32, 1).toByteArray());
  private static final SigningKey NOTARY = SigningKey.fromSeed(filled(32, 2).toByteArray());
  private static final ByteString TENANT = filled(16, 7);
  private static final SpaceQuota QUOTA = new SpaceQuota(1, 2, 3, 4, 5, 6, 7, 8);

  private static ByteString filled(int length, int value) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) value);
    return ByteString.copyFrom(bytes);
  }

  private static AdmissionToken token() {
    return AdmissionToken.sign(OPERATOR, TENANT, -9, 1_000, 2_000, QUOTA);
  }

  private static SpaceId space(int value) throws FormatException {
    return SpaceId.parse(filled(32, value));
  }

  private static AdmissionTokenBody.Builder body() throws Exception {
    ByteString bytes = token().byteString();
    return AdmissionTokenBody.parseFrom(bytes.substring(0, bytes.size() - 64)).toBuilder();
  }

  private static ByteString withSignature(AdmissionTokenBody.Builder body) {
    return body.build().toByteString().concat(filled(64, 3));
  }

  private static void assertMalformed(ByteString bytes) {
    assertThatExceptionOfType(FormatException.class).isThrownBy(() -> AdmissionToken.parse(bytes));
  }

  @Test
  void itsTextSaysEverythingThatWasSigned() throws FormatException {
    AdmissionToken read = AdmissionToken.parseText("\n " + token().text() + " \n");

    assertThat(read).isEqualTo(token());
    assertThat(read.isSignedBy(OPERATOR.verifyingKey())).isTrue();
    assertThat(read.tenant()).isEqualTo(TENANT);
    assertThat(read.serial()).isEqualTo(-9);
    assertThat(read.issuedAtMillis()).isEqualTo(1_000);
    assertThat(read.expiresAtMillis()).isEqualTo(2_000);
    assertThat(read.quota()).isEqualTo(QUOTA);
  }

  @Test
  void anotherKeyOrAFlippedBitIsNotTheOperators() throws FormatException {
    assertThat(token().isSignedBy(NOTARY.verifyingKey())).isFalse();
    byte[] bytes = token().byteString().toByteArray();
    bytes[4] ^= 1; // in the tenant
    assertThat(AdmissionToken.parse(ByteString.copyFrom(bytes)).isSignedBy(OPERATOR.verifyingKey()))
        .isFalse();
  }

  @Test
  void itIsGoodUntilItExpiresAndNotAMillisecondLonger() {
    assertThat(token().isExpiredAt(1_999)).isFalse();
    assertThat(token().isExpiredAt(2_000)).isTrue();
  }

  @Test
  void fieldsOutOfRangeAreMalformed() throws Exception {
    AdmissionToken.parse(withSignature(body()));
    assertMalformed(withSignature(body().setVersion(0)));
    assertMalformed(withSignature(body().setTenant(filled(15, 1))));
    assertMalformed(withSignature(body().setTenant(filled(17, 1))));
    assertMalformed(withSignature(body().setIssuedAtMillis(-1)));
    assertMalformed(withSignature(body().setExpiresAtMillis(1_000)));
    AdmissionToken.parse(withSignature(body().setExpiresAtMillis(1_001)));
    AdmissionToken.parse(withSignature(body().setExpiresAtMillis(AdmissionToken.MAX_MILLIS - 1)));
    assertMalformed(withSignature(body().setExpiresAtMillis(AdmissionToken.MAX_MILLIS)));
    assertMalformed(withSignature(body().setQuota(QUOTA.toProto().toBuilder().setStoredBytes(-1))));
    assertMalformed(withSignature(
        body().setQuota(QUOTA.toProto().toBuilder().setStoredFiles(Limits.MAX_SEQUENCE))));
  }

  @Test
  void aNewerVersionIsSaidToBeThat() {
    assertThatExceptionOfType(NewerFormatException.class)
        .isThrownBy(() -> AdmissionToken.parse(withSignature(body().setVersion(2))));
  }

  @Test
  void aLengthBeyondTheLimitIsMalformedAndOneAtItIsNot() throws Exception {
    // An unknown field of 3 bytes of tag and length, and what fills it up.
    ByteString body = body().build().toByteString();
    int room = Limits.MAX_ADMISSION_TOKEN_BYTES - 64 - body.size() - 4;
    ByteString fill = ByteString.copyFrom(
            new byte[] {(byte) 0x9a, 6, (byte) (room & 0x7f | 0x80), (byte) (room >> 7)})
        .concat(filled(room, 0));
    ByteString largest = body.concat(fill).concat(filled(64, 3));
    assertThat(largest.size()).isEqualTo(Limits.MAX_ADMISSION_TOKEN_BYTES);
    AdmissionToken read = AdmissionToken.parse(largest);
    assertThat(AdmissionToken.parseText(read.text())).isEqualTo(read);
    assertMalformed(largest.concat(filled(1, 0)));
    assertMalformed(filled(64, 0));
    assertMalformed(ByteString.EMPTY);
  }

  @Test
  void textThatIsNoneIsMalformed() {
    for (String text : new String[] {
      "",
      "sealift-token:",
      "sealift-token:%%%",
      "token:" + token().text(),
      token().text() + "A".repeat(900)
    }) {
      assertThatExceptionOfType(FormatException.class)
          .isThrownBy(() -> AdmissionToken.parseText(text));
    }
  }

  @Test
  void itPrintsNothingOfItself() {
    assertThat(token().toString()).isEqualTo("an admission token");
  }

  @Test
  void aTokenThatCouldNotBeReadIsNotSigned() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AdmissionToken.sign(OPERATOR, TENANT, 1, 2_000, 2_000, QUOTA));
  }

  @Test
  void aGrantOpensForItsOwnSpaceAndNotaryOnly() throws FormatException {
    ByteString grant = AdmissionGrant.bind(token(), space(5), NOTARY);

    assertThat(AdmissionGrant.open(grant, space(5), NOTARY.verifyingKey())).isEqualTo(token());
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> AdmissionGrant.open(grant, space(6), NOTARY.verifyingKey()));
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> AdmissionGrant.open(grant, space(5), OPERATOR.verifyingKey()));
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(
            () -> AdmissionGrant.open(token().byteString(), space(5), NOTARY.verifyingKey()));
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> AdmissionGrant.open(ByteString.EMPTY, space(5), NOTARY.verifyingKey()));
  }

  @Test
  void whatATokenLeavesOpenIsTheMeshs() {
    SpaceQuota partly = new SpaceQuota(1, 0, 3, 0, 5, 0, 7, 0);
    SpaceQuota mesh = new SpaceQuota(10, 20, 30, 40, 50, 60, 70, 80);

    assertThat(partly.or(mesh)).isEqualTo(new SpaceQuota(1, 20, 3, 40, 5, 60, 7, 80));
    assertThat(SpaceQuota.UNSAID.or(mesh)).isEqualTo(mesh);
  }
}
