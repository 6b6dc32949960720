package dev.sealift.ops.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.decoder.Decoder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QrDrawingTest {
  /** As a reader sees it: the modules within the quiet zone. */
  private static BitMatrix seen(String text) {
    List<String> lines = QrDrawing.lines(text);
    int size = QrDrawing.columns(text) - 2 * QrDrawing.QUIET;
    BitMatrix seen = new BitMatrix(size);
    for (int y = 0; y < size; y++) {
      String line = drawn(lines.get((y + QrDrawing.QUIET) / 2));
      boolean upper = (y + QrDrawing.QUIET) % 2 == 0;
      for (int x = 0; x < size; x++) {
        char block = line.charAt(x + QrDrawing.QUIET);
        if (block == '\u2588' || block == (upper ? '\u2580' : '\u2584')) {
          seen.set(x, y);
        }
      }
    }
    return seen;
  }

  private static String drawn(String line) {
    assertThat(line).startsWith(QrDrawing.BLACK_ON_WHITE).endsWith(QrDrawing.RESET);
    return line.substring(
        QrDrawing.BLACK_ON_WHITE.length(), line.length() - QrDrawing.RESET.length());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 60, 500, 2_000})
  void whatIsDrawnIsRead(int length) throws Exception {
    String text = "http://localhost:7400/join/" + "aZ-_09#".repeat(300).substring(0, length);
    assertThat(new Decoder().decode(seen(text)).getText()).isEqualTo(text);
  }

  @Test
  void aQuietZoneIsAroundIt() {
    String text = "sealift";
    List<String> lines = QrDrawing.lines(text);
    String light = " ".repeat(QrDrawing.columns(text));
    assertThat(drawn(lines.get(0))).isEqualTo(light);
    assertThat(drawn(lines.get(1))).isEqualTo(light);
    assertThat(lines)
        .allSatisfy(line ->
            assertThat(drawn(line)).hasSize(light.length()).startsWith("    ").endsWith("    "));
  }

  @Test
  void whatIsTooLongIsRefused() {
    assertThatThrownBy(() -> QrDrawing.lines("x".repeat(3_000)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
