package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.Addresses;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.Roster;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.AdmitRequest;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.mesh.proto.AuthorizeRequest;
import dev.sealift.protocol.mesh.proto.EngineTime;
import dev.sealift.protocol.mesh.proto.SpaceAdvanced;
import dev.sealift.protocol.proto.RefusalCode;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The shell over a real event bus. */
@ExtendWith(VertxExtension.class)
class MergeEngineVerticleTest {
  private static final String ENGINE = "one";
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final FakeStore store = new FakeStore();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Author owner = new Author("owner");
  private final Upload genesis = owner.genesis(CoreHarness.NOTARY.verifyingKey());
  private final SpaceId space = genesis.header().space();
  private StoreConsumer storeConsumer;
  private Vertx vertx;
  private String deployment;

  @BeforeEach
  void deploy(Vertx vertx) throws Exception {
    this.vertx = vertx;
    this.storeConsumer = new StoreConsumer(vertx, store);
    await(storeConsumer.open());
    deployment = deploy(ENGINE, meters);
  }

  private String deploy(String engineId, MeterRegistry meters) throws Exception {
    Roster roster = Roster.of(engineId, StoreConsumer.ID);
    return deploy(engineId, roster, meters, new StoreTimeouts(2_000, 2_000));
  }

  private void deploy(String engineId, Supplier<String> store, StoreTimeouts timeouts)
      throws Exception {
    Roster roster = new Roster() {
      @Override
      public List<String> engines() {
        return List.of(engineId);
      }

      @Override
      public List<String> stores() {
        return List.of(store.get());
      }
    };
    deploy(engineId, roster, new SimpleMeterRegistry(), timeouts);
  }

  private String deploy(
      String engineId, Roster roster, MeterRegistry meters, StoreTimeouts timeouts)
      throws Exception {
    return await(vertx.deployVerticle(
        new MergeEngineVerticle(
            engineId,
            roster,
            CoreHarness.NOTARY,
            () -> Instant.ofEpochMilli(Author.START_MILLIS),
            SpacePolicy.open(),
            meters,
            EngineLimits.DEFAULT,
            timeouts),
        MergeEngineVerticle.deploymentOptions()));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void awaitUntil(BooleanSupplier condition) {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private Future<AdmitReply> admit(String engineId, Upload... uploads) {
    AdmitRequest.Builder request = AdmitRequest.newBuilder()
        .setSpace(space.byteString())
        .setDevice(owner.id().byteString());
    List.of(uploads).forEach(upload -> request.addFiles(upload.admitFile()));
    return vertx
        .eventBus()
        .<Buffer>request(Addresses.admit(engineId), StoreConsumer.buffer(request.build()))
        .map(reply -> {
          try {
            return AdmitReply.parseFrom(reply.body().getBytes());
          } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
          }
        });
  }

  private Future<AuthorizeReply> authorize() {
    AuthorizeRequest request = AuthorizeRequest.newBuilder()
        .setSpace(space.byteString())
        .setDevice(owner.id().byteString())
        .build();
    return vertx
        .eventBus()
        .<Buffer>request(Addresses.authorize(ENGINE), StoreConsumer.buffer(request))
        .map(reply -> {
          try {
            return AuthorizeReply.parseFrom(reply.body().getBytes());
          } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
          }
        });
  }

  private void found() throws Exception {
    World.receiptOf(await(admit(ENGINE, genesis)));
  }

  private int log() {
    return store.log(space.byteString()).size();
  }

  @Test
  void aFileIsAdmittedWithAReceiptThatVerifies() throws Exception {
    found();
    Upload upload = owner.next(space);
    AdmitReply reply = await(admit(ENGINE, upload));
    World.assertReceiptsVerify(space, reply, upload);
    assertThat(World.receiptOf(reply).getSequence()).isEqualTo(2);
    assertThat(await(authorize()).getAuthorization()).isEqualTo(Authorization.AUTHORIZATION_MEMBER);
  }

