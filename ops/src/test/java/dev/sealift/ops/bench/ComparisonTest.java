package dev.sealift.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
  @TempDir
  private Path folder;

  private Comparison of(String text) throws Exception {
    return Comparison.read(Files.writeString(folder.resolve("old.json"), text));
  }

  private static Figure upload(double ratio) {
    return new Figure(
        BenchRow.UPLOAD, BenchRow.UPLOAD.budget(false), List.of(1.0), List.of(ratio), Map.of());
  }

  @Test
  void aFigureIsComparedByItsRatio() throws Exception {
    Comparison before = of(upload(2).json().encode() + "\n{\"jdk\":\"17\"}\n");
    assertThat(before.change(upload(1)).orElseThrow()).isEqualTo(0.5);
  }

  @Test
  void aRowThatWasNotMeasuredThenHasNothingToCompareWith() throws Exception {
    Figure other = new Figure(
        BenchRow.WIRE_BYTES,
        BenchRow.WIRE_BYTES.budget(false),
        List.of(1.0),
        List.of(1.0),
        Map.of());
    assertThat(of(upload(2).json().encode()).change(other)).isEmpty();
  }

  @Test
  void rowsOfOtherVersionsArePassedOver() throws Exception {
    Comparison before = of("{\"row\":\"of-tomorrow\"}\n" + upload(2).json().encode());
    assertThat(before.change(upload(2)).orElseThrow()).isEqualTo(1);
  }

  @Test
  void whatHasNoFiguresIsRefusedByName() {
    for (String text : List.of("", "no json", "{}", "[1]", "{\"row\":1}", "{\"row\":\"upload\"}")) {
      assertThatExceptionOfType(BenchFailedException.class)
          .as(text)
          .isThrownBy(() -> of(text))
          .withMessageContaining("old.json");
    }
  }

  @Test
  void aFileThatIsNotThereIsRefusedByName() throws IOException {
    assertThatExceptionOfType(BenchFailedException.class)
        .isThrownBy(() -> Comparison.read(folder.resolve("none.json")))
        .withMessageContaining("none.json");
  }
}
