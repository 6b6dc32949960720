package dev.sealift.ops.mesh;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.Addresses;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.RequestId;
import dev.sealift.protocol.mesh.Shards;
import dev.sealift.protocol.mesh.proto.InspectRequest;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What operators who have the secret may ask one process of the mesh by HTTP. Answers with a message of {@code mesh.proto}, or with a word for what went wrong. */
public final class OperatorRoutes {
  public static final String COMPACTION = "/operator/compaction";

  /** The one parameter: a SpaceId in hexadecimal. */
  public static final String SPACE = "space";

  /** Longer than a compactor waits for gateways, and for a few answers of a store that is busy. */
  private static final long WITHIN_MILLIS = 30_000;

  private static final int BAD_REQUEST = 400;
  private static final int UNAUTHORIZED = 401;
  private static final int UNAVAILABLE = 503;

  private final Vertx vertx;
  private final OperatorSecret secret;
  private final Supplier<Collection<String>> compactors;

  OperatorRoutes(Vertx vertx, OperatorSecret secret, Supplier<Collection<String>> compactors) {
    this.vertx = vertx;
    this.secret = secret;
    this.compactors = compactors;
  }

  Map<String, Handler<HttpServerRequest>> byPath() {
    return Map.of(COMPACTION, this::compaction);
  }

  private void compaction(HttpServerRequest request) {
    Optional<SpaceId> space = space(request.getParam(SPACE));
    if (!secret.isIn(request.getHeader("authorization"))) {
      refuse(request, UNAUTHORIZED, "unauthorized");
    } else if (space.isEmpty()) {
      refuse(request, BAD_REQUEST, "malformed");
    } else {
      Shards.owner(Shards.shardOf(space.get()), compactors.get())
          .ifPresentOrElse(
              compactor -> ask(request, compactor, space.get()),
              () -> refuse(request, UNAVAILABLE, "no-compactor"));
    }
  }

  private static Optional<SpaceId> space(@Nullable String text) {
    try {
      return text == null
          ? Optional.empty()
          : Optional.of(SpaceId.of(HexFormat.of().parseHex(text)));
    } catch (IllegalArgumentException | FormatException e) {
      return Optional.empty();
    }
  }

  private void ask(HttpServerRequest request, String compactor, SpaceId space) {
    byte[] question =
        InspectRequest.newBuilder().setSpace(space.byteString()).build().toByteArray();
    DeliveryOptions options = new DeliveryOptions()
        .setSendTimeout(WITHIN_MILLIS)
        .addHeader(RequestId.HEADER, RequestId.next());
    vertx
        .eventBus()
        .<Buffer>request(Addresses.inspect(compactor), Buffer.buffer(question), options)
        .onSuccess(reply ->
            plain(request).putHeader("content-type", "application/x-protobuf").end(reply.body()))
        .onFailure(failure -> refuse(request, UNAVAILABLE, word(failure)));
  }

  private static String word(Throwable failure) {
    boolean isBusy =
        failure instanceof ReplyException reply && reply.failureCode() == MeshFailure.BUSY.code();
    return isBusy ? "busy" : "unavailable";
  }

  private static void refuse(HttpServerRequest request, int status, String word) {
    plain(request).setStatusCode(status).end(word + "\n");
  }

  private static HttpServerResponse plain(HttpServerRequest request) {
    return request.response().putHeader("cache-control", "no-store");
  }
}
