package dev.sealift.gateway;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.sealift.gateway.session.MeshTrouble;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.Addresses;
import dev.sealift.protocol.mesh.Awaited;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.RequestId;
import dev.sealift.protocol.mesh.Roster;
import dev.sealift.protocol.mesh.Shards;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.AdmitRequest;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.mesh.proto.AuthorizeRequest;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.EntriesReply;
import dev.sealift.protocol.mesh.proto.EntriesRequest;
import dev.sealift.protocol.mesh.proto.OutlineReply;
import dev.sealift.protocol.mesh.proto.OutlineRequest;
import dev.sealift.protocol.mesh.proto.PositionsReply;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.mesh.proto.ReadRequest;
import dev.sealift.protocol.mesh.proto.SignedPositionsReply;
import dev.sealift.protocol.mesh.proto.SignedPositionsRequest;
import dev.sealift.protocol.mesh.proto.StageReply;
import dev.sealift.protocol.mesh.proto.StageRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.ReplyException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other verticles, by event bus. Each question is asked once: trying again is for the sessions, which know what may be
 * repeated. A question without an answer fails with {@link Unanswered}. On the verticle's event loop only.
 */
final class Mesh {
  /**
   * Payloads on their way to storage-adapters, from all sessions; beyond it staging is busy. The bus has no window of its own, so
   * this is what a storage-adapter that takes nothing can make a gateway hold.
   */
  static final int MAX_STAGING_BYTES = 64 << 20;

  /** A read takes milliseconds; who needs longer is not there, and the next try goes to another storage-adapter. */
  static final long READ_MILLIS = 3_000;

  private static final Logger LOG = LoggerFactory.getLogger(Mesh.class);

  private final EventBus bus;
  private final Roster roster;
  private final GatewayMetrics metrics;
  private final long timeoutMillis;
  private final Awaited awaited = new Awaited();
  private long stagingBytes;

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

  Mesh(EventBus bus, Roster roster, GatewayMetrics metrics, long timeoutMillis) {
    this.bus = bus;
    this.roster = roster;
    this.metrics = metrics;
    this.timeoutMillis = timeoutMillis;
  }

  /** With another time limit on each question. */
  Mesh within(long timeoutMillis) {
    return new Mesh(bus, roster, metrics, timeoutMillis);
  }

  /** Where the space's owner will commit. */
  Future<StageReply> stage(DeviceRequest by, SpaceId space, StageRequest request) {
    Optional<String> store = Shards.storeOf(space, roster);
    if (store.isEmpty()) {
      return unanswered(MeshTrouble.NOBODY);
    }
    int bytes = request.getSerializedSize();
    if (stagingBytes + bytes > MAX_STAGING_BYTES) {
      return unanswered(MeshTrouble.BUSY);
    }
    stagingBytes += bytes;
    String address = Addresses.stage(store.get());
    return askOf(store.get(), by, Call.STAGE, address, request, StageReply.parser())
        .onComplete(answer -> stagingBytes -= bytes);
  }

  Future<ReadReply> read(DeviceRequest by, ReadRequest request) {
    return ask(by, Call.READ, Addresses.READ, request, ReadReply.parser(), readMillis());
  }

  Future<OutlineReply> outline(DeviceRequest by, OutlineRequest request) {
    return ask(by, Call.OUTLINE, Addresses.OUTLINE, request, OutlineReply.parser(), readMillis());
  }

  Future<EntriesReply> entries(DeviceRequest by, EntriesRequest request) {
    return ask(by, Call.ENTRIES, Addresses.ENTRIES, request, EntriesReply.parser(), readMillis());
  }

  Future<CompactionsReply> compactions(DeviceRequest by, CompactionsRequest request) {
    return ask(
        by,
        Call.COMPACTIONS,
        Addresses.COMPACTIONS,
        request,
        CompactionsReply.parser(),
        readMillis());
  }

  Future<SignedPositionsReply> signedPositions(DeviceRequest by, SignedPositionsRequest request) {
    return ask(
        by,
        Call.SIGNED_POSITIONS,
        Addresses.SIGNED_POSITIONS,
        request,
        SignedPositionsReply.parser(),
        readMillis());
  }

