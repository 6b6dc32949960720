package dev.sealift.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import java.util.Optional;

/** What a database gives back, and what an operator types. */
class PostgresTextsFuzzTest {
  private static final int MOST_BYTES = 4 * 32 * 256;

  @FuzzTest
  void tileEdge(FuzzedDataProvider data) {
    long size = data.consumeBoolean()
        ? data.consumeInt(0, 100_000)
        : data.consumeLong(0, Long.MAX_VALUE >> 1);
    ByteString stored = ByteString.copyFrom(data.consumeBytes(MOST_BYTES));
    Optional<TileEdge> edge = TileEdge.parse(size, stored);
    edge.ifPresent(read -> assertThat(read.byteString()).isEqualTo(stored));
  }

  @FuzzTest
  void url(FuzzedDataProvider data) {
    String text = data.consumeRemainingAsString();
    try {
      PostgresUrl.parse(text, Optional.empty(), Optional.empty());
    } catch (IllegalArgumentException refused) {
      assertThat(refused.getMessage()).isNotEmpty();
    }
    assertThat(PostgresUrl.isOne(text)).isIn(true, false);
  }
}