  @Test
  void underLoadThereAreFewerCommitsThanFiles() throws Exception {
    found();
    int before = store.commits();
    storeConsumer.hold();
    List<Future<AdmitReply>> replies = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      replies.add(admit(ENGINE, owner.next(space)));
    }
    awaitUntil(() -> storeConsumer.isHolding() && gauge("sealift.engine.pending.files") == 100.0);
    storeConsumer.release();
    for (int i = 0; i < 100; i++) {
      assertThat(World.receiptOf(await(replies.get(i))).getSequence()).isEqualTo(i + 2L);
    }
    assertThat(store.commits() - before).isEqualTo(2);
    assertThat(meters.get("sealift.engine.batch.files").summary().max()).isEqualTo(99.0);
    assertThat(meters
            .get("sealift.engine.files")
            .tag("outcome", "receipt")
            .counter()
            .count())
        .isEqualTo(101.0);
  }

  private double gauge(String name) {
    return meters.get(name).gauge().value();
  }

  @Test
  void everyAdvanceIsPublishedAfterItIsDurable() throws Exception {
    BlockingQueue<SpaceAdvanced> advanced = new LinkedBlockingQueue<>();
    await(vertx
        .eventBus()
        .<Buffer>consumer(Addresses.SPACE_ADVANCED, message -> {
          try {
            advanced.add(SpaceAdvanced.parseFrom(message.body().getBytes()));
          } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
          }
        })
        .completion());
    storeConsumer.hold();
    Future<AdmitReply> reply = admit(ENGINE, genesis);
    awaitUntil(storeConsumer::isHolding);
    assertThat(advanced).isEmpty();
    storeConsumer.release();
    SpaceAdvanced first = advanced.poll(20, TimeUnit.SECONDS);
    assertThat(await(reply).getSignedHead()).isEqualTo(first.getSignedHead());
    assertThat(first.getEngine()).isEqualTo(ENGINE);
    assertThat(first.getNumber()).isEqualTo(1);
    await(admit(ENGINE, owner.next(space)));
    assertThat(advanced.poll(20, TimeUnit.SECONDS).getNumber()).isEqualTo(2);
    assertThat(nextTime().getAdvances()).isEqualTo(2);
  }

  /** What the engine publishes next of its clock and of what it published. */
  private EngineTime nextTime() throws Exception {
    Promise<EngineTime> time = Promise.promise();
    vertx.eventBus().<Buffer>consumer(Addresses.ENGINE_TIME, message -> {
      try {
        time.tryComplete(EngineTime.parseFrom(message.body().getBytes()));
      } catch (com.google.protobuf.InvalidProtocolBufferException e) {
        time.tryFail(e);
      }
    });
    return await(time.future());
  }

  @Test
  void aCommitThatTimesOutIsFoundByLookingItUp() throws Exception {
    found();
    storeConsumer.loseReplies(1);
    Upload upload = owner.next(space);
    AdmitReply reply = await(admit(ENGINE, upload));
    World.assertReceiptsVerify(space, reply, upload);
    assertThat(World.receiptOf(reply).getSequence()).isEqualTo(2);
    assertThat(log()).isEqualTo(2);
    assertThat(meters
            .get("sealift.engine.space.commits")
            .tag("result", "unknown")
            .counter()
            .count())
        .isEqualTo(1.0);
  }

  /** Its time limit would be half a minute: what helps is that the storage-adapter is seen to have left. */
  @Test
  void aCommitUnderWayAtAStorageAdapterThatLeavesIsFoundOutAtTheNextOne() throws Exception {
    AtomicReference<String> present = new AtomicReference<>(StoreConsumer.ID);
    deploy("patient", present::get, new StoreTimeouts(500, 30_000));
    World.receiptOf(await(admit("patient", genesis)));
    StoreConsumer next = new StoreConsumer(vertx, store, "next");
    await(next.openForCommits());
    storeConsumer.hold();
    Future<AdmitReply> reply = admit("patient", owner.next(space));
    awaitUntil(storeConsumer::isHolding);

    present.set("next");

    assertThat(World.receiptOf(await(reply)).getSequence()).isEqualTo(2);
    storeConsumer.release();
    assertThat(log()).isEqualTo(2);
  }

  /** It takes nothing new and finishes what it has: asking another meanwhile would set two commits against each other. */
  @Test
  void aCommitUnderWayAtAStorageAdapterThatIsAboutToStopIsWaitedFor() throws Exception {
    AtomicReference<String> asked = new AtomicReference<>(StoreConsumer.ID);
    AtomicInteger looks = new AtomicInteger();
    Roster roster = new Roster() {
      @Override
      public List<String> engines() {
        return List.of("waiting");
      }

      @Override
      public List<String> stores() {
        return List.of(asked.get());
      }

      @Override
      public List<String> present() {
        looks.incrementAndGet();
        return List.of("waiting", StoreConsumer.ID, "next");
      }
    };
    deploy("waiting", roster, new SimpleMeterRegistry(), new StoreTimeouts(500, 30_000));
    World.receiptOf(await(admit("waiting", genesis)));
    storeConsumer.hold();
    Future<AdmitReply> reply = admit("waiting", owner.next(space));
    awaitUntil(storeConsumer::isHolding);

    asked.set("next");
    int before = looks.get();
    awaitUntil(() -> looks.get() >= before + 2);
    assertThat(reply.isComplete()).isFalse();
    storeConsumer.release();

    assertThat(World.receiptOf(await(reply)).getSequence()).isEqualTo(2);
  }

  @Test
  void aStoreThatFailsACommitOnceIsAskedAgain() throws Exception {
    found();
    storeConsumer.failCommits(1);
    assertThat(World.receiptOf(await(admit(ENGINE, owner.next(space)))).getSequence())
        .isEqualTo(2);
  }

  @Test
  void withoutAStoreFilesAreRefusedAndConnectionsAreUnavailable() throws Exception {
    await(storeConsumer.close());
    AdmitReply reply = await(admit(ENGINE, genesis));
    assertThat(reply.getOutcomes(0).getRefusal().getCode())
        .isEqualTo(RefusalCode.REFUSAL_CODE_STORE_UNAVAILABLE);
    assertThat(failureOf(authorize())).isEqualTo(MeshFailure.UNAVAILABLE.code());
  }

  private static int failureOf(Future<?> future) throws Exception {
    try {
      await(future);
      throw new AssertionError("it did not fail");
    } catch (ExecutionException e) {
      return ((ReplyException) e.getCause()).failureCode();
    }
  }

  @Test
  void twoEnginesOnOneSpaceLoseAndDoubleNothing() throws Exception {
    deploy("two", new SimpleMeterRegistry());
    found();
    for (int i = 0; i < 20; i++) {
      Upload upload = owner.next(space);
      Future<AdmitReply> here = admit(ENGINE, upload);
      Future<AdmitReply> there = admit("two", upload);
      assertThat(World.receiptOf(await(here)).getSequence()).isEqualTo(i + 2L);
      assertThat(World.receiptOf(await(there)).getSequence()).isEqualTo(i + 2L);
    }
    assertThat(log()).isEqualTo(21);
  }

  @Test
  void whatIsNoRequestIsMalformed() throws Exception {
    assertThat(failureOf(
            vertx.eventBus().request(Addresses.admit(ENGINE), Buffer.buffer("no request"))))
        .isEqualTo(MeshFailure.MALFORMED.code());
    assertThat(failureOf(vertx.eventBus().request(Addresses.admit(ENGINE), "no buffer")))
        .isEqualTo(MeshFailure.MALFORMED.code());
    assertThat(failureOf(vertx.eventBus().request(Addresses.authorize(ENGINE), Buffer.buffer())))
        .isEqualTo(MeshFailure.MALFORMED.code());
  }

  @Test
  void atAStopWhatIsUnderWayIsAnsweredAndWhatWaitsIsNot() throws Exception {
    found();
    storeConsumer.hold();
    Future<AdmitReply> underWay = admit(ENGINE, owner.next(space));
    awaitUntil(storeConsumer::isHolding);
    Future<AdmitReply> waiting = admit(ENGINE, owner.next(space));
    awaitUntil(() -> gauge("sealift.engine.pending.files") == 2.0);
    Future<Void> stopped = vertx.undeploy(deployment);
    assertThat(failureOf(waiting)).isEqualTo(MeshFailure.UNAVAILABLE.code());
    assertThat(stopped.isComplete()).isFalse();
    storeConsumer.release();
    assertThat(World.receiptOf(await(underWay)).getSequence()).isEqualTo(2);
    await(stopped);
    assertThat(log()).isEqualTo(2);
  }

  @Test
  void anEventLoopIsNoPlaceForSignatures() {
    MergeEngineVerticle verticle = new MergeEngineVerticle(
        "three",
        Roster.of("three", StoreConsumer.ID),
        CoreHarness.NOTARY,
        Instant::now,
        SpacePolicy.open(),
        new SimpleMeterRegistry());
    assertThatThrownBy(() -> await(vertx.deployVerticle(verticle)))
        .hasRootCauseInstanceOf(IllegalStateException.class);
  }
}
