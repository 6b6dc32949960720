package dev.sealift.storage;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.mesh.Addresses;
import dev.sealift.protocol.mesh.LagProbe;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.RequestId;
import dev.sealift.protocol.mesh.proto.CommitRequest;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.DevicesRequest;
import dev.sealift.protocol.mesh.proto.EntriesRequest;
import dev.sealift.protocol.mesh.proto.ExpireReply;
import dev.sealift.protocol.mesh.proto.ExpireRequest;
import dev.sealift.protocol.mesh.proto.LoadSpaceRequest;
import dev.sealift.protocol.mesh.proto.LookUpRequest;
import dev.sealift.protocol.mesh.proto.OutlineRequest;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import dev.sealift.protocol.mesh.proto.ReadRequest;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.mesh.proto.SignedPositionsRequest;
import dev.sealift.protocol.mesh.proto.SpacesRequest;
import dev.sealift.protocol.mesh.proto.StageReply;
import dev.sealift.protocol.mesh.proto.StageRequest;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.CompositeFuture;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Binds the store's event-bus addresses ({@link Addresses}) to a {@link FileStore}: decodes, checks, asks the
 * store, and answers with the reply's bytes or a {@link MeshFailure} code.
 *
 * <p>Staged payloads are in this process's memory, so {@code stage} and {@code commit} are served at addresses of its own; everything
 * else at addresses that all storage-adapters of one database share.
 *
 * <p>The answer goes out from whatever thread the store completes on, because going through this verticle's
 * event loop first would only add a hop to every commit.
 */
