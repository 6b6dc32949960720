package dev.sealift.gateway;

import dev.sealift.gateway.GatewayStartException.Reason;
import dev.sealift.gateway.codec.Subprotocol;
import dev.sealift.gateway.session.Notary;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.mesh.LagProbe;
import dev.sealift.protocol.mesh.Roster;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.tracing.TracingPolicy;
import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The mesh's door: WebSocket sessions with devices, and the operator's HTTP endpoints.
 *
 * <p>{@code start} completes when the port is open, or fails with a {@link GatewayStartException}. {@code stop} tells the
 * devices to go elsewhere, finishes what is under way within a bound, and closes. One instance to a meter registry.
 */
public final class GatewayVerticle extends VerticleBase {
  /**
   * A frame a little too large still gets its typed problem; one beyond this only a WebSocket close code (1009). The server knows one
   * bound for all its sockets, so it is that of the longer form.
   */
  private static final int SOCKET_FRAME_BYTES = Limits.MAX_JSON_FRAME_BYTES + (64 << 10);

  /** For the answer to our closing; after that the connection is cut. */
  private static final int CLOSING_SECONDS = 5;

  /** Beyond the session's own idle limit: catches connections that never became a WebSocket, and sockets that are stuck. */
  private static final long SILENCE_MARGIN_MILLIS = 30_000;

  /** Twenty batches, at most, of which each takes milliseconds. */
  private static final long LAST_POSITIONS_MILLIS = 10_000;

  /** How old the figure of readiness is where nobody probes: Prometheus looks less often. */
  private static final long READY_MILLIS = 5_000;

  /** A gateway that restarts has all its devices knocking at once. */
  private static final int ACCEPT_BACKLOG = 1_024;

  private final GatewayConfig config;
  private final SigningKey notaryKey;
  private final Roster roster;
  private final MeterRegistry registry;
  private final Supplier<String> scrape;
  private final Map<String, Handler<HttpServerRequest>> more;
  private @Nullable Switchboard board;
  private @Nullable HttpServer server;
  private volatile boolean leaving;

  /**
   * @param notaryKey the mesh's, to prove itself to devices
   * @param roster the merge-engines and storage-adapters that are there now
   * @param registry where the gateway counts
   * @param scrape what {@code /metrics} returns, in Prometheus' text format; called on a worker thread
   */
  public GatewayVerticle(
      GatewayConfig config,
      SigningKey notaryKey,
      Roster roster,
      MeterRegistry registry,
      Supplier<String> scrape) {
    this(config, notaryKey, roster, registry, scrape, Map.of());
  }

  /** @param more what is served beside the gateway's own paths, by path; each handler says itself who may ask */
  public GatewayVerticle(
      GatewayConfig config,
      SigningKey notaryKey,
      Roster roster,
      MeterRegistry registry,
      Supplier<String> scrape,
      Map<String, Handler<HttpServerRequest>> more) {
    this.config = config;
    this.notaryKey = notaryKey;
    this.roster = roster;
    this.registry = registry;
    this.scrape = scrape;
    this.more = Map.copyOf(more);
  }

  /** The port that is open; only after {@code start}. */
  public int port() {
    if (server == null) {
      throw new IllegalStateException("the gateway has not started");
    }
    return server.actualPort();
  }

  /**
   * Says from now on that it is not ready, and goes on serving whoever comes: balancers take a while to look elsewhere. From any
   * thread; {@code stop} is to follow.
   */
  public void leave() {
    leaving = true;
  }

  @Override
  public Future<?> start() {
    GatewayLimits limits = config.limits();
    GatewayMetrics metrics = new GatewayMetrics(registry);
    Mesh mesh = new Mesh(vertx.eventBus(), roster, metrics, limits.meshMillis());
    Switchboard opened = new Switchboard(vertx, limits, notary(), mesh, metrics);
    board = opened;
    Readiness readiness = new Readiness(mesh, opened::now);
    showCounts(opened, metrics);
    metrics.gauge(
        "ready",
        "Whether devices are taken",
        () -> readiness.hadAll() && !leaving && !opened.isGoingAway() ? 1 : 0);
    return vertx
        .executeBlocking(this::prepare)
        .compose(tls -> opened.news().listen(vertx.eventBus()).map(tls))
        .compose(tls -> opened.presence().listen().map(tls))
        .onSuccess(tls -> lookWhoIsThere(opened)) // before any device: nobody of them is new to it
        .compose(tls -> listen(tls, opened, readiness))
        .onSuccess(listening -> startTimers(opened, readiness));
  }

  private Notary notary() {
    SecureRandom random = new SecureRandom();
    Supplier<byte[]> nonces = () -> {
      byte[] nonce = new byte[dev.sealift.protocol.wire.Handshake.NONCE_BYTES];
      random.nextBytes(nonce);
      return nonce;
    };
    return new Notary(notaryKey, nonces, System::currentTimeMillis);
  }

  private void showCounts(Switchboard opened, GatewayMetrics metrics) {
    Door door = opened.door();
    metrics.gauge("connections.open", "WebSockets of devices of a space", door::open);
    metrics.gauge(
        "connections.strangers", "WebSockets of nobody that a space knows, yet", door::strangers);
    metrics.gauge("connections.http", "Connections that are no WebSocket yet", door::http);
    metrics.gauge(
        "connections.max", "WebSockets that there may be in all", config.limits()::maxConnections);
    metrics.gauge(
        "positions.waiting",
        "Positions of devices that the store does not have yet",
        opened.positions()::waiting);
    metrics.gauge(
        "spaces.refreshing",
        "Spaces that the engines are asked about again, because news of them may have been missed",
        opened.refresher()::waiting);
  }

