package dev.sealift.ops.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void escapeSequencesOfDataAreDisarmed() {
    assertThat(Printable.of("\u001b[31mred\u0007")).isEqualTo("\uFFFD[31mred\uFFFD");
    assertThat(Printable.of("a\u202Eb\u2028c\nd\u009Be"))
        .isEqualTo("a\uFFFDb\uFFFDc\uFFFDd\uFFFDe");
    assertThat(Printable.of("pay\uDB40\uDC41pal")).isEqualTo("pay\uFFFDpal");
    assertThat(Printable.of("Nuku\u02bbalofa \uD83C\uDF0A"))
        .isEqualTo("Nuku\u02bbalofa \uD83C\uDF0A");
  }

  /** Names of tables and columns come from others too, and stand in sentences of ours. */
  @Test
  void whateverIsSaidIsDisarmedAndKeepsItsLines() {
    console().say("two\nlines of \u202etable \u001b[2J");
    console().note("and \u2066a note");

    assertThat(text(out)).isEqualTo("two\nlines of \uFFFDtable \uFFFD[2J\n");
    assertThat(text(err)).isEqualTo("and \uFFFDa note\n");
  }

  @Test
  void tablesAreAlignedByCharacters() {
    TextTable table = new TextTable(List.of("name", "n"));
    table.add(List.of("Nouméa", "1"));
    table.add(List.of("Apia", "200"));

    assertThat(table.lines())
        .containsExactly("name    n", "------  ---", "Nouméa  1", "Apia    200");
  }

  @Test
  void aVeryLongCellIsCut() {
    TextTable table = new TextTable(List.of("text"));
    table.add(List.of("x".repeat(1000)));

    assertThat(table.lines().get(2)).hasSize(60).endsWith("…");
  }

  @Test
  void peoplesTextGoesToStandardOutput() {
    console().result("done", new JsonObject().put("done", true));

    assertThat(text(out)).isEqualTo("done\n");
    assertThat(text(err)).isEmpty();
  }

  @Test
  void withJsonStandardOutputCarriesObjectsOnly() {
    Console json = console().withJson(true);
    json.say("working");
    json.result("done", new JsonObject().put("done", true));

    assertThat(text(out)).isEqualTo("{\"done\":true}\n");
    assertThat(text(err)).isEqualTo("working\n");
  }

  @Test
  void noBarWhereNobodyWatches() {
    try (Progress progress = console().progress("import", 10, "rows")) {
      progress.reached(5);
    }

    assertThat(text(err)).isEmpty();
  }

  @Test
  void aBarOnATerminal() {
    Console watched = Console.of(new PrintStream(out), new PrintStream(err), true);
    try (Progress progress = watched.progress("import", 10, "rows")) {
      progress.reached(10);
    }

    assertThat(text(err)).contains("import", "100%", "10/10");
    assertThat(text(out)).isEmpty();
  }

  private Console console() {
    return Console.of(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        false);
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}
