package dev.sealift.protocol.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.SpaceId;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class JoinSignatureTest {
  private final SampleDevice invitation = SampleDevice.number(10);
  private final SampleDevice device = SampleDevice.number(2);
  private final SampleDevice other = SampleDevice.number(3);
  private final SpaceId space = SampleFiles.genesis(SampleDevice.number(1)).space();
  private final VerifyingKey key = invitation.signing().verifyingKey();
  private final byte[] signature =
      JoinSignature.sign(invitation.signing(), space, device.keys(), device.member());

  /** A join stays in the log for ever: if this test fails, the format has changed. */
  @Test
  void coversTheBytesThatTheSpecificationGives() {
    String message = "460d3e2efcf25b838acf6e040e2a710e52297e2f22e38046732118f69a7b5e8d"
        + "8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394"
        + "42".repeat(32)
        + "82".repeat(16);
    assertThat(key.verify(SignatureContext.JOIN, signature, HexFormat.of().parseHex(message)))
        .isTrue();
    assertThat(HexFormat.of().formatHex(signature))
        .isEqualTo("451af7f1a5fc64b3a5efc86fae364bbc12952086bf9b36477469d435c88203f9"
            + "83c7a2f9ee05a8aa19885bbb976864373c9981635076bd53f5d19400852dac04");
  }

  @Test
  void isGoodForThisJoinOnly() {
    DevicePublicKeys otherSigning =
        new DevicePublicKeys(other.keys().signing(), device.keys().hpke());
    DevicePublicKeys otherHpke =
        new DevicePublicKeys(device.keys().signing(), other.keys().hpke());
    SpaceId otherSpace = SampleFiles.genesis(other).space();
    assertThat(JoinSignature.verify(key, signature, space, device.keys(), device.member()))
        .isTrue();
    assertThat(JoinSignature.verify(key, signature, otherSpace, device.keys(), device.member()))
        .isFalse();
    assertThat(JoinSignature.verify(key, signature, space, otherSigning, device.member()))
        .isFalse();
    assertThat(JoinSignature.verify(key, signature, space, otherHpke, device.member()))
        .isFalse();
    assertThat(JoinSignature.verify(key, signature, space, device.keys(), other.member()))
        .isFalse();
    assertThat(JoinSignature.verify(
            other.keys().signing(), signature, space, device.keys(), device.member()))
        .isFalse();
  }
}
