package dev.sealift.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpTest {
  private final GatewayFixture fixture = new GatewayFixture();
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    fixture.close();
  }

  private HttpResponse<String> get(String path) {
    URI uri = URI.create("http://127.0.0.1:" + fixture.port() + path);
    try {
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void itIsAliveAndSaysWhatItIs() {
    assertThat(get("/livez").statusCode()).isEqualTo(200);
    JsonObject version = new JsonObject(get("/version").body());
    assertThat(version.getString("version")).isEqualTo("1.2.3");
    assertThat(version.getInteger("protocol")).isEqualTo(1);
  }

  @Test
  void metricsAreWhatTheScrapeGives() {
    HttpResponse<String> response = get("/metrics");
    assertThat(response.body()).isEqualTo("scraped 1\n");
    assertThat(response.headers().firstValue("content-type").orElseThrow())
        .startsWith("text/plain; version=0.0.4");
  }

  @Test
  void itIsReadyWhenStoreAndEngineAnswerAndSaysWhichDoesNot() {
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    fixture.mesh.stopEngine();
    Waiting.until("not ready", () -> get("/readyz").statusCode() == 503);
    JsonObject body = new JsonObject(get("/readyz").body());
    assertThat(body.getBoolean("store")).isTrue();
    assertThat(body.getBoolean("engine")).isFalse();
    fixture.mesh.startEngine();
    fixture.mesh.stopStore();
    Waiting.until(
        "the store is missed", () -> !new JsonObject(get("/readyz").body()).getBoolean("store"));
    fixture.mesh.startStore();
    Waiting.until("ready again", () -> get("/readyz").statusCode() == 200);
  }

  @Test
  void beforeItStopsItIsNotReadyAndServesAllTheSame() {
    fixture.leave();
    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(new JsonObject(get("/readyz").body()).getBoolean("goingAway")).isTrue();
    assertThat(get("/livez").statusCode()).isEqualTo(200);
    TestClient late = fixture.connect();
    late.enter(TestDevice.space(5));
  }

  @Test
  void theMeshIsNotAskedForEachProbe() {
    for (int i = 0; i < 50; i++) {
      get("/readyz");
    }
    assertThat(fixture.mesh.readiness.get()).isLessThan(25);
  }

  @Test
  void anInvitationOpenedInABrowserIsExplainedAndNotRepeated() {
    HttpResponse<String> response = get("/join/c2VjcmV0-path");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("invitation", "sealift join").doesNotContain("c2VjcmV0");
    assertThat(response.body().toLowerCase(java.util.Locale.ROOT)).doesNotContain("<script");
    assertThat(response.headers().firstValue("referrer-policy")).hasValue("no-referrer");
    assertThat(response.headers().firstValue("cache-control")).hasValue("no-store");
  }

  @Test
  void whatIsNotThereIsNotFound() {
    assertThat(get("/").statusCode()).isEqualTo(404);
    assertThat(get("/v2/sync").statusCode()).isEqualTo(404);
    assertThat(get("/v1/sync").statusCode()).isEqualTo(426);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/sync, sealift.v2, 400",
    "/v1/sync, sealift.v1.xml, 400",
    "/v1/sync, , 400",
    "/v1/other, sealift.v1, 404",
    "/, sealift.v1, 404",
  })
  void aWebSocketOfAnotherPathOrSubprotocolIsTurnedAway(
      String path, String subprotocol, int status) {
    String[] subprotocols = subprotocol == null ? new String[0] : new String[] {subprotocol};
    Throwable failure = Waiting.awaitFailure(
        TestClient.dial(fixture.vertx, fixture.port(), Optional.empty(), path, subprotocols));
    assertThat(((UpgradeRejectedException) failure).getStatus()).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({
    "sealift.v1, sealift.v1",
    "sealift.v1.json, sealift.v1.json",
    "other.v9 sealift.v1, sealift.v1",
    "other.v9 sealift.v1.json, sealift.v1.json",
    "sealift.v1 sealift.v1.json, sealift.v1",
    "sealift.v1.json sealift.v1, sealift.v1",
  })
  void theSubprotocolThatWeLikeBestIsChosenAmongThoseOffered(String offered, String chosen) {
    var socket = Waiting.await(TestClient.dial(
        fixture.vertx, fixture.port(), Optional.empty(), "/v1/sync", offered.split(" ")));
    assertThat(socket.subProtocol()).isEqualTo(chosen);
    String name = chosen.endsWith("json") ? "json" : "binary";
    Waiting.until(
        "it is counted", () -> fixture.count("connections.entered", "subprotocol", name) == 1);
  }
}
