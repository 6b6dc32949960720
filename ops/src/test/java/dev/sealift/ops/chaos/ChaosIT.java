package dev.sealift.ops.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sealift.ops.chaos.bed.ChaosFailedException;
import dev.sealift.ops.chaos.bed.Equipment;
import dev.sealift.ops.chaos.bed.Topology.Store;
import dev.sealift.ops.cli.CliHarness;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One fault in a real run, where this machine and user can do one. */
@Tag("alone")
class ChaosIT {
  private static final Path NAMESPACES = Path.of("/run/netns");

  @TempDir
  private Path folder;

  private CliHarness.Run run(String... arguments) {
    return new CliHarness(folder).run(arguments);
  }

  private static boolean isEquipped() {
    try {
      Equipment.find(Store.SQLITE, Optional.empty());
      return true;
    } catch (ChaosFailedException e) {
      return false;
    }
  }

  @Test
  void aMeshSurvivesAKillAndTheMachineKeepsNothingOfIt() throws Exception {
    assumeTrue(isEquipped(), "root and iproute2, iptables, util-linux are needed");
    CliHarness.Run run = run(
        "chaos",
        "--json",
        "--store",
        "sqlite",
        "--faults",
        "kill",
        "--rounds",
        "1",
        "--seed",
        "2",
        "--devices",
        "2",
        "--minutes",
        "1",
        "--dir",
        folder.toString());
    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonObject result = run.json();
    assertThat(result.getLong("acknowledged")).isPositive();
    assertThat(result.getLong("lost")).isZero();
    assertThat(result.getLong("doubled")).isZero();
    assertThat(result.getBoolean("equal")).isTrue();
    assertThat(result.getLong("seed")).isEqualTo(2);
    assertThat(result.getJsonObject("faults").getJsonObject("kill").getInteger("count"))
        .isEqualTo(1);
    String pid = "sealift-chaos-" + ProcessHandle.current().pid() + "-";
    try (Stream<Path> left = Files.list(NAMESPACES)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith(pid));
    }
    assertThat(Files.readString(Path.of("/proc/mounts"))).doesNotContain(pid);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whoeverCannotRunItIsToldWhatIsMissing() {
    assumeTrue(!isEquipped(), "this machine and user have everything");
    CliHarness.Run run = run("chaos", "--json", "--store", "sqlite");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.json().getString("error")).isEqualTo("not-equipped");
  }

  @Test
  void aKindOfFaultThatThereIsNotIsRefused() {
    CliHarness.Run run = run("chaos", "--json", "--faults", "kill,locusts");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.json().getString("message")).contains("rolling-restart");
  }
}
