package dev.sealift.ops.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Screen screen = new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8));

  @Test
  void whateverItTakesOfTheTerminalItGivesBackOnce() {
    screen.draw(List.of("one"));
    screen.draw(List.of("two"));
    screen.close();
    screen.close();

    for (String mode : List.of("?1049", "?25", "?7")) {
      assertThat(text().split("\\Q" + mode + "\\E", -1)).as(mode).hasSize(3);
    }
    assertThat(text()).endsWith("\u001b[?7h\u001b[?25h\u001b[?1049l");
  }

  @Test
  void aScreenThatWasNeverDrawnLeavesTheTerminalAlone() {
    screen.close();

    assertThat(text()).isEmpty();
  }

  @Test
  void linesAreClearedBehindTheirEndAndBelowTheLast() {
    screen.draw(List.of("one", "two"));

    assertThat(text()).contains("one\u001b[K\r\ntwo\u001b[K\r\n\u001b[J");
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
