package dev.sealift.ops.mesh;

import dev.sealift.ops.mesh.MeshOptions.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.tracing.TracingPolicy;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** {@code /livez}, {@code /readyz} and {@code /metrics} of a process that has no gateway to serve them. */
final class ProbeServer extends VerticleBase {
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int UNAVAILABLE = 503;

  private final Endpoint endpoint;
  private final BooleanSupplier ready;
  private final Supplier<String> metrics;
  private final Map<String, Handler<HttpServerRequest>> more;

  /** @param more what is served beside these, by path */
  ProbeServer(
      Endpoint endpoint,
      BooleanSupplier ready,
      Supplier<String> metrics,
      Map<String, Handler<HttpServerRequest>> more) {
    this.endpoint = endpoint;
    this.ready = ready;
    this.metrics = metrics;
    this.more = more;
  }

  @Override
  public Future<HttpServer> start() {
    return vertx
        .createHttpServer(new HttpServerOptions().setTracingPolicy(TracingPolicy.IGNORE))
        .requestHandler(this::answer)
        .listen(endpoint.port(), endpoint.host());
  }

  private void answer(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    String path = HttpMethod.GET.equals(request.method()) ? request.path() : "";
    switch (path) {
      case "/livez" -> response.setStatusCode(OK).end("ok\n");
      case "/readyz" -> {
        boolean isReady = ready.getAsBoolean();
        response.setStatusCode(isReady ? OK : UNAVAILABLE).end(isReady ? "ready\n" : "not ready\n");
      }
      case "/metrics" ->
        response
            .putHeader("content-type", "text/plain; version=0.0.4; charset=utf-8")
            .end(metrics.get());
      default ->
        more.getOrDefault(path, other -> response.setStatusCode(NOT_FOUND).end())
            .handle(request);
    }
  }
}
