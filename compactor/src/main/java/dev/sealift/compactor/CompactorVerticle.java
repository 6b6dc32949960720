package dev.sealift.compactor;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.mesh.Addresses;
import dev.sealift.protocol.mesh.LagProbe;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.NewsCount;
import dev.sealift.protocol.mesh.RequestId;
import dev.sealift.protocol.mesh.Roster;
import dev.sealift.protocol.mesh.Shards;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.EngineTime;
import dev.sealift.protocol.mesh.proto.ExpireReply;
import dev.sealift.protocol.mesh.proto.InspectReply;
import dev.sealift.protocol.mesh.proto.InspectRequest;
import dev.sealift.protocol.mesh.proto.InspectResult;
import dev.sealift.protocol.mesh.proto.OfferReply;
import dev.sealift.protocol.mesh.proto.OfferRequest;
import dev.sealift.protocol.mesh.proto.PresenceReply;
import dev.sealift.protocol.mesh.proto.PresenceRequest;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.SpaceAdvanced;
import dev.sealift.protocol.mesh.proto.SpacesReply;
import dev.sealift.protocol.mesh.proto.SpacesRequest;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Binds the {@link Scheduler} to the event bus: news, answers and timers in, its effects done. On an event loop: nothing here takes long.
 *
 * <p>Where the policy is off it does nothing at all but say so. What it decides is advice, or judged once more by the store, so that it may be absent, late or wrong, and there may be several.
 */
public final class CompactorVerticle extends VerticleBase {
  private static final long ROSTER_MILLIS = 1_000;

  private final String compactorId;
  private final Roster roster;
  private final InstantSource clock;
  private final LongSupplier millis;
  private final long tickMillis;
  private final CompactorPolicy policy;
  private final CompactorMetrics metrics;
  private final Scheduler scheduler;
  private final Inspector inspector;
  private final ServerTime serverTime = new ServerTime();
  private final NewsCount news = new NewsCount();
  private Set<String> compactors = Set.of();
  private List<MessageConsumer<Buffer>> consumers = List.of();

  /**
   * @param compactorId names this compactor on the event bus; unique in the cluster
   * @param roster the merge-engines, and the compactors that share the spaces
   * @param clock the mesh's time
   */
  public CompactorVerticle(
      String compactorId,
      Roster roster,
      InstantSource clock,
      CompactorPolicy policy,
      MeterRegistry meters) {
    this(
        compactorId,
        roster,
        clock,
        () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
        CompactorLimits.TICK_MILLIS,
        policy,
        meters);
  }

  CompactorVerticle(
      String compactorId,
      Roster roster,
      InstantSource clock,
      LongSupplier millis,
      long tickMillis,
      CompactorPolicy policy,
      MeterRegistry meters) {
    this.compactorId = compactorId;
    this.roster = roster;
    this.clock = clock;
    this.millis = millis;
    this.tickMillis = tickMillis;
    this.policy = policy;
    this.metrics = new CompactorMetrics(meters);
    this.scheduler = new Scheduler(policy, metrics, this::perform);
    this.inspector = new Inspector(policy, scheduler, new Questions());
  }

  /** Completes when it hears of every commit, and gateways can reach it. */
  @Override
  public Future<?> start() {
    if (!policy.on()) {
      consumers = List.of(answerInspections());
      return Future.all(consumers.stream().map(MessageConsumer::completion).toList());
    }
    consumers = List.of(
        answerInspections(),
        listen(Addresses.SPACE_ADVANCED, SpaceAdvanced.parser(), this::advanced),
        listen(Addresses.ENGINE_TIME, EngineTime.parser(), this::engineShowed),
        listen(Addresses.presence(compactorId), PresenceReply.parser(), this::present));
    lookWhoIsThere();
    vertx.setPeriodic(ROSTER_MILLIS, timer -> lookWhoIsThere());
    vertx.setPeriodic(tickMillis, timer -> tick());
    LagProbe.start(
        (later, probe) -> vertx.setTimer(later, timer -> probe.run()),
        System::nanoTime,
        metrics::late);
    return Future.all(consumers.stream().map(MessageConsumer::completion).toList());
  }

