package dev.sealift.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.protocol.FormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Files that somebody hands over, and what this device keeps of a compaction that is under way. */
class HandOverFuzzTest {
  @FuzzTest
  void read(byte[] bytes) throws IOException {
    HandOver read;
    try {
      read = HandOver.read(new ByteArrayInputStream(bytes));
    } catch (SealiftException refused) {
      assertThat(refused.code()).isIn(ErrorCode.BAD_HAND_OVER, ErrorCode.NEWER_FORMAT);
      return;
    }
    assertThat(HandOver.fits(read.size(), HandOver.bytes(read.files()))).isTrue();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    read.writeTo(out);
    assertThat(out.toByteArray()).isEqualTo(bytes);
  }

  @FuzzTest
  void plan(FuzzedDataProvider data) {
    byte[] bytes = data.consumeRemainingAsBytes();
    CompactionPlan plan;
    try {
      plan = CompactionPlan.of(bytes);
    } catch (FormatException refused) {
      return;
    }
    assertThat(plan.toBytes()).isEqualTo(bytes);
  }
}
