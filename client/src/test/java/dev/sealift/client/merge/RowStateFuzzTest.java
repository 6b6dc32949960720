package dev.sealift.client.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sealift.protocol.FormatException;

/** What a store keeps of a row. */
class RowStateFuzzTest {
  @FuzzTest
  void parse(byte[] bytes) throws FormatException {
    RowState state;
    try {
      state = RowState.parse(bytes);
    } catch (FormatException refused) {
      return;
    }
    byte[] canonical = state.toBytes();
    assertThat(RowState.parse(canonical)).isEqualTo(state);
    assertThat(RowState.parse(canonical).toBytes()).isEqualTo(canonical);
  }
}