  /** What is under way elsewhere ends there; nothing is to be taken along. */
  @Override
  public Future<?> stop() {
    return Future.join(consumers.stream().map(MessageConsumer::unregister).toList())
        .eventually(() -> {
          metrics.close();
          return Future.succeededFuture();
        });
  }

  private Moment now() {
    long now = millis.getAsLong();
    return new Moment(now, serverTime.now(clock.millis(), now));
  }

  private void tick() {
    Moment now = now();
    scheduler.tick(now);
    metrics.observe(scheduler, now);
  }

  private void lookWhoIsThere() {
    missedIf(news.present(roster.engines()));
    Set<String> present = new TreeSet<>(roster.compactors());
    present.add(compactorId); // also while the others do not know of it yet
    if (!present.equals(compactors)) {
      compactors = present;
      scheduler.own(space -> owns(present, space), now());
    }
  }

  private boolean owns(Set<String> among, SpaceId space) {
    return Shards.owner(Shards.shardOf(space), among)
        .filter(compactorId::equals)
        .isPresent();
  }

  private void missedIf(boolean missed) {
    if (missed) {
      scheduler.missed(now());
    }
  }

  // What comes; what cannot be read is passed over

  private <T> MessageConsumer<Buffer> listen(String address, Parser<T> parser, Consumer<T> takes) {
    return vertx
        .eventBus()
        .<Buffer>consumer(address, message -> parse(parser, message).ifPresent(takes));
  }

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

  private void advanced(SpaceAdvanced event) {
    missedIf(news.came(event.getEngine(), event.getNumber()));
    try {
      TreeHead head = SignedTreeHead.parse(event.getSignedHead()).head();
      scheduler.advanced(head.space(), head.size(), head.serverTimeMillis(), now());
    } catch (FormatException e) {
      missedIf(true);
    }
  }

  private void engineShowed(EngineTime time) {
    serverTime.heard(time.getTimeMillis(), millis.getAsLong());
    missedIf(news.published(time.getEngine(), time.getAdvances()));
  }

  private void present(PresenceReply reply) {
    try {
      scheduler.present(reply);
      inspector.present(SpaceId.parse(reply.getSpace()), Presences.of(reply));
    } catch (FormatException e) {
      return; // as if it had not answered
    }
  }

  // What is done

  private void perform(Effect effect) {
    if (effect instanceof Effect.AskStanding ask) {
      ask(
          CompactorMetrics.Call.COMPACTIONS,
          Addresses.COMPACTIONS,
          ask.request(),
          CompactionsReply.parser(),
          reply -> scheduler.told(ask.space(), reply, now()),
          () -> scheduler.notTold(ask.space(), now()));
    } else if (effect instanceof Effect.AskSpaces ask) {
      ask(
          CompactorMetrics.Call.SPACES,
          Addresses.SPACES,
          SpacesRequest.newBuilder().setAfter(ask.after()).setLimit(ask.limit()).build(),
          SpacesReply.parser(),
          scheduler::page,
          scheduler::noPage);
    } else if (effect instanceof Effect.AskPresence ask) {
      askPresence(ask.space());
    } else if (effect instanceof Effect.MakeOffer offer) {
      makeOffer(offer);
    } else if (effect instanceof Effect.Reclaim reclaim) {
      ask(
          CompactorMetrics.Call.RECLAIM,
          Addresses.RECLAIM,
          reclaim.request(),
          ReclaimReply.parser(),
          reply -> scheduler.reclaimed(reclaim.space(), reply, now()),
          () -> scheduler.notReclaimed(reclaim.space(), now()));
    } else if (effect instanceof Effect.Expire expire) {
      ask(
          CompactorMetrics.Call.EXPIRE,
          Addresses.EXPIRE,
          expire.request(),
          ExpireReply.parser(),
          reply -> scheduler.expired(expire.space(), reply, now()),
          () -> scheduler.notExpired(expire.space(), now()));
    }
  }