  Future<PositionsReply> positions(PositionsRequest request) {
    return ask(
        DeviceRequest.ofNobody(),
        Call.POSITIONS,
        Addresses.POSITIONS,
        request,
        PositionsReply.parser(),
        readMillis());
  }

  /**
   * Asks the owner of the space's shard.
   *
   * @param stagedAt the storage-adapter that keeps the payloads; if the owner commits elsewhere by now, they have {@link
   *     MeshTrouble#MOVED}
   */
  Future<AdmitReply> admit(DeviceRequest by, SpaceId space, String stagedAt, AdmitRequest request) {
    Optional<String> owner = ownerOf(space);
    if (owner.isEmpty()) {
      return unanswered(MeshTrouble.NOBODY);
    }
    if (!Shards.storeOf(owner.get(), roster.stores()).equals(Optional.of(stagedAt))) {
      return unanswered(MeshTrouble.MOVED);
    }
    String address = Addresses.admit(owner.get());
    return askOf(owner.get(), by, Call.ADMIT, address, request, AdmitReply.parser());
  }

  Future<AuthorizeReply> authorize(DeviceRequest by, SpaceId space, AuthorizeRequest request) {
    Optional<String> owner = ownerOf(space);
    if (owner.isEmpty()) {
      return unanswered(MeshTrouble.NOBODY);
    }
    String address = Addresses.authorize(owner.get());
    return askOf(owner.get(), by, Call.AUTHORIZE, address, request, AuthorizeReply.parser());
  }

  /** Whoever has left answers no more: what it was asked is asked of another at once. Whoever is about to still answers. */
  void giveUpOnWhoLeft() {
    awaited.keepOnly(roster.present());
  }

  /** What a failed question failed for. */
  static MeshTrouble troubleOf(Throwable failure) {
    return failure instanceof Unanswered unanswered ? unanswered.trouble() : MeshTrouble.BROKEN;
  }

  private Optional<String> ownerOf(SpaceId space) {
    return Shards.owner(Shards.shardOf(space), roster.engines());
  }

  private long readMillis() {
    return Math.min(timeoutMillis, READ_MILLIS);
  }

  private static <T> Future<T> unanswered(MeshTrouble trouble) {
    return Future.failedFuture(new Unanswered(trouble));
  }

  /** Of one that is known by its id. */
  private <T> Future<T> askOf(
      String peer,
      DeviceRequest by,
      Call call,
      String address,
      MessageLite request,
      Parser<T> parser) {
    Promise<T> first = Promise.promise();
    Runnable answered = awaited.from(peer, () -> first.tryFail(new Unanswered(MeshTrouble.NOBODY)));
    ask(by, call, address, request, parser, timeoutMillis).onComplete((reply, failure) -> {
      answered.run();
      if (failure == null) {
        first.tryComplete(reply);
      } else {
        first.tryFail(failure);
      }
    });
    return first.future();
  }

  private <T> Future<T> ask(
      DeviceRequest by,
      Call call,
      String address,
      MessageLite request,
      Parser<T> parser,
      long millis) {
    long startedAt = System.nanoTime();
    Buffer body = Buffer.buffer(request.toByteArray());
    DeliveryOptions options =
        new DeliveryOptions().setSendTimeout(millis).addHeader(RequestId.HEADER, by.id());
    return by.run(() -> bus.<Buffer>request(address, body, options))
        .compose(reply -> parse(parser, reply.body()), failure -> unanswered(failure))
        .onComplete(answer -> {
          Optional<MeshTrouble> trouble = Optional.ofNullable(answer.cause()).map(Mesh::troubleOf);
          asked(by, call, trouble, System.nanoTime() - startedAt);
        });
  }

  private void asked(DeviceRequest by, Call call, Optional<MeshTrouble> trouble, long nanos) {
    metrics.asked(call, trouble, nanos);
    if (LOG.isDebugEnabled()) {
      LOG.atDebug()
          .addKeyValue(RequestId.LOG_KEY, by.id())
          .log(
              "{} {} after {} µs",
              call.tag(),
              trouble.map(MeshTrouble::name).orElse("answered"),
              TimeUnit.NANOSECONDS.toMicros(nanos));
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
    return unanswered(trouble);
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
      case VERSION -> MeshTrouble.VERSION;
      case MALFORMED -> MeshTrouble.MALFORMED;
      case INTERNAL -> MeshTrouble.BROKEN;
    };
  }
}