public final class StorageVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(StorageVerticle.class);

  private static final String OK = "ok";

  private final String storeId;
  private final FileStoreOpener opener;
  private final MeterRegistry meters;
  private final Counter readBytes;
  private final Counter reclaimedFiles;
  private final Counter reclaimedBytes;
  private final Counter expiredFiles;
  private final Counter expiredBytes;
  private final Timer lag;
  private final List<MessageConsumer<?>> consumers = new ArrayList<>();
  private @Nullable FileStore store;

  /** @param storeId names this storage-adapter on the event bus; unique in the cluster */
  public StorageVerticle(String storeId, FileStoreOpener opener, MeterRegistry meters) {
    this.storeId = storeId;
    this.opener = opener;
    this.meters = meters;
    this.readBytes = meters.counter("sealift.storage.read.bytes");
    this.reclaimedFiles = meters.counter("sealift.storage.reclaimed.files");
    this.reclaimedBytes = meters.counter("sealift.storage.reclaimed.bytes");
    this.expiredFiles = meters.counter("sealift.storage.expired.files");
    this.expiredBytes = meters.counter("sealift.storage.expired.bytes");
    this.lag = meters.timer("sealift.loop.lag", "verticle", "storage-adapter");
  }

  /** Completes when the store is open and every address is served; fails with {@link StoreOpenException}. */
  @Override
  public Future<?> start() {
    return vertx.executeBlocking(opener::open).compose(opened -> {
      store = opened;
      return serve(opened).recover(this::closeAfter);
    });
  }

  /** Nobody stops a verticle that did not start, and its store would stay locked. */
  private <T> Future<T> closeAfter(Throwable failure) {
    return vertx
        .executeBlocking(this::closeStore)
        .transform(closed -> Future.failedFuture(failure));
  }

  private Future<CompositeFuture> serve(FileStore opened) {
    LagProbe.start(
        (millis, probe) -> vertx.setTimer(millis, timer -> probe.run()),
        System::nanoTime,
        nanos -> lag.record(nanos, TimeUnit.NANOSECONDS));
    serve(
        Addresses.stage(storeId),
        StageRequest::parseFrom,
        RequestChecks::check,
        request -> opened.stage(request).thenApply(this::signed));
    serve(
        Addresses.commit(storeId), CommitRequest::parseFrom, RequestChecks::check, opened::commit);
    serve(
        Addresses.LOAD_SPACE, LoadSpaceRequest::parseFrom, RequestChecks::check, opened::loadSpace);
    serve(Addresses.LOOK_UP, LookUpRequest::parseFrom, RequestChecks::check, opened::lookUp);
    serve(
        Addresses.READ,
        ReadRequest::parseFrom,
        RequestChecks::check,
        request -> opened.read(request).thenApply(this::counted));
    serve(
        Addresses.OUTLINE,
        OutlineRequest::parseFrom,
        RequestChecks::check,
        request -> opened.outline(request).thenApply(this::counted));
    serve(
        Addresses.ENTRIES,
        EntriesRequest::parseFrom,
        RequestChecks::check,
        request -> opened.entries(request).thenApply(this::counted));
    serve(
        Addresses.COMPACTIONS,
        CompactionsRequest::parseFrom,
        RequestChecks::check,
        opened::compactions);
    serve(
        Addresses.POSITIONS,
        PositionsRequest::parseFrom,
        RequestChecks::check,
        opened::recordPositions);
    serve(
        Addresses.SIGNED_POSITIONS,
        SignedPositionsRequest::parseFrom,
        RequestChecks::check,
        opened::signedPositions);
    serve(Addresses.SPACES, SpacesRequest::parseFrom, RequestChecks::check, opened::spaces);
    serve(Addresses.DEVICES, DevicesRequest::parseFrom, RequestChecks::check, opened::devices);
    serve(
        Addresses.RECLAIM,
        ReclaimRequest::parseFrom,
        RequestChecks::check,
        request -> opened.reclaim(request).thenApply(this::reclaimed));
    serve(
        Addresses.EXPIRE,
        ExpireRequest::parseFrom,
        RequestChecks::check,
        request -> opened.expire(request).thenApply(this::expired));
    return Future.all(consumers.stream().map(MessageConsumer::completion).toList());
  }

  private StageReply signed(StageReply reply) {
    return reply.toBuilder().setStore(storeId).build();
  }

  private <R extends MessageLite> R counted(R reply) {
    readBytes.increment(reply.getSerializedSize());
    return reply;
  }

  private ReclaimReply reclaimed(ReclaimReply reply) {
    reclaimedFiles.increment(reply.getFiles());
    reclaimedBytes.increment(reply.getBytes());
    return reply;
  }

  private ExpireReply expired(ExpireReply reply) {
    expiredFiles.increment(reply.getFiles());
    expiredBytes.increment(reply.getBytes());
    return reply;
  }

  /** Takes no more requests, finishes those it has, then closes the store. */
  @Override
  public Future<?> stop() {
    return Future.join(consumers.stream().map(MessageConsumer::unregister).toList())
        .eventually(() -> vertx.executeBlocking(this::closeStore));
  }

  private boolean closeStore() {
    if (store != null) {
      store.close();
    }
    return true;
  }

  @FunctionalInterface
  private interface Decoder<Q> {
    Q decode(byte[] bytes) throws InvalidProtocolBufferException;
  }

  @FunctionalInterface
  private interface Check<Q> {
    void check(Q request) throws FormatException;
  }

  private <Q, R extends MessageLite> void serve(
      String address, Decoder<Q> decoder, Check<Q> check, Function<Q, CompletionStage<R>> work) {
    String operation = address.substring(address.lastIndexOf('.') + 1);
    Timer answered = timer(operation, OK);
    consumers.add(vertx.eventBus().<Object>consumer(address, message -> {
      Exchange exchange = new Exchange(message, operation, answered);
      try (MDC.MDCCloseable named = MDC.putCloseable(RequestId.LOG_KEY, exchange.request)) {
        Q request = decoder.decode(bodyOf(message));
        check.check(request);
        work.apply(request).whenComplete(exchange::answer);
      } catch (InvalidProtocolBufferException | FormatException e) {
        exchange.fail(MeshFailure.MALFORMED);
      } catch (RuntimeException e) {
        exchange.answer(null, e);
      }
    }));
  }

  private Timer timer(String operation, String outcome) {
    return meters.timer("sealift.storage.request", "operation", operation, "outcome", outcome);
  }

  private static String tag(MeshFailure failure) {
    return failure.name().toLowerCase(Locale.ROOT);
  }

  private static byte[] bodyOf(Message<Object> message) throws FormatException {
    if (message.body() instanceof Buffer buffer) {
      return buffer.getBytes();
    }
    throw new FormatException("a request must be a buffer");
  }

  /** One request until its answer. */
  private final class Exchange {
    private final Message<Object> message;
    private final String operation;
    private final Timer answered;
    private final long startedAt = System.nanoTime();
    private final String request;

    Exchange(Message<Object> message, String operation, Timer answered) {
      this.message = message;
      this.operation = operation;
      this.answered = answered;
      this.request = RequestId.parse(message.headers().get(RequestId.HEADER));
    }

    void answer(@Nullable MessageLite reply, @Nullable Throwable failure) {
      if (reply != null) {
        record(OK);
        message.reply(Buffer.buffer(reply.toByteArray()));
      } else {
        fail(failureOf(failure));
      }
    }

    void fail(MeshFailure failure) {
      record(tag(failure));
      message.fail(failure.code(), failure.name());
    }

    private void record(String outcome) {
      long nanos = System.nanoTime() - startedAt;
      Timer timer = outcome.equals(OK) ? answered : timer(operation, outcome);
      timer.record(nanos, TimeUnit.NANOSECONDS);
      if (LOG.isDebugEnabled()) {
        LOG.atDebug()
            .addKeyValue(RequestId.LOG_KEY, request)
            .log("{} {} after {} µs", operation, outcome, TimeUnit.NANOSECONDS.toMicros(nanos));
      }
    }

    private MeshFailure failureOf(@Nullable Throwable failure) {
      Throwable cause = failure instanceof CompletionException && failure.getCause() != null
          ? failure.getCause()
          : failure;
      if (cause instanceof StoreException known) {
        return known.failure();
      }
      LOG.atError()
          .addKeyValue(RequestId.LOG_KEY, request)
          .setCause(cause)
          .log("The store failed at a request in a way it does not know.");
      return MeshFailure.INTERNAL;
    }
  }
}
