package dev.sealift.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlaintextSearchTest {
  @TempDir
  Path folder;

  @Test
  void findsTextsAtTheBeginningInTheMiddleAndAtTheEnd() throws Exception {
    Files.writeString(folder.resolve("a"), "Hobart…Port Vila…Nouméa", StandardCharsets.UTF_8);

    assertThat(
            new PlaintextSearch(List.of("Hobart", "Port Vila", "Nouméa", "Honiara")).found(folder))
        .containsExactly("Hobart", "Nouméa", "Port Vila");
  }

  @Test
  void looksIntoFoldersBelow() throws Exception {
    Files.writeString(Files.createDirectories(folder.resolve("x/y")).resolve("z"), "Honiara");

    assertThat(new PlaintextSearch(List.of("Honiara")).found(folder)).containsExactly("Honiara");
  }

  @Test
  void findsATextThatLiesAcrossWindows() throws Exception {
    for (int before = (1 << 20) - 8; before <= (1 << 20) + 16; before++) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.write(new byte[before]);
      bytes.writeBytes("Nuku'alofa".getBytes(StandardCharsets.UTF_8));
      bytes.write(new byte[1 << 20]);
      Files.write(folder.resolve("file"), bytes.toByteArray());

      assertThat(new PlaintextSearch(List.of("Nuku'alofa")).found(folder))
          .as("at %d", before)
          .hasSize(1);
    }
  }

  @Test
  void leavesOutTextsThatOccurByChance() {
    assertThat(new PlaintextSearch(List.of("Apia", "abcde", "abcdef")).texts()).isEqualTo(1);
  }
}
