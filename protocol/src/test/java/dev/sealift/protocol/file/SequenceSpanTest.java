package dev.sealift.protocol.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class SequenceSpanTest {
  @Test
  void runsUpwardsFromOne() {
    assertThat(new SequenceSpan(1, 1)).isEqualTo(new SequenceSpan(1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new SequenceSpan(0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new SequenceSpan(2, 1));
  }
}
