package dev.sealift.ops.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.Row;
import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.error.SealiftException;
import dev.sealift.ops.Main;
import dev.sealift.ops.support.Await;
import dev.sealift.ops.support.ChildJvm;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mesh is told to stop while a device writes. */
@Tag("alone")
class GracefulStopIT {
  private static final Duration DEADLINE = Duration.ofSeconds(120);

  /** Long enough that writes are sure to fall into it on a loaded machine. */
  private static final String DRAIN_SECONDS = "6";

  private static final Schema NOTES = Schema.of(Schema.table("notes", "id").text("text"));

  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir
  Path folder;

  @Test
  void itIsNotReadyButServesThenGoesAndNothingAcknowledgedIsLost() throws Exception {
    List<String> acknowledged = new ArrayList<>();
    int whileNotReady = 0;
    String link;
    try (ChildJvm mesh = up("--drain-seconds", DRAIN_SECONDS);
        Sealift writer = Sealift.open(folder.resolve("writer"))) {
      URI url = url(mesh);
      Space space = writer.create("notes", NOTES);
      space.connect(url);
      link = space.invite();
      put(space, "first", mesh, acknowledged);
      assertThat(ready(url)).isEqualTo(200);

      CompletableFuture<Integer> exit = stopInBackground(mesh);
      Await.until(DEADLINE, () -> ready(url) == 503, () -> "the probe says " + ready(url));
      for (int i = 0; !mesh.hasEnded(); i++) {
        if (put(space, "key " + i, mesh, acknowledged) && ready(url) == 503) {
          whileNotReady++;
        }
      }

      assertThat(whileNotReady).as("writes acknowledged while not ready").isPositive();
      assertThat(exit.get(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isZero();
      assertThat(mesh.lines()).anyMatch(line -> line.contains("\"event\":\"down\""));
    }

    try (ChildJvm mesh = up();
        Sealift reader = Sealift.open(folder.resolve("reader"))) {
      Space space = reader.join(link);
      space.connect(url(mesh));
      Await.until(
          DEADLINE, () -> rows(space) >= acknowledged.size(), () -> "it has " + space.status());
      assertThat(acknowledged)
          .allSatisfy(key -> assertThat(space.table("notes").get(key)).isPresent());
    }
  }

  @Test
  void toldOnceMoreItDoesNotWaitForTheEndOfTheDrain() throws Exception {
    try (ChildJvm mesh = up("--drain-seconds", "3600")) {
      URI url = url(mesh);
      CompletableFuture<Integer> exit = stopInBackground(mesh);
      Await.until(DEADLINE, () -> ready(url) == 503, () -> "the probe says " + ready(url));

      assertThat(mesh.stop(DEADLINE)).isZero();
      assertThat(exit.get(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isZero();
    }
  }

  /** Whether it was acknowledged; the mesh may have ended before. */
  private static boolean put(Space space, String key, ChildJvm mesh, List<String> acknowledged)
      throws Exception {
    space.table("notes").put(key, Row.of("text", key));
    CompletableFuture<?> durable = space.whenDurable();
    Await.until(DEADLINE, () -> durable.isDone() || mesh.hasEnded(), () -> "neither for " + key);
    if (!durable.isDone()) {
      return false;
    }
    durable.get();
    return acknowledged.add(key);
  }

  /** Before its first exchange with the mesh a space has no table. */
  private static long rows(Space space) {
    try {
      return space.table("notes").count();
    } catch (SealiftException e) {
      return 0;
    }
  }

  private ChildJvm up(String... options) throws IOException {
    String[] arguments = new String[options.length + 6];
    String[] usual = {
      "up", "--json", "--port", "0", "--data", folder.resolve("mesh").toString()
    };
    System.arraycopy(usual, 0, arguments, 0, usual.length);
    System.arraycopy(options, 0, arguments, usual.length, options.length);
    return ChildJvm.start(Main.class, arguments);
  }

  private static URI url(ChildJvm mesh) {
    String line = mesh.awaitLine(text -> text.startsWith("{"), DEADLINE);
    return URI.create(new JsonObject(line).getString("url"));
  }

  private static CompletableFuture<Integer> stopInBackground(ChildJvm mesh) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return mesh.stop(DEADLINE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    });
  }

  /** The status of the probe; 0 when nobody answers. */
  private int ready(URI mesh) {
    URI probe = URI.create("http://" + mesh.getAuthority() + "/readyz");
    try {
      return http.send(
              HttpRequest.newBuilder(probe).timeout(Duration.ofSeconds(10)).build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }
}
