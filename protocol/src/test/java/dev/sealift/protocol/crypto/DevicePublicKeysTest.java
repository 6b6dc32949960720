package dev.sealift.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.subtle.X25519;
import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.proto.DeviceKeys;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DevicePublicKeysTest {
  private final DevicePublicKeys keys = SampleDevice.number(1).keys();

  /** A device is named by its id for ever: if this test fails, the format has changed. */
  @Test
  void hasTheIdThatTheSpecificationGives() {
    assertThat(keys.signing())
        .hasToString("8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c");
    assertThat(keys.id())
        .hasToString("9214765f93a4e21fb10182f099f8823cc6ece820dc26ecdd1f89010e1476babb");
  }

  @Test
  void eitherKeyMakesAnotherId() {
    SampleDevice other = SampleDevice.number(2);
    assertThat(new DevicePublicKeys(keys.signing(), other.keys().hpke()).id())
        .isNotEqualTo(keys.id());
    assertThat(new DevicePublicKeys(other.keys().signing(), keys.hpke()).id())
        .isNotEqualTo(keys.id());
  }

  @Test
  void comesBackFromItsMessage() throws FormatException {
    assertThat(DevicePublicKeys.parse(keys.toProto())).isEqualTo(keys).hasSameHashCodeAs(keys);
  }

  @Test
  void keysOfAnyOtherLengthAreRefused() {
    for (int length : new int[] {0, 31, 33}) {
      ByteString wrong = SampleFiles.filled(length, 5);
      assertRefused(keys.toProto().toBuilder().setHpke(wrong));
      assertRefused(keys.toProto().toBuilder().setSigning(wrong));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new DevicePublicKeys(keys.signing(), wrong));
    }
  }

  /** RFC 7748, section 6.1: what is agreed with one of these is all zeros, so nothing can be sealed to it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
      })
  void aKeyToWhichNothingCanBeSealedIsRefused(String hex) {
    byte[] point = HexFormat.of().parseHex(hex);
    assertThatThrownBy(() -> X25519.computeSharedSecret(SampleDevice.filled(32, 7), point.clone()))
        .isInstanceOf(GeneralSecurityException.class);
    assertThatThrownBy(() -> DevicePublicKeys.parse(
            keys.toProto().toBuilder().setHpke(ByteString.copyFrom(point)).build()))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("small order");
  }

  private static void assertRefused(DeviceKeys.Builder message) {
    assertThatThrownBy(() -> DevicePublicKeys.parse(message.build()))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("32 bytes");
  }
}
