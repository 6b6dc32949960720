package dev.sealift.gateway;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.AuthorizeRequest;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import io.vertx.core.Future;
import java.util.function.LongSupplier;

/**
 * Whether devices can be served: the store and an engine answer. Asked of them at most once a second, whoever asks here, and
 * with questions that cost nothing: no positions to keep, and a space that does not exist.
 */
final class Readiness {
  /** A probe may ask as often as it likes. */
  static final long KEPT_MILLIS = 1_000;

  /** Shorter than the usual probe's own time limit would be too strict, longer would be no answer. */
  static final long ANSWER_MILLIS = 2_000;

  private static final SpaceId NO_SPACE = noSpace();

  private final Mesh mesh;
  private final LongSupplier now;
  private long askedAt;
  private Future<Parts> kept;
  private volatile boolean all;

  /** Which of the parts that a gateway needs answer. */
  record Parts(boolean store, boolean engine) {
    boolean all() {
      return store && engine;
    }
  }

  Readiness(Mesh mesh, LongSupplier now) {
    this.mesh = mesh.within(ANSWER_MILLIS);
    this.now = now;
    this.kept = Future.succeededFuture(new Parts(false, false));
    this.askedAt = now.getAsLong() - KEPT_MILLIS;
  }

  Future<Parts> parts() {
    if (kept.isComplete() && now.getAsLong() - askedAt >= KEPT_MILLIS) {
      askedAt = now.getAsLong();
      kept = ask();
    }
    return kept;
  }

  private Future<Parts> ask() {
    Future<Boolean> store = answers(mesh.positions(PositionsRequest.getDefaultInstance()));
    Future<Boolean> engine =
        answers(mesh.authorize(DeviceRequest.ofNobody(), NO_SPACE, stranger()));
    return Future.all(store, engine)
        .map(done -> new Parts(store.result(), engine.result()))
        .onSuccess(parts -> all = parts.all());
  }

  /** Whether all parts answered when they were asked last. From any thread. */
  boolean hadAll() {
    return all;
  }

  private static Future<Boolean> answers(Future<?> reply) {
    return reply.transform(answer -> Future.succeededFuture(answer.succeeded()));
  }

  private static AuthorizeRequest stranger() {
    ByteString nobody = NO_SPACE.byteString();
    return AuthorizeRequest.newBuilder().setSpace(nobody).setDevice(nobody).build();
  }

  private static SpaceId noSpace() {
    try {
      return SpaceId.of(new byte[SpaceId.BYTES]);
    } catch (FormatException e) {
      throw new AssertionError("zeros of the right length are a SpaceId", e);
    }
  }
}
