package dev.sealift.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.proto.ProblemCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever a device asked for ends its span, and is counted once, also when its connection ends before. */
class SpansTest {
  private static final SpaceId SPACE = TestDevice.space(5);

  /** Longer than a test waits: what ends sooner was not given up. */
  private static final long LONG_MILLIS = 10 * 60_000;

  private final OpenSpans spans = new OpenSpans();
  private final GatewayFixture fixture = new GatewayFixture(
      Vertx.builder().withTracer(options -> spans).build(), GatewayFixture.patient(LONG_MILLIS));

  @AfterEach
  void close() {
    fixture.mesh.releaseAdmits();
    fixture.close();
  }

  private TestClient enter() {
    TestClient client = fixture.connect();
    client.enter(SPACE);
    Waiting.until("the authorization is counted", () -> served("authorize") == 1);
    return client;
  }

  private void putThatWaitsForTheEngine(TestClient client) {
    fixture.mesh.holdAdmits();
    client.put(1, client.device.file(SPACE, 1, 10));
    Waiting.until("the engine is asked", () -> fixture.mesh.admits.get() == 1);
  }

  private long served(String kind) {
    return fixture
        .registry
        .get("sealift.gateway.request")
        .tag("kind", kind)
        .timer()
        .count();
  }

  private double unserved(String kind) {
    return fixture.count("requests.unserved", "kind", kind);
  }

  @Test
  void ofADeviceThatLeavesWhileItsPutIsAdmitted() {
    TestClient client = enter();
    putThatWaitsForTheEngine(client);
    assertThat(spans.open()).contains("put");

    Waiting.await(client.socket.close());
    Waiting.until("the put is counted", () -> unserved("put") == 1);
    assertThat(spans.open()).doesNotContain("put");

    fixture.mesh.releaseAdmits();
    Waiting.until("all spans end", () -> spans.open().isEmpty());
    assertThat(unserved("put")).isEqualTo(1);
    assertThat(served("put")).isZero();
    assertThat(spans.endedTwice()).isFalse();
  }

  @Test
  void ofADeviceThatLeavesBeforeItsPutIsTriedAgain() {
    TestClient client = enter();
    fixture.mesh.failAdmits(MeshFailure.BUSY);
    client.put(1, client.device.file(SPACE, 1, 10));
    // The third try is made in 0.4 seconds, the fourth 1.6 seconds after it.
    Waiting.until("it was tried", () -> fixture.mesh.admits.get() == 3);

    Waiting.await(client.socket.close());
    Waiting.until("the put is counted", () -> unserved("put") == 1);
    Waiting.until("all spans end", () -> spans.open().isEmpty());
    assertThat(fixture.mesh.admits).hasValue(3);
  }

  @Test
  void ofADeviceThatIsClosedByItsAnswer() {
    fixture.mesh.authorization = Authorization.AUTHORIZATION_NOT_A_MEMBER;
    TestClient client = fixture.connect();
    client.send(TestDevice.frame(client.device.hello(SPACE)));
    client.send(TestDevice.frame(client.device.prove(SPACE, client.next().getChallenge())));
    client.assertClosedWith(ProblemCode.PROBLEM_CODE_NOT_A_MEMBER, 1008);

    Waiting.until("all spans end", () -> spans.open().isEmpty());
    assertThat(served("authorize")).isEqualTo(1);
    assertThat(unserved("authorize")).isZero();
  }

  @Test
  void ofADeviceThatLeftWhenTheGatewayStops() {
    TestClient client = enter();
    putThatWaitsForTheEngine(client);
    Waiting.await(client.socket.close());
    Waiting.until("the put is counted", () -> unserved("put") == 1);

    fixture.vertx.setTimer(500, timer -> fixture.mesh.releaseAdmits());
    Future<List<String>> openWhenStopped = fixture.stop().map(stopped -> spans.open());

    assertThat(Waiting.await(openWhenStopped)).isEmpty();
  }
}
