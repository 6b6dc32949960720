package dev.sealift.client.pack;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import java.util.Arrays;
import java.util.List;

/** Plaintexts of payloads: whoever is a member can seal anything. */
class PayloadFuzzTest {
  /** Where a payload is that small, there is no reason why what it holds should not fit into one. */
  private static final int SMALL_BYTES = 1 << 14;

  private static final int MOST_VALUES = 300;

  /** Padding, length and deflated bytes. */
  @FuzzTest
  void plaintext(byte[] bytes) {
    try {
      byte[] content = Deflated.unwrap(bytes);
      assertThat(content.length).isLessThanOrEqualTo(Limits.MAX_UNPACKED_PAYLOAD_BYTES);
      assertThat(bytes.length).isEqualTo(Padme.size(bytes.length));
    } catch (FormatException refused) {
      return;
    }
    requireRunsOrRefusal(bytes);
  }

  /** What is in it when all of that is good. */
  @FuzzTest
  void content(byte[] bytes) throws FormatException {
    byte[] plaintext = Deflated.wrap(bytes);
    if (plaintext.length <= Limits.MAX_PAYLOAD_BYTES) {
      assertThat(Deflated.unwrap(plaintext)).isEqualTo(bytes);
      requireRunsOrRefusal(plaintext);
    }
  }

  private static void requireRunsOrRefusal(byte[] plaintext) {
    List<EventRun> runs;
    try {
      runs = PayloadCodec.decode(plaintext);
    } catch (FormatException refused) {
      assertThat(refused.getMessage()).isNotBlank();
      return;
    } catch (UnknownPayloadVersionException newer) {
      assertThat(newer.version()).isGreaterThan(PayloadCodec.VERSION);
      return;
    }
    assertThat(runs).hasSizeLessThanOrEqualTo(PayloadLimits.MAX_RUNS);
    assertThat(Tally.of(runs).fits()).isTrue();
    requireComesBack(runs, plaintext.length);
  }

  private static void requireComesBack(List<EventRun> runs, int bytes) {
    byte[] again;
    try {
      again = PayloadCodec.encode(runs);
    } catch (IllegalArgumentException tooMuch) {
      assertThat(bytes).isGreaterThan(SMALL_BYTES);
      return;
    }
    try {
      assertThat(PayloadCodec.decode(again)).isEqualTo(runs);
    } catch (FormatException | UnknownPayloadVersionException e) {
      throw new AssertionError("what is written is read back", e);
    }
  }

  @FuzzTest
  void values(FuzzedDataProvider data) throws FormatException {
    int count = data.consumeInt(1, MOST_VALUES);
    Value[] values;
    try {
      values = ColumnReader.readValues(new ByteReader(data.consumeRemainingAsBytes()), count);
    } catch (FormatException refused) {
      return;
    }
    assertThat(values).hasSize(count).doesNotContainNull();
    byte[] again = ColumnWriter.write(values);
    assertThat(ColumnReader.readValues(new ByteReader(again), count)).isEqualTo(values);
    assertThat(ColumnWriter.write(values)).isEqualTo(again);
  }

  @FuzzTest
  void keys(FuzzedDataProvider data) throws FormatException {
    int count = data.consumeInt(1, MOST_VALUES);
    String[] keys;
    try {
      keys = ColumnReader.readKeys(new ByteReader(data.consumeRemainingAsBytes()), count);
    } catch (FormatException refused) {
      return;
    }
    assertThat(keys).hasSize(count).doesNotContainNull();
    byte[] again = ColumnWriter.write(keys);
    assertThat(ColumnReader.readKeys(new ByteReader(again), count)).isEqualTo(keys);
  }

  @FuzzTest
  void series(FuzzedDataProvider data) throws FormatException {
    int count = data.consumeInt(0, MOST_VALUES);
    ByteReader in = new ByteReader(data.consumeRemainingAsBytes());
    long[] numbers;
    try {
      numbers = IntegerSeries.read(in, count);
    } catch (FormatException refused) {
      return;
    }
    ByteWriter out = new ByteWriter(0);
    IntegerSeries.write(out, numbers);
    ByteReader again = new ByteReader(out.toByteArray());
    assertThat(Arrays.equals(IntegerSeries.read(again, count), numbers)).isTrue();
    assertThat(again.remaining()).isZero();
  }
}
