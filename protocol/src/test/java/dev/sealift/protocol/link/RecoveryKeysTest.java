package dev.sealift.protocol.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sealift.protocol.SampleDevice;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecoveryKeysTest {
  private final RecoveryKeys keys = RecoveryKeys.derive(SampleDevice.filled(16, 0x7f));

  private static List<String> all(RecoveryKeys keys) {
    HexFormat hex = HexFormat.of();
    return List.of(
        hex.formatHex(keys.founderSigning().seed()),
        hex.formatHex(keys.founderHpkePrivate()),
        keys.member().toString(),
        hex.formatHex(keys.epochKey()),
        hex.formatHex(keys.genesisSalt().toByteArray()),
        hex.formatHex(keys.invitationSecret()));
  }

  /** Paper lies in drawers for years: if this test fails, no paper key that was ever printed works any more. */
  @Test
  void areTheKeysThatTheSpecificationGives() {
    assertThat(all(keys))
        .containsExactly(
            "9669989dc6321c24f582b699a39534fd956dcdd983f6fc796f1a340d00dbb7e9",
            "974278eb3403ef3c300994e2de1c1e93f8030f1eace29081a54564c99fc8da9f",
            "ac7fc3741a9770465e4ac317d9b834ee",
            "dc4000e0902c7f9857d0af52d5a687045d06139bc74df39e179d4596bba1d720",
            "171992e4ae871fc6ce2ce2db59aab8b487c14a541588777a63d8a4eb4c3506a4",
            "55bc01a2fe8887d25b3cfa9137d7df1a909ee787ceb9ccae9bda0df92497706f");
  }

  @Test
  void areAllDifferentAndOthersForOtherWords() {
    Set<String> different = new LinkedHashSet<>(all(keys));
    different.addAll(all(RecoveryKeys.derive(SampleDevice.filled(16, 0x7e))));
    assertThat(different).hasSize(12);
  }

  @Test
  void onlyEntropyOfTheRightLengthYieldsKeys() {
    for (int length : new int[] {0, 15, 17, 32}) {
      assertThatIllegalArgumentException().isThrownBy(() -> RecoveryKeys.derive(new byte[length]));
    }
  }

  @Test
  void whatIsHandedOutIsCopied() {
    List<String> before = all(keys);
    keys.founderHpkePrivate()[0] ^= 1;
    keys.epochKey()[0] ^= 1;
    keys.invitationSecret()[0] ^= 1;
    assertThat(all(keys)).isEqualTo(before);
  }

  @Test
  void printNothingOfThemselves() {
    assertThat(keys.toString())
        .doesNotContain(all(keys).stream().map(key -> key.substring(0, 8)).toList());
  }
}
