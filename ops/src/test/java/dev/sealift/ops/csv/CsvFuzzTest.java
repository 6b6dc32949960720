package dev.sealift.ops.csv;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sealift.client.value.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** Files that somebody imports: what the first pass lets through the second one reads, row for row. */
class CsvFuzzTest {
  @FuzzTest
  void survey(byte[] bytes) throws IOException {
    Path path = Files.createTempFile("sealift-csv", ".csv");
    try {
      Files.write(path, bytes);
      requireTableOrRefusal(CsvFile.of(path));
    } finally {
      Files.delete(path);
    }
  }

  private static void requireTableOrRefusal(CsvFile file) {
    CsvSurvey survey;
    try {
      survey = CsvSurveyor.survey(file, "id");
    } catch (CsvException refused) {
      assertThat(refused.getMessage()).isNotBlank();
      return;
    }
    assertThat(survey.kinds()).hasSameSizeAs(survey.columns());
    assertThat(survey.keyColumn()).isEqualTo("id");
    AtomicLong rows = new AtomicLong();
    try {
      CsvRows.read(file, survey, (key, values) -> {
        rows.incrementAndGet();
        assertThat(key).isNotEmpty();
        assertThat(values).hasSize(survey.columns().size() - 1);
        values.forEach(value -> assertThat(value).isInstanceOf(Value.class));
      });
    } catch (CsvException e) {
      throw new AssertionError("what was surveyed is read", e);
    }
    assertThat(rows).hasValue(survey.rows());
  }
}
