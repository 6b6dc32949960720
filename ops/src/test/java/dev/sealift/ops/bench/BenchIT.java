package dev.sealift.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sealift.ops.cli.CliHarness;
import dev.sealift.ops.programs.PostgresPrograms;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that is measured, with so little of it that the figures mean nothing. */
class BenchIT {
  private static final List<String> LITTLE = List.of(
      "bench",
      "--json",
      "--rows",
      "2000",
      "--rounds",
      "1",
      "--warm-up",
      "0",
      "--connections",
      "20",
      "--files",
      "512",
      "--writes",
      "20");

  @TempDir
  private Path folder;

  private CliHarness.Run run(String... more) {
    List<String> arguments = new ArrayList<>(LITTLE);
    arguments.addAll(List.of(more));
    return new CliHarness(folder).run(arguments.toArray(String[]::new));
  }

  @Test
  void everyRowHasItsFigureAndTheLastLineSaysWhere() {
    CliHarness.Run run = run();
    assertThat(run.exitCode()).as(run.err()).isZero();
    List<JsonObject> lines = run.lines().stream().map(JsonObject::new).toList();
    List<JsonObject> figures = lines.subList(0, lines.size() - 1);
    assertThat(rows(figures)).isEqualTo(rows(BenchPlan.Store.SQLITE, false));
    assertFiguresAreThere(figures);
    JsonObject where = run.json();
    assertThat(where.getJsonObject("machine").getInteger("processors")).isPositive();
    assertThat(where.getString("jdk")).isNotBlank();
    assertThat(where.getString("commit")).isNotBlank();
    assertThat(where.getJsonObject("settings").getInteger("rows")).isEqualTo(2000);
  }

  private static List<String> rows(List<JsonObject> figures) {
    return figures.stream().map(figure -> figure.getString("row")).toList();
  }

  private static List<String> rows(BenchPlan.Store store, boolean cluster) {
    return Arrays.stream(BenchRow.values())
        .filter(row -> row.isMeasured(store, cluster))
        .map(BenchRow::text)
        .toList();
  }

  private static void assertFiguresAreThere(List<JsonObject> figures) {
    assertThat(figures).allSatisfy(figure -> {
      assertThat(figure.getDouble("median")).isPositive();
      assertThat(figure.getDouble("floor")).isPositive();
      assertThat(figure.getDouble("ratio")).isPositive();
      assertThat(figure.getInteger("runs")).isEqualTo(1);
    });
  }

  @Test
  void aMeshOfProcessesOnPostgresHasFiguresOfItsOwn() {
    assumeTrue(
        PostgresPrograms.find(Optional.empty()).isPresent(), "PostgreSQL's programs are needed");
    List<String> measured = List.of(
        "upload",
        "propagation-p50",
        "propagation-p99",
        "idle-connection",
        "gateway-resident-memory",
        "admission-gateway",
        "admission-merge-engine",
        "admission-storage-adapter",
        "postgres-commit",
        "postgres-commit-large");
    CliHarness.Run run = run("--cluster", "--only", String.join(",", measured));
    assertThat(run.exitCode()).as(run.err()).isZero();
    List<JsonObject> lines = run.lines().stream().map(JsonObject::new).toList();
    List<JsonObject> figures = lines.subList(0, lines.size() - 1);
    assertThat(rows(figures)).isEqualTo(measured);
    assertThat(rows(BenchPlan.Store.POSTGRES, true)).isEqualTo(BenchRow.texts());
    assertFiguresAreThere(figures);
    JsonObject resident = figures.stream()
        .filter(figure -> figure.getString("row").equals("gateway-resident-memory"))
        .findFirst()
        .orElseThrow();
    assertThat(resident.getDouble("budget")).isEqualTo(1024);
    assertThat(resident.getBoolean("within")).isTrue();
    assertThat(run.json().getJsonObject("settings").getString("store")).isEqualTo("postgres");
    assertThat(run.json().getJsonObject("settings").getBoolean("cluster")).isTrue();
  }

  @Test
  void spacesDevicesPartsRecordingsAndAnEarlierRunGoTogether() throws Exception {
    String rows = "local-write,upload,first-sync,propagation-p50";
    CliHarness.Run first = run("--only", "upload");
    assertThat(first.exitCode()).as(first.err()).isZero();
    Path earlier = Files.writeString(folder.resolve("earlier.json"), first.out());
    CliHarness.Run second = run(
        "--only",
        rows,
        "--devices",
        "3",
        "--spaces",
        "2",
        "--parts",
        "--compare",
        earlier.toString(),
        "--profile",
        folder.resolve("profile").toString());
    assertThat(second.exitCode()).as(second.err()).isZero();
    assertThat(second.lines()).hasSize(5);
    JsonObject upload = new JsonObject(second.lines().get(1));
    assertThat(upload.getString("row")).isEqualTo("upload");
    assertThat(upload.getDouble("ratioSince")).isPositive();
    double parts = upload.getJsonObject("microsARow").stream()
        .mapToDouble(part -> ((Number) part.getValue()).doubleValue())
        .sum();
    assertThat(parts).isCloseTo(1e6 / upload.getDouble("median"), byAHundredth(parts));
    try (Stream<Path> files = Files.list(folder.resolve("profile"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .anyMatch(name -> name.startsWith("BulkTransfer"))
          .anyMatch(name -> name.endsWith("MeshMain.jfr"));
    }
  }

  private static org.assertj.core.data.Offset<Double> byAHundredth(double value) {
    return org.assertj.core.api.Assertions.within(value / 100);
  }
}
