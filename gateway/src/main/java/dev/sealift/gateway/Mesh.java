package dev.sealift.gateway;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.sealift.gateway.session.MeshTrouble;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.Addresses;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.RequestId;
import dev.sealift.protocol.mesh.Shards;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.AdmitRequest;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.mesh.proto.AuthorizeRequest;
import dev.sealift.protocol.mesh.proto.PositionsReply;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.mesh.proto.ReadRequest;
import dev.sealift.protocol.mesh.proto.StageReply;
import dev.sealift.protocol.mesh.proto.StageRequest;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.ReplyException;
import java.io.IOException;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other verticles, by event bus. Each question is asked once: trying again is for the sessions, which know what may be
 * repeated. A question without an answer fails with {@link Unanswered}.
 */
final class Mesh {
  private static final Logger LOG = LoggerFactory.getLogger(Mesh.class);

  private final EventBus bus;
  private final Supplier<Collection<String>> engines;
  private final GatewayMetrics metrics;
  private final DeliveryOptions options;

  /** The reason is in {@link #trouble}. */
  static final class Unanswered extends Exception {
    private static final long serialVersionUID = 1L;

    private final MeshTrouble trouble;

    Unanswered(MeshTrouble trouble) {
      super(trouble.name(), null, false, false);
      this.trouble = trouble;
    }

    MeshTrouble trouble() {
      return trouble;
    }
  }

  /**
   * @param engines the ids of the merge-engines that are there now
   */
  Mesh(
      EventBus bus,
      Supplier<Collection<String>> engines,
      GatewayMetrics metrics,
      long timeoutMillis) {
    this.bus = bus;
    this.engines = engines;
    this.metrics = metrics;
    this.options = new DeliveryOptions().setSendTimeout(timeoutMillis);
  }

  /** With another time limit on each question. */
  Mesh within(long timeoutMillis) {
    return new Mesh(bus, engines, metrics, timeoutMillis);
  }

  Future<StageReply> stage(DeviceRequest by, StageRequest request) {
    return ask(by, "stage", Addresses.STAGE, request, StageReply.parser());
  }

  Future<ReadReply> read(DeviceRequest by, ReadRequest request) {
    return ask(by, "read", Addresses.READ, request, ReadReply.parser());
  }

  Future<PositionsReply> positions(PositionsRequest request) {
    return ask(
        DeviceRequest.ofNobody(),
        "positions",
        Addresses.POSITIONS,
        request,
        PositionsReply.parser());
  }

  Future<AdmitReply> admit(DeviceRequest by, SpaceId space, AdmitRequest request) {
    return ownerOf(space, Addresses::admit)
        .map(address -> ask(by, "admit", address, request, AdmitReply.parser()))
        .orElseGet(Mesh::nobody);
  }

  Future<AuthorizeReply> authorize(DeviceRequest by, SpaceId space, AuthorizeRequest request) {
    return ownerOf(space, Addresses::authorize)
        .map(address -> ask(by, "authorize", address, request, AuthorizeReply.parser()))
        .orElseGet(Mesh::nobody);
  }

  /** What a failed question failed for. */
  static MeshTrouble troubleOf(Throwable failure) {
    return failure instanceof Unanswered unanswered ? unanswered.trouble() : MeshTrouble.BROKEN;
  }

  private Optional<String> ownerOf(SpaceId space, Function<String, String> address) {
    return Shards.owner(Shards.shardOf(space), engines.get()).map(address);
  }

  private static <T> Future<T> nobody() {
    return Future.failedFuture(new Unanswered(MeshTrouble.NOBODY));
  }

  private <T> Future<T> ask(
      DeviceRequest by, String call, String address, MessageLite request, Parser<T> parser) {
    long startedAt = System.nanoTime();
    Buffer body = Buffer.buffer(request.toByteArray());
    DeliveryOptions named = new DeliveryOptions(options).addHeader(RequestId.HEADER, by.id());
    return by.run(() -> bus.<Buffer>request(address, body, named))
        .compose(reply -> parse(parser, reply.body()), failure -> unanswered(failure))
        .onComplete(answer -> asked(
            by,
            call,
            answer.succeeded() ? "answered" : troubleOf(answer.cause()).name(),
            System.nanoTime() - startedAt));
  }

  private void asked(DeviceRequest by, String call, String outcome, long nanos) {
    metrics.asked(call, outcome, nanos);
    if (LOG.isDebugEnabled()) {
      LOG.atDebug()
          .addKeyValue(RequestId.LOG_KEY, by.id())
          .log("{} {} after {} µs", call, outcome, TimeUnit.NANOSECONDS.toMicros(nanos));
    }
  }

  private static <T> Future<T> parse(Parser<T> parser, Buffer body) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(body.getBytes());
      in.enableAliasing(true); // the bytes are ours alone: payloads need not be copied again
      return Future.succeededFuture(parser.parseFrom(in));
    } catch (IOException e) {
      return Future.failedFuture(new Unanswered(MeshTrouble.BROKEN));
    }
  }

  private static <T> Future<T> unanswered(Throwable failure) {
    MeshTrouble trouble =
        failure instanceof ReplyException reply ? troubleOf(reply) : MeshTrouble.BROKEN;
    return Future.failedFuture(new Unanswered(trouble));
  }

  private static MeshTrouble troubleOf(ReplyException reply) {
    return switch (reply.failureType()) {
      case NO_HANDLERS -> MeshTrouble.NOBODY;
      case TIMEOUT -> MeshTrouble.TIMEOUT;
      case RECIPIENT_FAILURE ->
        MeshFailure.ofCode(reply.failureCode()).map(Mesh::troubleOf).orElse(MeshTrouble.BROKEN);
      default -> MeshTrouble.UNAVAILABLE;
    };
  }

  private static MeshTrouble troubleOf(MeshFailure failure) {
    return switch (failure) {
      case BUSY -> MeshTrouble.BUSY;
      case UNAVAILABLE -> MeshTrouble.UNAVAILABLE;
      case MALFORMED -> MeshTrouble.MALFORMED;
      case INTERNAL -> MeshTrouble.BROKEN;
    };
  }
}
