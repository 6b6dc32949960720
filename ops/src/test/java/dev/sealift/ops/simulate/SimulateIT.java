package dev.sealift.ops.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.Main;
import dev.sealift.ops.cli.CliHarness;
import dev.sealift.ops.support.ChildJvm;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulateIT {
  private static final Duration DEADLINE = Duration.ofMinutes(2);
  private static final Duration SEEDS_DEADLINE = Duration.ofMinutes(15);

  /** Which take two minutes of one processor. */
  private static final long SEEDS_WITH_COMPACTION = 60;

  @TempDir
  private Path folder;

  private CliHarness.Run run(String... arguments) {
    return new CliHarness(folder).run(arguments);
  }

  @Test
  void asManySeedsAsFitIntoAMinuteAndAHalfHold() {
    CliHarness.Run run = run("simulate", "--json", "--seeds", "100000", "--seconds", "90");

    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    JsonObject end = run.json();
    assertThat(end.getLong("failed")).isZero();
    for (String count : List.of("seeds", "events", "files", "crashes", "partitions")) {
      assertThat(end.getLong(count)).as(count).isPositive();
    }
    assertThat(end.getDouble("seconds")).isGreaterThanOrEqualTo(90);
  }

  @Test
  void theFirstSeedsWithCompactionHold() throws Exception {
    String seeds = Long.toString(SEEDS_WITH_COMPACTION);
    try (ChildJvm other = ChildJvm.start(
        List.of(),
        Main.class,
        "simulate",
        "--json",
        "--scenario",
        "compaction",
        "--seeds",
        seeds)) {
      int exitCode = other.awaitExit(SEEDS_DEADLINE);
      String end = String.join("\n", other.lines());

      assertThat(exitCode).as(end).isZero();
      JsonObject last = new JsonObject(end.substring(end.lastIndexOf("{\"")));
      assertThat(last.getLong("seeds")).as(end).isEqualTo(SEEDS_WITH_COMPACTION);
      assertThat(last.getLong("failed")).isZero();
      assertThat(last.getLong("files")).isPositive();
    }
  }

  @Test
  void itGoesOnWhereItWasStopped() throws Exception {
    Path state = folder.resolve("state.json");
    String[] five = {
      "simulate", "--json", "--from", "20", "--seeds", "5", "--state", state.toString()
    };
    String[] eight = {
      "simulate", "--json", "--from", "20", "--seeds", "8", "--state", state.toString()
    };

    JsonObject first = run(five).json();
    JsonObject second = run(eight).json();
    JsonObject whole = run("simulate", "--json", "--from", "20", "--seeds", "8").json();

    assertThat(first.getLong("seeds")).isEqualTo(5);
    assertThat(new JsonObject(Files.readString(state))).isEqualTo(second);
    for (String count : List.of("seeds", "failed", "events", "files", "crashes", "partitions")) {
      assertThat(second.getLong(count)).as(count).isEqualTo(whole.getLong(count));
    }
  }

  @Test
  void someWeeksWithCompactionAndWithoutEndAlike() throws Exception {
    Path to = folder.resolve("plots");

    CliHarness.Run run =
        run("simulate", "--json", "--scenario", "two-years", "--days", "20", "--to", to.toString());

    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    JsonObject end = run.json();
    assertThat(end.getBoolean("equal")).isTrue();
    assertThat(end.getLong("files")).isGreaterThan(20 * 90);
    assertThat(end.getLong("compactions")).isGreaterThan(3);
    assertThat(end.getLong("simultaneous")).isZero();
    assertThat(end.getLong("maxLiveFiles")).isLessThanOrEqualTo(end.getLong("upper"));
    assertThat(end.getLong("liveBytes")).isLessThanOrEqualTo(2 * end.getLong("compactedBytes"));
    assertThat(end.getLong("heldBytes")).isLessThan(end.getLong("bytesWithout") / 2);
    assertThat(end.getLong("requests")).isLessThan(end.getLong("requestsWithout"));
    assertThat(Files.readAllLines(to.resolve("two-years.csv")))
        .hasSize(2 * 20 + 1)
        .anyMatch(line -> line.startsWith("without,20,"));
    assertThat(Files.readString(to.resolve("two-years.svg"))).contains("<polyline", "</svg>");
  }

  @Test
  void whatCannotBeAskedIsRefused() throws Exception {
    Path state = Files.writeString(folder.resolve("state.json"), "{}");

    assertThat(run("simulate", "--seeds", "0").exitCode()).isEqualTo(2);
    assertThat(run("simulate", "--trace").exitCode()).isEqualTo(2);
    assertThat(run("simulate", "--scenario", "two-years", "--days", "0").exitCode())
        .isEqualTo(2);
    assertThat(run("simulate", "--scenario", "two-years", "--seconds", "9").exitCode())
        .isEqualTo(2);
    CliHarness.Run unreadable = run("simulate", "--seeds", "1", "--state", state.toString());
    assertThat(unreadable.exitCode()).isEqualTo(1);
    assertThat(unreadable.err()).contains(state.toString()).contains("--state");
  }

  @Test
  void aStateOfAnotherBeginningIsRefused() {
    String state = folder.resolve("state.json").toString();
    run("simulate", "--from", "20", "--seeds", "1", "--state", state);

    CliHarness.Run run = run("simulate", "--from", "21", "--seeds", "1", "--state", state);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("from seed 20");
  }

  @ParameterizedTest
  @ValueSource(strings = {"trouble", "compaction"})
  void anotherJvmShowsTheSameRun(String scenario) throws Exception {
    String[] one = {"simulate", "--scenario", scenario, "--seed", "3", "--trace"};
    try (ChildJvm other = ChildJvm.start(Main.class, one);
        ChildJvm another = ChildJvm.start(Main.class, one)) {
      assertThat(other.awaitExit(DEADLINE)).isZero();
      assertThat(another.awaitExit(DEADLINE)).isZero();
      assertThat(trace(other.lines()))
          .isEqualTo(trace(another.lines()))
          .last(InstanceOfAssertFactories.STRING)
          .contains("whose root is");
    }
  }

  /** Without the last line, which says how long it took, and what a JVM has to say for itself. */
  private static List<String> trace(List<String> lines) {
    return lines.stream().filter(line -> line.matches("[ 0-9]+d [0-9:.]+ .*")).toList();
  }
}