  /** Blocks: names are resolved and files read. */
  private Optional<TlsReloader.Loaded> prepare() throws GatewayStartException {
    if (config.tls().isPresent()) {
      return Optional.of(TlsReloader.Loaded.from(vertx, config.tls().get()));
    }
    if (!config.allowPlaintext() && !isLoopback(config.host())) {
      throw new GatewayStartException(
          Reason.PLAINTEXT_BEYOND_LOOPBACK,
          "Plain ws on "
              + config.host()
              + " would be open to the network: give a TLS certificate and key, listen on 127.0.0.1, or allow"
              + " plaintext explicitly when TLS ends in front of this gateway.");
    }
    return Optional.empty();
  }

  private static boolean isLoopback(String host) throws GatewayStartException {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new GatewayStartException(
          Reason.CANNOT_BIND, "The address " + host + " to listen on is not known here.", e);
    }
  }

  private Future<Void> listen(
      Optional<TlsReloader.Loaded> tls, Switchboard to, Readiness readiness) {
    HttpServerOptions options = options();
    tls.ifPresent(loaded -> options.setSsl(true).setKeyCertOptions(loaded.options()));
    HttpRoutes routes =
        new HttpRoutes(vertx, to, readiness, () -> leaving, scrape, more, config.version());
    HttpServer opening = vertx
        .createHttpServer(options)
        .connectionHandler(connection -> admit(connection, to.door()))
        .requestHandler(routes.handler());
    server = opening;
    tls.ifPresent(loaded -> watch(loaded, opening, to.metrics()));
    return opening
        .listen(config.port(), config.host())
        .<Void>mapEmpty()
        .recover(failure -> Future.failedFuture(explained(failure)));
  }

  private HttpServerOptions options() {
    long silence = config.limits().session().idleMillis() + SILENCE_MARGIN_MILLIS;
    return new HttpServerOptions()
        .setWebSocketSubProtocols(Subprotocol.ids())
        // Spans begin with what a device asks, and say nothing of its path and address.
        .setTracingPolicy(TracingPolicy.IGNORE)
        .setMaxWebSocketFrameSize(SOCKET_FRAME_BYTES)
        .setMaxWebSocketMessageSize(SOCKET_FRAME_BYTES)
        // Payloads are sealed: compressing them again costs memory for each connection and gains
        // nothing.
        .setPerMessageWebSocketCompressionSupported(false)
        .setPerFrameWebSocketCompressionSupported(false)
        .setWebSocketClosingTimeout(CLOSING_SECONDS)
        .setHttp2ClearTextEnabled(false)
        .setUseAlpn(false)
        .setAcceptBacklog(ACCEPT_BACKLOG)
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setIdleTimeout((int) Math.min(silence, Integer.MAX_VALUE));
  }

  private static void admit(HttpConnection connection, Door door) {
    connection.closeHandler(closed -> door.disconnected());
    if (!door.connected()) {
      connection.close();
    }
  }

  private void watch(TlsReloader.Loaded loaded, HttpServer opening, GatewayMetrics metrics) {
    TlsReloader reloader =
        new TlsReloader(vertx, config.tls().orElseThrow(), loaded.stamp(), metrics);
    vertx.setPeriodic(config.limits().tlsCheckMillis(), timer -> reloader.check(opening));
  }

  private GatewayStartException explained(Throwable failure) {
    String place = config.host() + " port " + config.port();
    boolean inUse = failure instanceof BindException
        && String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("in use");
    return inUse
        ? new GatewayStartException(
            Reason.PORT_IN_USE,
            "Another program listens on " + place + " already: stop it or choose another port.",
            failure)
        : new GatewayStartException(
            Reason.CANNOT_BIND,
            "Cannot listen on " + place
                + ": check that the address is this machine's and the port allowed.",
            failure);
  }

  private void startTimers(Switchboard opened, Readiness readiness) {
    GatewayLimits limits = config.limits();
    readiness.parts();
    vertx.setPeriodic(READY_MILLIS, timer -> readiness.parts());
    vertx.setPeriodic(limits.tickMillis(), timer -> opened.tick());
    vertx.setPeriodic(limits.rosterMillis(), timer -> lookWhoIsThere(opened));
    vertx.setPeriodic(limits.positionsMillis(), timer -> opened.positions().flush());
    LagProbe.start(
        (millis, probe) -> vertx.setTimer(millis, timer -> probe.run()),
        System::nanoTime,
        opened.metrics()::late);
  }

  private void lookWhoIsThere(Switchboard opened) {
    opened.mesh().giveUpOnWhoLeft();
    opened.news().look(roster);
  }

  @Override
  public Future<?> stop() {
    Switchboard opened = board;
    HttpServer listening = server;
    if (opened == null || listening == null) {
      return Future.succeededFuture();
    }
    return opened
        .goAway()
        .compose(gone -> opened.positions().flush()) // that under way; nothing comes any more
        .compose(flushed -> {
          long until = opened.now() + LAST_POSITIONS_MILLIS;
          return opened.positions().flushAll(() -> opened.now() < until);
        })
        .eventually(() -> listening.close());
  }
}
