package dev.sealift.gateway;

import dev.sealift.gateway.GatewayMetrics.TurnedAway;
import dev.sealift.gateway.codec.Subprotocol;
import dev.sealift.protocol.Limits;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What the gateway answers by HTTP, and the way to its WebSockets. */
final class HttpRoutes {
  static final String SYNC_PATH = "/v1/sync";

  /** Devices add jitter of their own; a place is free again within seconds, or at another gateway. */
  private static final String RETRY_AFTER_SECONDS = "2";

  private static final String PROTOCOLS_HEADER = "sec-websocket-protocol";
  private static final int BAD_REQUEST = 400;
  private static final int UPGRADE_REQUIRED = 426;
  private static final int UNAVAILABLE = 503;

  /** Says nothing of the link it was opened by: the page is the same for all, and keeps the path out of other servers' logs. */
  private static final String JOIN_PAGE = """
      <!doctype html>
      <html lang="en">
      <head><meta charset="utf-8"><title>Sealift invitation</title></head>
      <body>
      <h1>This is an invitation to a Sealift space</h1>
      <p>A web page cannot accept it: the part of the link that opens the space never reaches a server.
      Copy the whole link, and open it with the app that you share data in, or on a command line with</p>
      <pre>sealift join 'LINK'</pre>
      <p>Whoever has the link can join, until it expires or is used up. Pass it on only to the person it is for.</p>
      </body>
      </html>
      """;

  private final Vertx vertx;
  private final Switchboard board;
  private final Readiness readiness;
  private final BooleanSupplier leaving;
  private final Supplier<String> scrape;
  private final Map<String, Handler<HttpServerRequest>> more;
  private final String version;

  HttpRoutes(
      Vertx vertx,
      Switchboard board,
      Readiness readiness,
      BooleanSupplier leaving,
      Supplier<String> scrape,
      Map<String, Handler<HttpServerRequest>> more,
      String version) {
    this.vertx = vertx;
    this.board = board;
    this.readiness = readiness;
    this.leaving = leaving;
    this.scrape = scrape;
    this.more = more;
    this.version = version;
  }

  /** Everything but WebSockets goes through a router, which would stay in memory with each of them. */
  Handler<HttpServerRequest> handler() {
    Router router = router();
    return request -> {
      if (SYNC_PATH.equals(request.path())) {
        sync(request);
      } else {
        router.handle(request);
      }
    };
  }

  private Router router() {
    Router router = Router.router(vertx);
    router.get("/livez").handler(HttpRoutes::live);
    router.get("/readyz").handler(this::ready);
    router.get("/metrics").handler(this::metrics);
    router.get("/version").handler(this::version);
    router.get("/join/*").handler(HttpRoutes::join);
    more.forEach(
        (path, handler) -> router.get(path).handler(context -> handler.handle(context.request())));
    return router;
  }

  private static void live(RoutingContext context) {
    text(context.response(), "ok\n");
  }

  private void ready(RoutingContext context) {
    readiness.parts().onSuccess(parts -> ready(context, parts)).onFailure(context::fail);
  }

  private void ready(RoutingContext context, Readiness.Parts parts) {
    boolean goingAway = leaving.getAsBoolean() || board.isGoingAway();
    boolean ready = parts.all() && !goingAway;
    JsonObject body = new JsonObject()
        .put("ready", ready)
        .put("store", parts.store())
        .put("engine", parts.engine())
        .put("goingAway", goingAway);
    if (!ready) {
      context.response().setStatusCode(UNAVAILABLE);
    }
    context.json(body);
  }

  private void metrics(RoutingContext context) {
    vertx
        .executeBlocking(scrape::get) // thousands of lines: not on the loop that carries the frames
        .onSuccess(lines -> context
            .response()
            .putHeader("content-type", "text/plain; version=0.0.4; charset=utf-8")
            .end(lines))
        .onFailure(context::fail);
  }

  private void version(RoutingContext context) {
    context.json(new JsonObject()
        .put("name", "sealift")
        .put("version", version)
        .put("protocol", Limits.PROTOCOL_VERSION));
  }

  private static void join(RoutingContext context) {
    context
        .response()
        .putHeader("content-type", "text/html; charset=utf-8")
        .putHeader("content-security-policy", "default-src 'none'")
        .putHeader("referrer-policy", "no-referrer")
        .putHeader("x-content-type-options", "nosniff")
        .putHeader("cache-control", "no-store")
        .end(JOIN_PAGE);
  }

  private void sync(HttpServerRequest request) {
    Optional<Subprotocol> subprotocol = Subprotocol.choose(offered(request));
    if (!request.canUpgradeToWebSocket()) {
      turnAway(request, UPGRADE_REQUIRED, TurnedAway.PLAIN, "This address speaks WebSocket.");
    } else if (subprotocol.isEmpty()) {
      turnAway(
          request,
          BAD_REQUEST,
          TurnedAway.SUBPROTOCOL,
          "Ask for a WebSocket subprotocol: " + String.join(" or ", Subprotocol.ids()) + ".");
    } else if (board.isGoingAway() || board.door().isFull()) {
      turnAway(
          request, UNAVAILABLE, TurnedAway.FULL, "No room here now. Try again a little later.");
    } else if (board.door().hasTooManyStrangers()) {
      turnAway(
          request,
          UNAVAILABLE,
          TurnedAway.STRANGERS,
          "Too many are connecting. Try again a little later.");
    } else {
      enter(request, subprotocol.get());
    }
  }

  private void enter(HttpServerRequest request, Subprotocol subprotocol) {
    // Of several that it knows the upgrade would take the one that the device names first.
    request.headers().set(PROTOCOLS_HEADER, subprotocol.id());
    request.toWebSocket().onSuccess(socket -> {
      // From here on it is counted as a WebSocket.
      request.connection().closeHandler(closed -> {});
      board.door().disconnected();
      board.enter(socket, subprotocol);
    });
  }

  private static List<String> offered(HttpServerRequest request) {
    return request.headers().getAll(PROTOCOLS_HEADER).stream()
        .flatMap(header -> List.of(header.split(",")).stream())
        .map(String::trim)
        .toList();
  }

  private void turnAway(HttpServerRequest request, int status, TurnedAway reason, String sentence) {
    board.metrics().turnedAway(reason);
    if (status == UNAVAILABLE) {
      request.response().putHeader("retry-after", RETRY_AFTER_SECONDS);
    }
    text(request.response().setStatusCode(status), sentence + "\n");
  }

  private static void text(HttpServerResponse response, String body) {
    response.putHeader("content-type", "text/plain; charset=utf-8").end(body);
  }
}
