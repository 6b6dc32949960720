package dev.sealift.protocol.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sealift.protocol.SampleDevice;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class InvitationKeysTest {
  private final InvitationKeys keys = InvitationKeys.derive(SampleDevice.filled(32, 0x5e));

  /** Links lie in mailboxes: if this test fails, the format has changed. */
  @Test
  void areTheKeysThatTheSpecificationGives() {
    assertThat(HexFormat.of().formatHex(keys.signing().seed()))
        .isEqualTo("6a990c2f5b3b6438c337a0954145f242f17157400186a5321c61687b137a0d22");
    assertThat(keys.publicKeys().signing())
        .hasToString("1aaa39ca9361ff8e8c15997d970b731a7b750567ef4353e2f02e9985a66038a7");
    assertThat(HexFormat.of().formatHex(keys.hpkePrivate()))
        .isEqualTo("a964e2cbb6778727d92aac0b54f7aa0dd8b453651cc30ae48d75ded616e76960");
    assertThat(HexFormat.of().formatHex(keys.publicKeys().hpke().toByteArray()))
        .isEqualTo("c3cfbcf881acd82a14d1c4a9f29ebcfe15ebdb5c2244273c334b9778ac9f3649");
  }

  @Test
  void anotherSecretYieldsOtherKeys() {
    InvitationKeys others = InvitationKeys.derive(SampleDevice.filled(32, 0x5f));
    assertThat(others.publicKeys().signing()).isNotEqualTo(keys.publicKeys().signing());
    assertThat(others.publicKeys().hpke()).isNotEqualTo(keys.publicKeys().hpke());
  }

  @Test
  void onlyASecretOfTheRightLengthYieldsKeys() {
    for (int length : new int[] {0, 31, 33}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> InvitationKeys.derive(new byte[length]));
    }
  }

  @Test
  void whatIsHandedOutIsCopied() {
    byte[] before = keys.hpkePrivate();
    keys.hpkePrivate()[0] ^= 1;
    assertThat(keys.hpkePrivate()).isEqualTo(before);
  }

  @Test
  void printNothingOfThemselves() {
    assertThat(keys.toString())
        .doesNotContain(HexFormat.of().formatHex(keys.hpkePrivate()).substring(0, 8));
  }
}
