package dev.sealift.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.cli.CliHarness;
import dev.sealift.ops.cli.CliHarness.Run;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {
  @TempDir
  Path folder;

  @Test
  void allOfItIsSo() {
    Run run = new CliHarness(folder).run("demo", "--json");

    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonObject done = run.json();
    assertThat(done.fieldNames())
        .containsExactly(
            "step",
            "rows",
            "digestA",
            "digestB",
            "equal",
            "plaintextFound",
            "uploadSeconds",
            "firstSyncSeconds",
            "wireBytes");
    assertThat(done.getString("step")).isEqualTo("done");
    assertThat(done.getInteger("rows")).isEqualTo(171_075);
    assertThat(done.getString("digestA"))
        .matches("[0-9a-f]{64}")
        .isEqualTo(done.getString("digestB"));
    assertThat(done.getBoolean("equal")).isTrue();
    assertThat(done.getBoolean("plaintextFound")).isFalse();
    assertThat(done.getLong("wireBytes")).isPositive();
  }
}
