package dev.sealift.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.cli.CliHarness.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Admission tokens, as an operator makes and reads them. */
class TokenCommandTest {
  @TempDir
  Path folder;

  private CliHarness cli;

  @BeforeEach
  void makeAPerson() {
    cli = new CliHarness(folder);
  }

  @Test
  void aTokenSaysWhatTheOperatorGave() throws Exception {
    String key = folder.resolve("token.key").toString();
    Run made = cli.run("token", "new-key", "--out", key);
    assertThat(made.exitCode()).isZero();
    String line = made.out().strip();
    assertThat(line).matches("sealift-token-key-v1:[0-9a-f]{64}");
    assertThat(Files.readString(Path.of(key))).doesNotContain(line);

    String tenant = "0123456789abcdef0123456789abcdef";
    String token = cli.run(
            "token",
            "issue",
            "--key",
            key,
            "--tenant",
            tenant,
            "--bytes",
            "5G",
            "--files",
            "7",
            "--connections",
            "9",
            "--expires",
            "30d")
        .out()
        .strip();
    assertThat(token).startsWith("sealift-token:").doesNotContain("\n");
    Run shown = cli.run("token", "show", token, "--public", line, "--json");
    assertThat(shown.exitCode()).isZero();
    assertThat(shown.json().getString("tenant")).isEqualTo(tenant);
    assertThat(shown.json().getLong("bytes")).isEqualTo(5L << 30);
    assertThat(shown.json().getLong("files")).isEqualTo(7);
    assertThat(shown.json().getLong("connections")).isEqualTo(9);
    assertThat(shown.json().getBoolean("expired")).isFalse();
    assertThat(shown.json().getBoolean("signed")).isTrue();
  }

  @Test
  void aTokenOfAnotherKeyIsSaidToBeThat() {
    String one = folder.resolve("one.key").toString();
    String two = folder.resolve("two.key").toString();
    cli.run("token", "new-key", "--out", one);
    String other = cli.run("token", "new-key", "--out", two).out().strip();
    String token =
        cli.run("token", "issue", "--key", one, "--expires", "1h").out().strip();
    Run shown = cli.run("token", "show", token, "--public", other, "--json");
    assertThat(shown.exitCode()).isEqualTo(1);
    assertThat(shown.json().getString("error")).isEqualTo("token-not-signed");
  }

  @Test
  void whatIsNoTokenKeyOrTimeIsRefused() {
    String key = folder.resolve("token.key").toString();
    assertThat(cli.run("token").exitCode()).isEqualTo(2);
    assertThat(cli.run("token", "show", "sealift-token:AAAA").exitCode()).isEqualTo(1);
    assertThat(cli.run("token", "issue", "--key", key, "--expires", "1d").exitCode())
        .isEqualTo(1);
    assertThat(cli.run("token", "new-key", "--out", key).exitCode()).isZero();
    assertThat(cli.run("token", "new-key", "--out", key).exitCode()).isEqualTo(1);
    for (String[] wrong : new String[][] {
      {"--expires", "0d"},
      {"--expires", "2001-01-01"},
      {"--expires", "soon"},
      {"--expires", "9999-12-31"},
      {"--expires", "1d", "--bytes", "0"},
      {"--expires", "1d", "--bytes", "9999999T"},
      {"--expires", "1d", "--tenant", "Miller & Sons"},
    }) {
      List<String> arguments = new ArrayList<>(List.of("token", "issue", "--key", key));
      arguments.addAll(List.of(wrong));
      assertThat(cli.run(arguments.toArray(String[]::new)).exitCode())
          .as("%s", arguments)
          .isEqualTo(2);
    }
  }
}
