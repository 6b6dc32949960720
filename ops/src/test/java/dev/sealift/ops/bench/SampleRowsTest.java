package dev.sealift.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sealift.client.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SampleRowsTest {
  private static List<Map.Entry<String, Row>> all(SampleRows rows) {
    List<Map.Entry<String, Row>> all = new ArrayList<>();
    rows.forEachRemaining(all::add);
    return all;
  }

  @Test
  void thereAreAsManyAsAskedForAndNoKeyTwice() {
    List<Map.Entry<String, Row>> rows = all(new SampleRows(25_001, 120, 1));
    assertThat(rows).hasSize(25_001);
    assertThat(rows.stream().map(Map.Entry::getKey).distinct()).hasSize(25_001);
  }

  @Test
  void theSameSeedMakesTheSameRows() {
    assertThat(all(new SampleRows(100, 120, 1))).isEqualTo(all(new SampleRows(100, 120, 1)));
    assertThat(all(new SampleRows(100, 120, 1))).isNotEqualTo(all(new SampleRows(100, 120, 2)));
  }

  @Test
  void aRowHasAboutAsManyBytesAsAskedFor() {
    for (int bytes : List.of(120, 1_000)) {
      double mean = all(new SampleRows(1_000, bytes, 1)).stream()
          .mapToInt(SampleRowsTest::bytes)
          .average()
          .orElseThrow();
      assertThat(mean).isCloseTo(bytes, within(10.0));
    }
  }

  private static int bytes(Map.Entry<String, Row> row) {
    return row.getKey().length()
        + SampleRows.COLUMNS.stream()
            .mapToInt(name -> row.getValue().value(name).canonicalLength() - 1)
            .sum();
  }
}
