package dev.sealift.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.proto.DeviceKeys;
import org.junit.jupiter.api.Test;

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

  private static void assertRefused(DeviceKeys.Builder message) {
    assertThatThrownBy(() -> DevicePublicKeys.parse(message.build()))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("32 bytes");
  }
}
