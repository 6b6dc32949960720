package dev.sealift.ops.bench;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.net.URI;
import java.util.concurrent.TimeUnit;

/**
 * A WebSocket server of Vert.x with nothing behind it: what an idle connection costs by itself, and how long a message takes there and
 * back, since it sends back whatever comes. Says where it is, then answers.
 */
final class BareServerMain {
  private static final long START_SECONDS = 30;

  private BareServerMain() {}

  public static void main(String[] arguments) throws Exception {
    Vertx vertx = Vertx.vertx();
    HttpServer server = vertx
        .createHttpServer(new HttpServerOptions().addWebSocketSubProtocol(Sockets.SUBPROTOCOL))
        .webSocketHandler(socket -> socket.binaryMessageHandler(socket::writeBinaryMessage))
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .get(START_SECONDS, TimeUnit.SECONDS);
    System.out.println(URI.create("ws://127.0.0.1:" + server.actualPort()));
    Answering.untilNobodyAsks();
    System.exit(0);
  }
}