  private void askPresence(SpaceId space) {
    PresenceRequest question = PresenceRequest.newBuilder()
        .setSpace(space.byteString())
        .setCompactor(compactorId)
        .build();
    vertx.eventBus().publish(Addresses.PRESENCE, buffer(question), named(0));
  }

  private void makeOffer(Effect.MakeOffer offer) {
    OfferRequest request = OfferRequest.newBuilder()
        .setSpace(offer.space().byteString())
        .setDevice(offer.device().byteString())
        .setOffer(offer.offer())
        .build();
    ask(
        CompactorMetrics.Call.OFFER,
        Addresses.offer(offer.gateway()),
        request,
        OfferReply.parser(),
        reply -> scheduler.offered(offer, reply.getTold(), now()),
        () -> scheduler.offered(offer, false, now()));
  }

  /** Ends in exactly one of the two, on this verticle's thread. */
  private <T> void ask(
      CompactorMetrics.Call call,
      String address,
      MessageLite body,
      Parser<T> parser,
      Consumer<T> answered,
      Runnable failed) {
    ask(call, address, body, parser).onSuccess(reply -> reply.ifPresentOrElse(answered, failed));
  }

  /** Never fails: no answer, and one that cannot be read, are none. */
  private <T> Future<Optional<T>> ask(
      CompactorMetrics.Call call, String address, MessageLite body, Parser<T> parser) {
    long within = call == CompactorMetrics.Call.OFFER
        ? CompactorLimits.GATEWAY_MILLIS
        : CompactorLimits.STORE_MILLIS;
    return vertx
        .eventBus()
        .<Buffer>request(address, buffer(body), named(within))
        .map(message -> parse(parser, message))
        .otherwise(Optional.empty())
        .onSuccess(reply -> {
          if (reply.isEmpty()) {
            metrics.unanswered(call);
          }
        });
  }

  // What an operator asks

  private MessageConsumer<Buffer> answerInspections() {
    return vertx.eventBus().consumer(Addresses.inspect(compactorId), message -> inspect(message));
  }

  private void inspect(Message<Buffer> message) {
    Optional<SpaceId> space = parse(InspectRequest.parser(), message).flatMap(Inspector::space);
    if (space.isEmpty()) {
      refuse(message, MeshFailure.MALFORMED);
    } else if (!policy.on()) {
      message.reply(buffer(
          InspectReply.newBuilder().setResult(InspectResult.INSPECT_RESULT_OFF).build()));
    } else if (inspector.isBusy()) {
      refuse(message, MeshFailure.BUSY);
    } else {
      inspector
          .inspect(space.get())
          .onSuccess(reply -> message.reply(buffer(reply)))
          .onFailure(e -> refuse(message, MeshFailure.UNAVAILABLE));
    }
  }

  private static void refuse(Message<Buffer> message, MeshFailure why) {
    message.fail(why.code(), why.name());
  }

  /** What an inspection needs of this verticle. */
  private final class Questions implements Inspector.Mesh {
    @Override
    public <T> Future<T> ask(
        CompactorMetrics.Call call, String address, MessageLite body, Parser<T> parser) {
      return CompactorVerticle.this
          .ask(call, address, body, parser)
          .compose(reply -> reply
              .map(Future::succeededFuture)
              .orElseGet(() -> Future.failedFuture("the store does not answer")));
    }

    @Override
    public Future<Void> gather(SpaceId space) {
      askPresence(space);
      return vertx.timer(CompactorLimits.PRESENCE_MILLIS).mapEmpty();
    }

    @Override
    public Moment now() {
      return CompactorVerticle.this.now();
    }
  }

  private static DeliveryOptions named(long withinMillis) {
    DeliveryOptions options = new DeliveryOptions().addHeader(RequestId.HEADER, RequestId.next());
    return withinMillis > 0 ? options.setSendTimeout(withinMillis) : options;
  }

  private static Buffer buffer(MessageLite message) {
    return Buffer.buffer(message.toByteArray());
  }
}
