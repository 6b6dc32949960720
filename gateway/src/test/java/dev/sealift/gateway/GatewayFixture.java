package dev.sealift.gateway;

import dev.sealift.gateway.codec.Subprotocol;
import dev.sealift.gateway.session.SessionLimits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;

/** A gateway on a free port with a fake mesh behind it. */
final class GatewayFixture implements AutoCloseable {
  final Vertx vertx;
  final FakeMesh mesh;
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private GatewayVerticle gateway;
  private String deployment = "";

  GatewayFixture() {
    this(quick());
  }

  GatewayFixture(GatewayLimits limits) {
    this(GatewayConfig.loopback(0, "1.2.3").withLimits(limits));
  }

  GatewayFixture(GatewayConfig config) {
    this(Vertx.vertx(), config);
  }

  GatewayFixture(Vertx vertx, GatewayLimits limits) {
    this(vertx, GatewayConfig.loopback(0, "1.2.3").withLimits(limits));
  }

  private GatewayFixture(Vertx vertx, GatewayConfig config) {
    this.vertx = vertx;
    this.mesh = new FakeMesh(vertx);
    gateway = verticle(config);
    deployment = Waiting.await(vertx.deployVerticle(gateway));
  }

  GatewayVerticle verticle(GatewayConfig config) {
    return new GatewayVerticle(
        config, TestDevice.NOTARY, FakeMesh.ROSTER, registry, () -> "scraped 1\n");
  }

  int port() {
    return gateway.port();
  }

  TestClient connect() {
    return TestClient.connect(vertx, port());
  }

  TestClient connect(int seed, Subprotocol subprotocol) {
    return TestClient.connect(vertx, port(), seed, Optional.empty(), subprotocol);
  }

  /** As before a stop: see {@link GatewayVerticle#leave}. */
  void leave() {
    gateway.leave();
  }

  Future<Void> stop() {
    return vertx.undeploy(deployment);
  }

  double count(String name, String... tags) {
    var counter = registry.find("sealift.gateway." + name).tags(tags).counter();
    return counter == null ? 0 : counter.count();
  }

  double gauge(String name) {
    return registry.get("sealift.gateway." + name).gauge().value();
  }

  /** With short times, so that tests that wait for one need not wait long. */
  static GatewayLimits quick() {
    return limits(SessionLimits.defaults(), GatewayLimits.MAX_CONNECTIONS, 256);
  }

  static GatewayLimits limits(SessionLimits session, int maxConnections, int maxStrangers) {
    return limits(session, maxConnections, maxStrangers, 2_000, 1_000);
  }

  /** With so long for each question to the mesh, and for what is under way when the gateway stops. */
  static GatewayLimits patient(long millis) {
    return limits(SessionLimits.defaults(), GatewayLimits.MAX_CONNECTIONS, 256, millis, millis);
  }

  private static GatewayLimits limits(
      SessionLimits session,
      int maxConnections,
      int maxStrangers,
      long meshMillis,
      long drainMillis) {
    return new GatewayLimits(
        maxConnections, maxStrangers, meshMillis, drainMillis, 500, 50, 20, 20, 20, session);
  }

  static SessionLimits impatient(long authenticationMillis) {
    return limits(authenticationMillis, SessionLimits.SLOW_READER_MILLIS);
  }

  static SessionLimits limits(long authenticationMillis, long slowReaderMillis) {
    SessionLimits d = SessionLimits.defaults();
    return new SessionLimits(
        authenticationMillis,
        d.framesPerSecond(),
        d.framesBurst(),
        d.bytesPerSecond(),
        d.bytesBurst(),
        d.pingMillis(),
        d.idleMillis(),
        slowReaderMillis,
        d.recheckMillis());
  }

  @Override
  public void close() {
    // The clients share this Vertx: closed first, they would not hear the gateway say goodbye.
    vertx
        .deploymentIDs()
        .forEach(running -> Waiting.await(vertx.undeploy(running).otherwiseEmpty()));
    Waiting.await(vertx.close());
  }
}
