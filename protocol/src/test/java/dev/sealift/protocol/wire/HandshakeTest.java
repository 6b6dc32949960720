package dev.sealift.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.DeviceId;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandshakeTest {
  private static final long SERVER_TIME = SampleFiles.NEW_YEAR_MILLIS;
  private static final ByteString SPACE = SampleFiles.filled(32, 0x11);
  private static final ByteString CLIENT_NONCE = SampleFiles.filled(32, 0x22);
  private static final ByteString SERVER_NONCE = SampleFiles.filled(32, 0x33);

  private final SigningKey notaryKey = SampleFiles.NOTARY_KEY;
  private final VerifyingKey notary = notaryKey.verifyingKey();
  private final SampleDevice device = SampleDevice.number(1);
  private final SampleDevice other = SampleDevice.number(2);
  private final VerifyingKey deviceKey = device.keys().signing();
  private final Handshake handshake = new Handshake(1, notary, SPACE, CLIENT_NONCE, SERVER_NONCE);

  private final byte[] asNotary = handshake.signAsNotary(notaryKey, SERVER_TIME);
  private final byte[] asDevice = handshake.signAsDevice(device.signing(), device.id());
  private final byte[] asInvitation = handshake.signAsInvitation(other.signing(), device.id());

  /** Another program has to sign the same: if this test fails, the format has changed. */
  @Test
  void coversTheBytesThatTheSpecificationGives() {
    String shared = "00000001"
        + "c853ad0f0cd2b619aea92ceec4fd56a24d6499d584ce79257e45cfd8139b60a7"
        + "11".repeat(32)
        + "22".repeat(32)
        + "33".repeat(32);
    byte[] forNotary = HexFormat.of().parseHex(shared + "0000019b76daa800");
    byte[] forDevice = HexFormat.of()
        .parseHex(shared + "9214765f93a4e21fb10182f099f8823cc6ece820dc26ecdd1f89010e1476babb");
    assertThat(notary.verify(SignatureContext.CONNECT_NOTARY, asNotary, forNotary))
        .isTrue();
    assertThat(deviceKey.verify(SignatureContext.CONNECT_DEVICE, asDevice, forDevice))
        .isTrue();
    assertThat(other
            .keys()
            .signing()
            .verify(SignatureContext.CONNECT_INVITATION, asInvitation, forDevice))
        .isTrue();
    assertThat(HexFormat.of().formatHex(asNotary))
        .isEqualTo("af3fac3d5f3e60dc08b3f2c94b839a2d85dab4f65b7c6eac2f11ce4b80d39bc6"
            + "3e3ade5db6b4f3583801d20a3d54a2db5f93ab08936c0ac3512f854af3f0bd02");
  }

  @Test
  void everybodysSignatureVerifies() {
    assertThat(handshake.verifyNotary(asNotary, SERVER_TIME)).isTrue();
    assertThat(handshake.verifyDevice(deviceKey, device.id(), asDevice)).isTrue();
    assertThat(handshake.verifyInvitation(other.keys().signing(), device.id(), asInvitation))
        .isTrue();
  }

  @Test
  void anyOtherFieldMakesEverySignatureFail() {
    ByteString changed = SampleFiles.filled(31, 0x11).concat(SampleFiles.filled(1, 0x10));
    List<Handshake> others = List.of(
        new Handshake(2, notary, SPACE, CLIENT_NONCE, SERVER_NONCE),
        new Handshake(1, other.keys().signing(), SPACE, CLIENT_NONCE, SERVER_NONCE),
        new Handshake(1, notary, changed, CLIENT_NONCE, SERVER_NONCE),
        new Handshake(1, notary, ByteString.EMPTY, CLIENT_NONCE, SERVER_NONCE),
        new Handshake(1, notary, SPACE, changed, SERVER_NONCE),
        new Handshake(1, notary, SPACE, CLIENT_NONCE, changed),
        new Handshake(1, notary, SPACE, SERVER_NONCE, CLIENT_NONCE));
    for (Handshake wrong : others) {
      assertThat(wrong.verifyNotary(asNotary, SERVER_TIME)).as("%s", wrong).isFalse();
      assertThat(wrong.verifyDevice(deviceKey, device.id(), asDevice))
          .as("%s", wrong)
          .isFalse();
      assertThat(wrong.verifyInvitation(other.keys().signing(), device.id(), asInvitation))
          .as("%s", wrong)
          .isFalse();
    }
  }

  @Test
  void theServerTimeIsSigned() {
    assertThat(handshake.verifyNotary(asNotary, SERVER_TIME + 1)).isFalse();
    assertThat(handshake.verifyNotary(asNotary, -SERVER_TIME)).isFalse();
  }

  @Test
  void theDeviceIsSigned() {
    DeviceId otherId = other.id();
    assertThat(handshake.verifyDevice(deviceKey, otherId, asDevice)).isFalse();
    assertThat(handshake.verifyInvitation(other.keys().signing(), otherId, asInvitation))
        .isFalse();
  }

  @Test
  void onlyTheRightKeyVerifies() {
    assertThat(handshake.verifyDevice(other.keys().signing(), device.id(), asDevice))
        .isFalse();
    assertThat(handshake.verifyInvitation(deviceKey, device.id(), asInvitation)).isFalse();
    byte[] byAnother = handshake.signAsNotary(device.signing(), SERVER_TIME);
    assertThat(handshake.verifyNotary(byAnother, SERVER_TIME)).isFalse();
  }

  @Test
  void aDevicesProofIsNoInvitations() {
    assertThat(handshake.verifyInvitation(deviceKey, device.id(), asDevice)).isFalse();
    assertThat(handshake.verifyDevice(other.keys().signing(), device.id(), asInvitation))
        .isFalse();
  }

  @Test
  void signaturesOfAnyOtherLengthNeitherVerifyNorThrow() {
    for (int length : new int[] {0, 63, 65}) {
      assertThat(handshake.verifyNotary(new byte[length], SERVER_TIME)).isFalse();
      assertThat(handshake.verifyDevice(deviceKey, device.id(), new byte[length]))
          .isFalse();
      assertThat(handshake.verifyInvitation(deviceKey, device.id(), new byte[length]))
          .isFalse();
    }
  }

  @Test
  void noSpaceIsSignedAsZeros() {
    Handshake without = new Handshake(1, notary, ByteString.EMPTY, CLIENT_NONCE, SERVER_NONCE);
    assertThat(without.space()).isEqualTo(SampleFiles.filled(32, 0));
    byte[] signature = without.signAsNotary(notaryKey, SERVER_TIME);
    assertThat(without.verifyNotary(signature, SERVER_TIME)).isTrue();
  }

  @Test
  void fieldsOfAnyOtherLengthAreRefused() {
    ByteString wrong = SampleFiles.filled(31, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Handshake(1, notary, wrong, CLIENT_NONCE, SERVER_NONCE));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Handshake(1, notary, SPACE, wrong, SERVER_NONCE));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Handshake(1, notary, SPACE, CLIENT_NONCE, wrong));
  }
}
