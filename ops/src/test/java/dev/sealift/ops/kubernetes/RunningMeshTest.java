package dev.sealift.ops.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sealift.client.Row;
import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshProcess;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each path and each metric that the manifests name, asked of a mesh that runs. */
class RunningMeshTest {
  private static final Pattern SERIES = Pattern.compile("(sealift_\\w+)(?:\\{([^}]*)\\})?");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"(\\w+)\"");
  private static final int NOT_FOUND = 404;

  @TempDir
  static Path folder;

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static MeshProcess mesh;
  private static URI http;

  @BeforeAll
  static void startAMeshAndWriteOnce() throws Exception {
    mesh = MeshProcess.start(MeshOptions.whole(folder.resolve("mesh"), 0), "");
    URI url = mesh.url().orElseThrow();
    http = URI.create("http://" + url.getAuthority());
    try (Sealift device = Sealift.open(folder.resolve("device"))) {
      Space space = device.create("notes", Schema.of(Schema.table("notes", "id").text("text")));
      space.connect(url);
      space.table("notes").put("1", Row.of("text", "one"));
      space.whenDurable().get(60, TimeUnit.SECONDS);
    }
  }

  @AfterAll
  static void stop() {
    mesh.close();
  }

  @Test
  void answersAtEveryPathThatTheManifestsName() throws Exception {
    Set<String> paths = new TreeSet<>();
    for (String overlay : Overlays.NAMES) {
      Kustomization kustomization = Kustomization.of(overlay);
      for (Workload workload : Workload.of(kustomization)) {
        if (!workload.isJob()) {
          Container container = workload.container();
          paths.add(container.getStartupProbe().getHttpGet().getPath());
          paths.add(container.getLivenessProbe().getHttpGet().getPath());
          paths.add(container.getReadinessProbe().getHttpGet().getPath());
          paths.add(workload.template().getMetadata().getAnnotations().get("prometheus.io/path"));
        }
      }
      for (Ingress ingress : kustomization.all(Ingress.class)) {
        ingress.getSpec().getRules().stream()
            .flatMap(rule -> rule.getHttp().getPaths().stream())
            .map(p -> p.getPath() + (p.getPathType().equals("Prefix") ? "/any" : ""))
            .forEach(paths::add);
      }
    }
    assertThat(paths).hasSizeGreaterThan(3);
    for (String path : paths) {
      assertThat(get(path).statusCode()).as(path).isNotEqualTo(NOT_FOUND);
    }
    assertThat(get("/no-such-path").statusCode()).isEqualTo(NOT_FOUND);
  }

  @Test
  void hasEverySeriesThatTheAdapterAsksFor() throws Exception {
    String metrics = get("/metrics").body();
    int asked = 0;
    for (JsonNode rule : ScalingTest.adapterRules()) {
      String query =
          rule.get("metricsQuery").asText() + " " + rule.get("seriesQuery").asText();
      for (Matcher series = SERIES.matcher(query); series.find(); asked++) {
        assertThat(metrics.lines())
            .as(series.group())
            .anyMatch(line -> isOf(line, series.group(1), series.group(2)));
      }
    }
    assertThat(asked).isGreaterThanOrEqualTo(3);
  }

  /** Of labels with a value of their own; those of Kubernetes come with the scrape. */
  private static boolean isOf(String line, String name, String labels) {
    Set<String> wanted = labels == null
        ? Set.of()
        : LABEL.matcher(labels).results().map(r -> r.group()).collect(Collectors.toSet());
    return (line.startsWith(name + "{") || line.startsWith(name + " "))
        && wanted.stream().allMatch(line::contains);
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(http.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
  }
}
