package dev.sealift.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostileCommandTest {
  @TempDir
  private Path home;

  private CliHarness.Run run(String... arguments) {
    return new CliHarness(home).run(arguments);
  }

  @Test
  void endsWithTheFigures() {
    CliHarness.Run run = run(
        "hostile",
        "--kind",
        "payload-flipped",
        "--seeds",
        "2",
        "--honest",
        "2",
        "--parallel",
        "1",
        "--json");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.DONE);
    assertThat(run.json())
        .isEqualTo(new JsonObject()
            .put("kinds", 1)
            .put("lies", 2)
            .put("named", 2)
            .put("falselyApplied", 0)
            .put("honestRuns", 2)
            .put("falseAlarms", 0));
  }

  @Test
  void saysWhatLiesThereAreAndTellsNone() {
    CliHarness.Run run = run("hostile", "--list");
    assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(run.lines()).hasSizeGreaterThan(100);
    assertThat(run.out())
        .contains("turns a bit of a payload; PAYLOAD_ALTERED, evidence reported")
        .contains("not counted: ");
    assertThat(new JsonObject(run("hostile", "--list", "--json").lines().get(0)).fieldNames())
        .containsExactlyInAnyOrder("kind", "by", "what", "answer", "counted");
  }

  @Test
  void wrongUsageIsSaid() {
    assertThat(run("hostile", "--kind", "nonsense").err()).contains("--list shows all");
    assertThat(run("hostile", "--kind", "nonsense").exitCode()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(run("hostile", "--seeds", "0").exitCode()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(run("hostile", "--honest", "-1").exitCode()).isEqualTo(ExitCode.WRONG_USAGE);
  }
}
