package dev.sealift.ops.observability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshProcess;
import dev.sealift.ops.mesh.StoreLocation;
import dev.sealift.ops.metrics.Exposition;
import dev.sealift.ops.metrics.Exposition.Sample;
import dev.sealift.ops.support.Await;
import dev.sealift.ops.support.TwoDevices;
import dev.sealift.ops.tracing.TraceOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What operators are given is held to what a mesh shows that has done a little of everything, on each store there is. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ObservedMesh {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private static final Path FOLDER = Path.of("observability");
  private static final Path PAGE = FOLDER.resolve("METRICS.md");

  /** A row of the page: name, type, unit, tags. */
  private static final Pattern ROW =
      Pattern.compile("^\\| `(sealift_[a-z_]+)(?:\\{([a-z, ]+)\\})?` \\| (\\w+) \\|");

  private static final Pattern SUFFIX = Pattern.compile("_(bucket|count|sum|max)$");

  /** Lines of the runbooks that say what to do about a reason for which a store fails. */
  private static final List<String> ON_FAILURES =
      List.of("## SealiftStoreFails", "## SealiftStoreDiskFull");

  private Exposition shown;
  private Map<String, List<Map<String, String>>> labels;

  abstract StoreLocation store(Path data) throws Exception;

  /** The mark of rows that only another store shows. */
  abstract String otherStore();

  @BeforeAll
  void letAMeshWork(@TempDir Path data) throws Exception {
    // Tracing shows metrics of its own; nobody takes the spans.
    MeshOptions options = MeshOptions.whole(data.resolve("mesh"), 0)
        .withStore(store(data))
        .withTracing(TraceOptions.of("http://127.0.0.1:9", 1).orElseThrow());
    try (MeshProcess mesh = MeshProcess.start(options, "1.2.3");
        TwoDevices devices =
            new TwoDevices(data, mesh.url().orElseThrow(), "space", "notes", "text")) {
      devices.put("notes", "second", "text", "more");
      devices.awaitSame();
      System.gc(); // the JVM shows nothing of collections before there was one
      URI url = mesh.url().orElseThrow();
      Await.until(DEADLINE, () -> hasSettled(scrape(url)), () -> scrape(url));
      shown = Exposition.parse(scrape(url));
    }
    labels = new TreeMap<>();
    shown
        .names()
        .forEach(name ->
            labels.put(name, shown.samples(name).stream().map(Sample::labels).toList()));
  }

  /** Whether there is what comes by itself: a collection, and a look at each verticle's thread. */
  private static boolean hasSettled(String scraped) {
    long looks = scraped
        .lines()
        .filter(line -> line.startsWith("sealift_loop_lag_seconds_count"))
        .filter(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))) > 0)
        .count();
    return looks == 3 && scraped.contains("jvm_gc_pause_seconds_sum");
  }

  private static String scrape(URI mesh) {
    URI metrics = URI.create("http://127.0.0.1:" + mesh.getPort() + "/metrics");
    return HttpClient.newHttpClient()
        .sendAsync(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
        .join()
        .body();
  }

  @Test
  void thePageListsWhatAMeshShowsAndNothingElse() throws Exception {
    Map<String, Set<String>> listed = rows(line -> !line.contains(otherStore()));
    Map<String, Set<String>> real = new TreeMap<>();
    for (String name : shown.names()) {
      if (name.startsWith("sealift_")) {
        String base = isPart(name) ? SUFFIX.matcher(name).replaceFirst("") : name;
        real.computeIfAbsent(base, n -> new TreeSet<>())
            .addAll(shown.samples(name).stream()
                .flatMap(sample -> sample.labels().keySet().stream())
                .filter(label -> !label.equals("le"))
                .toList());
      }
    }

    assertThat(listed).isEqualTo(real);
  }

  /** Names of the page's rows with their tags. */
  private static Map<String, Set<String>> rows(Predicate<String> which) throws IOException {
    Map<String, Set<String>> rows = new TreeMap<>();
    Files.readAllLines(PAGE).stream()
        .filter(which)
        .map(ROW::matcher)
        .filter(Matcher::find)
        .forEach(row -> rows.put(row.group(1), tags(row.group(2))));
    return rows;
  }

  /** Whether it is a part of a timer or summary, and no metric whose name only ends like one. */
  private boolean isPart(String name) {
    return SUFFIX.matcher(name).find()
        && shown.names().contains(SUFFIX.matcher(name).replaceFirst("_count"));
  }

  private static Set<String> tags(String text) {
    return text == null ? Set.of() : Set.of(text.split(", *"));
  }

  @Test
  void noTagCouldBeAnIdAKeyOrAnAddress() {
    Pattern suspicious = Pattern.compile(
        "[0-9a-fA-F]{8}|[A-Za-z0-9+/_-]{43}|[0-9]{1,3}(\\.[0-9]{1,3}){3}|:[0-9]{2,5}|/v1/");
    for (String name : shown.names()) {
      for (Sample sample : shown.samples(name)) {
        sample
            .labels()
            .forEach((label, value) -> assertThat(label.equals("le") ? "" : value)
                .as(name)
                .doesNotContainPattern(suspicious));
      }
    }
  }

  @Test
  void aMeshThatWorkedShowsIt() {
    for (String name : List.of(
        "sealift_engine_commit_seconds_count",
        "sealift_engine_request_seconds_count",
        "sealift_gateway_request_seconds_count",
        "sealift_storage_transaction_seconds_count",
        "sealift_storage_transaction_bytes_count",
        "sealift_loop_lag_seconds_count")) {
      assertThat(shown.samples(name).stream().mapToDouble(Sample::value).sum())
          .as(name)
          .isPositive();
    }
    for (String verticle : List.of("gateway", "merge-engine", "storage-adapter")) {
      assertThat(shown.samples("sealift_loop_lag_seconds_count", "verticle", verticle))
          .hasSize(1);
    }
  }

  @Test
  void everyAlertNamesWhatIsThere() throws Exception {
    for (Map<String, Object> alert : alerts()) {
      assertThat(PromQl.parse((String) alert.get("expr")).faults(labels))
          .as((String) alert.get("alert"))
          .isEmpty();
    }
  }

  /** One that stands nowhere leaves whoever is woken by it alone. */
  @Test
  void thePageAndTheRunbooksNameEveryReasonForWhichTheStoreFails() throws Exception {
    String page = Files.readAllLines(PAGE).stream()
        .filter(line -> line.startsWith("| `sealift_storage_write_failures_total"))
        .findFirst()
        .orElseThrow();
    String runbooks = Stream.of(
            Files.readString(FOLDER.resolve("runbooks.md")).split("(?m)^(?=## )"))
        .filter(section -> ON_FAILURES.stream().anyMatch(section::startsWith))
        .collect(Collectors.joining());
    for (String counter : List.of("write", "read")) {
      List<Sample> reasons = shown.samples("sealift_storage_" + counter + "_failures_total");
      assertThat(reasons).hasSizeGreaterThan(3);
      for (Sample reason : reasons) {
        String name = "`" + reason.labels().get("reason") + "`";
        assertThat(page).contains(name);
        assertThat(runbooks).contains(name);
      }
    }
  }

  /** Prometheus may know more than one: their processes are not to be counted together. */
  @Test
  void alertsOfTheMeshAsAWholeTellMeshesApart() throws Exception {
    for (Map<String, Object> alert : alerts()) {
      String expression = (String) alert.get("expr");
      if (expression.contains("(sealift_mesh_")) {
        String grouped = expression.replaceAll("(min|max|count) by \\(namespace\\) ", "");
        assertThat(grouped)
            .as((String) alert.get("alert"))
            .doesNotContainPattern("(min|max|count) ?\\(");
        assertThat(grouped).doesNotContain(" by ");
      }
    }
  }

  @Test
  void aGatewayThatTakesDevicesShowsIt() {
    assertThat(shown.samples("sealift_gateway_ready"))
        .singleElement()
        .satisfies(ready -> assertThat(ready.value()).isEqualTo(1));
  }

  @Test
  void everyAlertHasARunbookAndEveryRunbookAnAlert() throws Exception {
    Set<String> sections = Files.readAllLines(FOLDER.resolve("runbooks.md")).stream()
        .filter(line -> line.startsWith("## "))
        .map(line -> line.substring(3))
        .collect(Collectors.toCollection(TreeSet::new));
    Set<String> alerts = new TreeSet<>();
    for (Map<String, Object> alert : alerts()) {
      String name = (String) alert.get("alert");
      alerts.add(name);
      Map<?, ?> annotations = (Map<?, ?>) alert.get("annotations");
      assertThat(annotations.get("runbook_url"))
          .isEqualTo("runbooks.md#" + name.toLowerCase(Locale.ROOT));
      assertThat((String) annotations.get("summary")).as(name).isNotBlank();
      assertThat(((Map<?, ?>) alert.get("labels")).get("severity")).isIn("critical", "warning");
      assertThat(String.valueOf(alert.getOrDefault("for", "0s"))).matches("[0-9]+[smh]");
    }

    assertThat(sections).isEqualTo(alerts);
  }

  @Test
  void runbooksNameOnlyMetricsThatAreThere() throws Exception {
    Set<String> ofOtherStore = rows(line -> line.contains(otherStore())).keySet();
    Matcher named = Pattern.compile("`((?:sealift|jvm|vertx|process)_[a-z_]+)")
        .matcher(Files.readString(FOLDER.resolve("runbooks.md")));
    while (named.find()) {
      String name = named.group(1);
      assertThat(shown.names().contains(name)
              || shown.names().contains(name + "_count")
              || ofOtherStore.contains(name))
          .as(name)
          .isTrue();
    }
  }

  @Test
  void everyDashboardNamesWhatIsThere() throws Exception {
    List<Path> dashboards;
    try (Stream<Path> files = Files.list(FOLDER.resolve("dashboards"))) {
      dashboards = files.toList();
    }
    assertThat(dashboards).hasSizeGreaterThanOrEqualTo(3);
    for (Path dashboard : dashboards) {
      List<String> expressions = expressions(new JsonObject(Files.readString(dashboard)));
      assertThat(expressions).as(dashboard.toString()).isNotEmpty();
      for (String expression : expressions) {
        assertThat(PromQl.parse(expression).faults(labels))
            .as(dashboard + ": " + expression)
            .isEmpty();
      }
    }
  }

  private static List<String> expressions(JsonObject dashboard) {
    List<String> expressions = new ArrayList<>();
    JsonArray panels = dashboard.getJsonArray("panels");
    for (int i = 0; i < panels.size(); i++) {
      JsonArray targets = panels.getJsonObject(i).getJsonArray("targets");
      for (int j = 0; j < targets.size(); j++) {
        expressions.add(targets.getJsonObject(j).getString("expr"));
      }
    }
    return expressions;
  }

  static List<Map<String, Object>> alerts() throws Exception {
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    Map<String, List<Map<String, Object>>> file =
        yaml.load(Files.readString(FOLDER.resolve("alerts.yaml")));
    List<Map<String, Object>> alerts = new ArrayList<>();
    for (Map<String, Object> group : file.get("groups")) {
      @SuppressWarnings("unchecked") // the shape that Prometheus reads
      List<Map<String, Object>> rules = (List<Map<String, Object>>) group.get("rules");
      alerts.addAll(rules);
    }
    return alerts;
  }
}
