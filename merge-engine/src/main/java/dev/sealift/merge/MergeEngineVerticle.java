package dev.sealift.merge;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.Addresses;
import dev.sealift.protocol.mesh.Awaited;
import dev.sealift.protocol.mesh.LagProbe;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.RequestId;
import dev.sealift.protocol.mesh.Roster;
import dev.sealift.protocol.mesh.Shards;
import dev.sealift.protocol.mesh.proto.AdmitRequest;
import dev.sealift.protocol.mesh.proto.AuthorizeRequest;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.CommitRequest;
import dev.sealift.protocol.mesh.proto.EngineTime;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.LoadSpaceRequest;
import dev.sealift.protocol.mesh.proto.LookUpReply;
import dev.sealift.protocol.mesh.proto.SpaceAdvanced;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Admits files: answers at {@link Addresses#admit} and {@link Addresses#authorize} of its engine id,
 * asks the store, publishes how spaces advance.
 *
 * <p>A shell around {@link Engine}: it carries the core's effects out and brings back how they ended.
 * Everything runs on one worker thread (see {@link #deploymentOptions}): signatures are checked there,
 * off the event loop, and an answer of the store comes back to the same thread without another hop.
 */
public final class MergeEngineVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(MergeEngineVerticle.class);

  /** How soon an answer is given up that a storage-adapter owes which has left: soon beside the time it takes to notice that. */
  private static final long ROSTER_MILLIS = 250;

  /** No storage-adapter has this id: asking it fails as asking any other that is not there. */
  private static final String NO_STORE = "none";

  /**
   * How often engines compare clocks, and gateways what they heard: a wrong clock is found before it has numbered for long, and a
   * device that is behind learns of it before a person minds.
   */
  private static final long CLOCK_MILLIS = 2_000;

  /** The store is asked for its time when no other answer of it brought it for so long. */
  private static final long STORE_CLOCK_MILLIS = 5_000;

  /** The names of other clocks. */
  private static final String STORE = "store";

  private static final String PEER = "engine ";

  private static final LoadSpaceRequest NO_SPACE = LoadSpaceRequest.newBuilder()
      .setSpace(ByteString.copyFrom(new byte[SpaceId.BYTES]))
      .build();

  private final String engineId;
  private final Roster roster;
  private final Awaited awaited = new Awaited();
  private final InstantSource clock;
  private final StoreTimeouts timeouts;
  private final EngineMetrics metrics;
  private final Engine engine;
  private final Map<Long, Asked> unanswered = new HashMap<>();
  private final Promise<Void> stopped = Promise.promise();
  private List<MessageConsumer<Buffer>> consumers = List.of();
  private final ClockWatch watch;
  private final PeerClocks peers;
  private long lastAsk;
  private long advances;
  private boolean resuming;
  private volatile boolean clockBelieved = true;

  /** What leads to what happens now, for the log and for what is sent. */
  private String request = RequestId.UNKNOWN;

  /**
   * @param request its id
   * @param context where an answer of the store finds the span that it belongs to
   */
  private record Asked(
      Message<Buffer> message,
      EngineMetrics.Question kind,
      String request,
      ContextInternal context,
      long startedAt) {}

  /**
   * @param engineId names this engine on the event bus; unique in the cluster
   * @param roster among whose storage-adapters it finds the one to commit at
   * @param notary signs the heads of the spaces that pin its public key
   * @param clock the mesh's time
   * @param policy what each space may have, and by whose leave
   */
  public MergeEngineVerticle(
      String engineId,
      Roster roster,
      SigningKey notary,
      InstantSource clock,
      SpacePolicy policy,
      MeterRegistry meters) {
    this(
        engineId,
        roster,
        notary,
        clock,
        policy,
        meters,
        EngineLimits.DEFAULT,
        StoreTimeouts.DEFAULT);
  }

  MergeEngineVerticle(
      String engineId,
      Roster roster,
      SigningKey notary,
      InstantSource clock,
      SpacePolicy policy,
      MeterRegistry meters,
      EngineLimits limits,
      StoreTimeouts timeouts) {
    this.engineId = engineId;
    this.roster = roster;
    this.clock = clock;
    this.timeouts = timeouts;
    this.metrics = new EngineMetrics(meters, limits);
    this.engine = new Engine(notary, limits, policy, this::perform);
    this.watch = new ClockWatch(clock.millis(), monoMillis());
    this.peers = new PeerClocks(engineId);
  }

  /** One worker thread of its own: never waiting for other verticles' blocking work, and ordered. */
  public static DeploymentOptions deploymentOptions() {
    return new DeploymentOptions()
        .setThreadingModel(ThreadingModel.WORKER)
        .setWorkerPoolName("sealift-merge-engine")
        .setWorkerPoolSize(1);
  }

  /** Completes when both addresses are served, in the whole cluster. */
  @Override
  public Future<?> start() {
    if (!context.isWorkerContext()) {
      return Future.failedFuture(
          new IllegalStateException("deploy with MergeEngineVerticle.deploymentOptions()"));
    }
    vertx.setPeriodic(CLOCK_MILLIS, timer -> compareClocks());
    vertx.setPeriodic(ROSTER_MILLIS, timer -> awaited.keepOnly(roster.present()));
    LagProbe.start(
        (millis, probe) -> vertx.setTimer(millis, timer -> probe.run()),
        System::nanoTime,
        metrics::late);
    consumers = List.of(
        serve(
            EngineMetrics.Question.ADMIT,
            Addresses.admit(engineId),
            AdmitRequest.parser(),
            engine::admit),
        serve(
            EngineMetrics.Question.AUTHORIZE,
            Addresses.authorize(engineId),
            AuthorizeRequest.parser(),
            engine::authorize),
        vertx.eventBus().<Buffer>consumer(Addresses.ENGINE_TIME, this::peerShowed));
    return Future.all(consumers.stream().map(MessageConsumer::completion).toList());
  }

  /**
   * Takes no new requests, fails those not on their way to the store, and completes when the commit
   * under way is answered, which its timeout bounds.
   */
  @Override
  public Future<?> stop() {
    return Future.join(consumers.stream().map(MessageConsumer::unregister).toList())
        .transform(unregistered -> {
          engine.stop();
          afterInput();
          return stopped.future();
        })
        .eventually(() -> {
          metrics.close();
          return Future.succeededFuture();
        });
  }

  @FunctionalInterface
  private interface Question<T> {
    void ask(long id, T request, long nowMillis);
  }

  private <T> MessageConsumer<Buffer> serve(
      EngineMetrics.Question kind, String address, Parser<T> parser, Question<T> question) {
    return vertx
        .eventBus()
        .<Buffer>consumer(address, message -> receive(kind, message, parser, question));
  }

  private <T> void receive(
      EngineMetrics.Question kind,
      Message<Buffer> message,
      Parser<T> parser,
      Question<T> question) {
    during(RequestId.parse(message.headers().get(RequestId.HEADER)), () -> {
      Optional<T> body = parse(parser, message);
      if (body.isEmpty()) {
        metrics.failed(MeshFailure.MALFORMED);
        message.fail(MeshFailure.MALFORMED.code(), MeshFailure.MALFORMED.name());
        return;
      }
      long id = ++lastAsk;
      unanswered.put(
          id, new Asked(message, kind, request, ContextInternal.current(), System.nanoTime()));
      question.ask(id, body.get(), now());
      afterInput();
    });
  }

  /** Names the request in every log line meanwhile, and in all that is sent. */
  private void during(String id, Runnable work) {
    String before = request;
    name(id);
    try {
      work.run();
    } finally {
      name(before);
    }
  }

  private void name(String id) {
    request = id;
    MDC.put(RequestId.LOG_KEY, id);
  }

  /** A body of another type than a buffer is as malformed as bytes that are no message. */
  private static <T> Optional<T> parse(Parser<T> parser, Message<?> message) {
    if (!(message.body() instanceof Buffer body)) {
      return Optional.empty();
    }
    try {
      return Optional.of(parser.parseFrom(body.getBytes()));
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }

  private void afterInput() {
    metrics.observe(engine);
    if (engine.isStopped()) {
      stopped.tryComplete();
    } else if (engine.hasWork() && !resuming) {
      resuming = true;
      context.runOnContext(go -> resume());
    }
  }

  private void resume() {
    resuming = false;
    engine.resume(now());
    afterInput();
  }

  // Clocks

  private static long monoMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  /** The mesh's time, and whether it is believed: the core is told before it is given the time. */
  private long now() {
    long wall = clock.millis();
    long mono = monoMillis();
    watch.tick(wall, mono);
    engine.elapsed(mono);
    boolean believed = watch.isBelieved();
    if (believed != clockBelieved) {
      clockBelieved = believed;
      metrics.clock(believed);
      if (believed) {
        LOG.info("This engine's clock agrees with the others again: files are admitted.");
      } else {
        LOG.error(
            "This engine's clock is more than {} s off its store or most other engines: nothing new is admitted."
                + " Set the clock right.",
            TimeUnit.MILLISECONDS.toSeconds(ClockWatch.BOUND_MILLIS));
      }
    }
    engine.believeClock(believed);
    return wall;
  }

  /** Whether this engine admits files, as far as its clock goes. From any thread. */
  public boolean isClockBelieved() {
    return clockBelieved;
  }

  private void storeShowed(long storeMillis, long askedAtMono) {
    long mono = monoMillis();
    if (storeMillis > 0) {
      watch.answered(STORE, storeMillis, mono - askedAtMono, clock.millis(), mono);
    }
  }

  /** Says what this clock shows and how much was published, and looks at the store's when nothing else did. */
  private void compareClocks() {
    EngineTime time =
        peers.publish(now(), monoMillis()).toBuilder().setAdvances(advances).build();
    vertx.eventBus().publish(Addresses.ENGINE_TIME, buffer(time));
    if (!clockBelieved || !watch.hasHeard(STORE, STORE_CLOCK_MILLIS)) {
      long askedAt = monoMillis();
      ask(Addresses.LOAD_SPACE, NO_SPACE, LoadSpaceReply.parser(), timeouts.readMillis())
          .onSuccess(
              reply -> reply.ifPresent(load -> storeShowed(load.getStoreTimeMillis(), askedAt)));
    }
  }

  private void peerShowed(Message<Buffer> message) {
    parse(EngineTime.parser(), message).ifPresent(time -> {
      long wall = clock.millis();
      long mono = monoMillis();
      peers
          .heard(time, wall, mono)
          .ifPresent(ahead -> watch.heard(PEER + time.getEngine(), ahead, wall, mono));
    });
  }

  private void perform(Effect effect) {
    if (effect instanceof Effect.Commit commit) {
      commit(commit);
    } else if (effect instanceof Effect.Load load) {
      load(load.space());
    } else if (effect instanceof Effect.LookUp lookUp) {
      lookUp(lookUp);
    } else if (effect instanceof Effect.ReplyAdmit reply) {
      metrics.replied(reply.reply());
      answer(reply.ask(), reply.reply());
    } else if (effect instanceof Effect.ReplyAuthorize reply) {
      answer(reply.ask(), reply.reply());
    } else if (effect instanceof Effect.Fail fail) {
      metrics.failed(fail.failure());
      Asked asked = settled(fail.ask(), fail.failure().name());
      asked.message().fail(fail.failure().code(), fail.failure().name());
    } else if (effect instanceof Effect.Publish publish) {
      publish(publish.advanced());
    } else if (effect instanceof Effect.Alarm alarm) {
      metrics.distrusted(alarm.fault());
      LOG.error(
          "What the store says of a space, or has of it, cannot be true, and is not believed ({}).",
          alarm.fault().tag());
    } else if (effect instanceof Effect.Bug bug) {
      LOG.error("A request failed by a fault of the merge engine itself.", bug.cause());
    }
  }

  private void publish(SpaceAdvanced advanced) {
    SpaceAdvanced numbered =
        advanced.toBuilder().setEngine(engineId).setNumber(++advances).build();
    DeliveryOptions named = new DeliveryOptions().addHeader(RequestId.HEADER, request);
    vertx.eventBus().publish(Addresses.SPACE_ADVANCED, buffer(numbered), named);
  }

  private Asked settled(long ask, String outcome) {
    Asked asked = unanswered.remove(ask);
    long nanos = System.nanoTime() - asked.startedAt();
    metrics.served(asked.kind(), nanos);
    if (LOG.isDebugEnabled()) {
      LOG.atDebug()
          .addKeyValue(RequestId.LOG_KEY, asked.request())
          .log("{} {} after {} µs", asked.kind(), outcome, TimeUnit.NANOSECONDS.toMicros(nanos));
    }
    return asked;
  }

  private void answer(long ask, MessageLite reply) {
    settled(ask, "answered").message().reply(buffer(reply));
  }

  private void load(SpaceId space) {
    LoadSpaceRequest request =
        LoadSpaceRequest.newBuilder().setSpace(space.byteString()).build();
    long askedAt = monoMillis();
    finish(
        ask(Addresses.LOAD_SPACE, request, LoadSpaceReply.parser(), timeouts.readMillis()),
        reply -> {
          storeShowed(reply.getStoreTimeMillis(), askedAt);
          engine.loaded(space, reply, now());
        },
        () -> engine.loadFailed(space, now()));
  }

  private void lookUp(Effect.LookUp lookUp) {
    finish(
        ask(Addresses.LOOK_UP, lookUp.request(), LookUpReply.parser(), timeouts.readMillis()),
        reply -> engine.lookedUp(lookUp.space(), reply, now()),
        () -> engine.lookUpFailed(lookUp.space(), now()));
  }

  /**
   * A commit is no one's request: it has an id of its own, and the log says whose requests it joins. Its span stands in the trace of
   * the first of them.
   */
  private void commit(Effect.Commit commit) {
    List<Asked> joined =
        commit.asks().stream().map(unanswered::get).filter(Objects::nonNull).toList();
    during(RequestId.next(), () -> {
      if (LOG.isDebugEnabled()) {
        LOG.debug(
            "A commit to {} spaces joins requests {}",
            commit.request().getCommitsCount(),
            joined.stream().map(Asked::request).toList());
      }
      joined.stream()
          .findFirst()
          .map(Asked::context)
          .ifPresentOrElse(
              first -> first.dispatch(() -> commit(commit.request())),
              () -> commit(commit.request()));
    });
  }

  private void commit(CommitRequest commit) {
    Timer.Sample sample = metrics.sent(commit);
    long askedAt = monoMillis();
    String store = Shards.storeOf(engineId, roster.stores()).orElse(NO_STORE);
    Future<Optional<CommitReply>> reply =
        ask(Addresses.commit(store), commit, CommitReply.parser(), timeouts.commitMillis());
    finish(
        unlessItLeaves(store, reply),
        answered -> {
          metrics.answered(sample, answered);
          storeShowed(answered.getStoreTimeMillis(), askedAt);
          engine.committed(answered, now());
        },
        () -> {
          metrics.unanswered(sample, commit);
          engine.commitFailed(now());
        });
  }

  /** The answer, or empty when there is none or it cannot be read. */
  private <T> Future<Optional<T>> ask(
      String address, MessageLite body, Parser<T> parser, long timeoutMillis) {
    DeliveryOptions named =
        new DeliveryOptions().setSendTimeout(timeoutMillis).addHeader(RequestId.HEADER, request);
    return vertx
        .eventBus()
        .<Buffer>request(address, buffer(body), named)
        .map(message -> parse(parser, message))
        .otherwise(Optional.empty());
  }

  private <T> Future<Optional<T>> unlessItLeaves(String store, Future<Optional<T>> reply) {
    Promise<Optional<T>> first = Promise.promise();
    Runnable answered = awaited.from(store, () -> first.tryComplete(Optional.empty()));
    reply.onSuccess(answer -> {
      answered.run();
      first.tryComplete(answer);
    });
    return first.future();
  }

  /** Ends in exactly one of the two, on this verticle's thread. */
  private <T> void finish(Future<Optional<T>> reply, Consumer<T> answered, Runnable failed) {
    String by = request;
    reply.onSuccess(answer -> during(by, () -> {
      answer.ifPresentOrElse(answered, failed);
      afterInput();
    }));
  }

  private static Buffer buffer(MessageLite message) {
    return Buffer.buffer(message.toByteArray());
  }
}
