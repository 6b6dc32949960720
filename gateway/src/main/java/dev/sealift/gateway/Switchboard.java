package dev.sealift.gateway;

import dev.sealift.gateway.codec.Subprotocol;
import dev.sealift.gateway.session.GatewaySession;
import dev.sealift.gateway.session.Notary;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** All connections of one gateway and what they share. On the verticle's event loop only. */
final class Switchboard {
  /** What devices are told to wait after a go-away: time enough for a balancer to look elsewhere. */
  static final long GO_AWAY_RETRY_MILLIS = 500;

  /** So many a second are told to come back, one after another: the gateways that are left shake hands with a few thousand. */
  static final int COMING_PER_SECOND = 2_000;

  private final Vertx vertx;
  private final GatewayLimits limits;
  private final Notary notary;
  private final Mesh mesh;
  private final GatewayMetrics metrics;
  private final Door door;
  private final Followers followers = new Followers();
  private final Refresher refresher;
  private final News news;
  private final Crowd<Connection> crowd = new Crowd<>();
  private final PositionFlusher positions;
  private final Paces paces = new Paces();
  private final Presence presence;
  private final Set<Connection> connections = new HashSet<>();
  private final Promise<Void> emptied = Promise.promise();
  private long questions;
  private volatile boolean goingAway;

  Switchboard(Vertx vertx, GatewayLimits limits, Notary notary, Mesh mesh, GatewayMetrics metrics) {
    this.vertx = vertx;
    this.limits = limits;
    this.notary = notary;
    this.mesh = mesh;
    this.metrics = metrics;
    this.door = new Door(limits);
    this.positions = new PositionFlusher(mesh, metrics);
    this.refresher = new Refresher(mesh, followers, metrics, this::refreshAfter);
    this.news = new News(followers, refresher);
    this.presence = new Presence(UUID.randomUUID().toString(), followers, paces, vertx.eventBus());
  }

  Mesh mesh() {
    return mesh;
  }

  GatewayMetrics metrics() {
    return metrics;
  }

  Door door() {
    return door;
  }

  Followers followers() {
    return followers;
  }

  News news() {
    return news;
  }

  Presence presence() {
    return presence;
  }

  Paces paces() {
    return paces;
  }

  Refresher refresher() {
    return refresher;
  }

  private void refreshAfter(long millis) {
    after(millis, refresher::goOn);
  }

  Crowd<Connection> crowd() {
    return crowd;
  }

  PositionFlusher positions() {
    return positions;
  }

  long closingMillis() {
    return limits.closingMillis();
  }

  boolean isGoingAway() {
    return goingAway;
  }

  /** Milliseconds of a clock that never goes back. */
  long now() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  void after(long millis, Runnable action) {
    vertx.setTimer(millis, timer -> action.run());
  }

  void enter(ServerWebSocket socket, Subprotocol subprotocol) {
    GatewaySession session =
        new GatewaySession(notary, limits.session(), subprotocol.codec(), now());
    Connection connection = new Connection(session, subprotocol, socket, this);
    metrics.entered(subprotocol);
    door.entered();
    connections.add(connection);
    connection.open();
    if (goingAway) {
      connection.goAway(GO_AWAY_RETRY_MILLIS);
    }
  }

  void left(Connection connection) {
    connections.remove(connection);
    completeWhenEmpty();
  }

  /** The mesh is asked something for a device. */
  void asked() {
    questions++;
  }

  /** The mesh has answered, whether or not the device is still there. */
  void answered() {
    questions--;
    completeWhenEmpty();
  }

  private void completeWhenEmpty() {
    if (goingAway && connections.isEmpty() && questions == 0) {
      emptied.tryComplete();
    }
  }

  void tick() {
    long now = now();
    List.copyOf(connections).forEach(connection -> connection.tick(now));
  }

  /**
   * Tells every device to go elsewhere. Completes when all have gone and what they asked of the mesh is answered, or at the time
   * limit, when those who are left are cut off.
   */
  Future<Void> goAway() {
    goingAway = true;
    long retryMicros = GO_AWAY_RETRY_MILLIS * 1_000;
    for (Connection connection : List.copyOf(connections)) {
      connection.goAway(retryMicros / 1_000);
      retryMicros += 1_000_000 / COMING_PER_SECOND;
    }
    completeWhenEmpty();
    after(limits.drainMillis(), () -> {
      List.copyOf(connections).forEach(Connection::cutOff);
      emptied.tryComplete();
    });
    return emptied.future();
  }
}
