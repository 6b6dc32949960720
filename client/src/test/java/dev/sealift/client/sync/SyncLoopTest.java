package dev.sealift.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.pack.PayloadCodec;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.value.Value;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.Vault;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.proto.Advanced;
import dev.sealift.protocol.proto.Challenge;
import dev.sealift.protocol.proto.Credit;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.GoAway;
import dev.sealift.protocol.proto.Hello;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.Problem;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.PutResult;
import dev.sealift.protocol.proto.Refusal;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Welcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The loop by itself: how it waits, and what it does about each end of a connection. The test lets its pauses pass. */
class SyncLoopTest {
  @TempDir
  Path folder;

  private final FakeMesh mesh = new FakeMesh();
  private final Rogue rogue = new Rogue(mesh);
  private final AtomicLong aheadMillis = new AtomicLong();
  private final AtomicLong questions = new AtomicLong();
  private final ConcurrentLinkedQueue<Long> pauses = new ConcurrentLinkedQueue<>();
  private final Semaphore pausesThatMayEnd = new Semaphore(0);
  private volatile SyncReport last = new SyncReport(SyncState.OFFLINE, 0, 0, 0, Optional.empty());
  private volatile CountDownLatch reportsMayGo = new CountDownLatch(0);
  private SpaceStore store;
  private SyncLoop loop;

  @BeforeEach
  void join() throws FormatException {
    DeviceKeyPair keys = DeviceKeyPair.generate();
    MeshClock clock = new MeshClock(() -> System.currentTimeMillis() + aheadMillis.get());
    store = SpaceStore.open(folder.resolve("space.db"), keys.id(), clock);
    SpaceRecords records = new SpaceRecords(store, Vault.open(folder.resolve("vault"), null));
    rogue.start(store, records);
    rogue.admit(rogue.put("1", "one"));
    Replica replica = new Replica(keys, store, records, clock, new Silent());
    loop = new SyncLoop(
        replica,
        mesh,
        FakeMesh.ADDRESS,
        questions::get,
        this::report,
        this::pause,
        new Patience(100, 60_000),
        Backoff.slow(new Random(1)));
  }

  private static final class Silent implements Progress {
    @Override
    public void applied(long position) {}

    @Override
    public void durable(HybridTime upTo) {}
  }

  private void report(SyncReport report) {
    last = report;
    try {
      assertThat(reportsMayGo.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pause(long millis) throws InterruptedException {
    pauses.add(millis);
    pausesThatMayEnd.acquire();
  }

  @AfterEach
  void end() {
    loop.close();
    store.close();
    assertThat(mesh.complaints()).isEmpty();
  }

  private void startAndSync() {
    loop.start();
    awaitUpToDate();
  }

  private void awaitUpToDate() {
    Await.until(
        "it is up to date",
        () -> last.state() == SyncState.UP_TO_DATE
            && last.position() == rogue.log().size());
  }

  /** Waits for the next pause and says how long it would have been. */
  private long nextPause() {
    Await.until("a pause", () -> !pauses.isEmpty());
    return pauses.remove();
  }

  private SealiftException problem() {
    return last.problem().orElseThrow();
  }

  @Test
  void aMeshThatWasCaughtIsLeftAloneAndThenBelievedAgainByItself() {
    startAndSync();
    mesh.wire((connection, toDevice, frame) -> frame.hasFiles()
        ? List.of(frame.toBuilder()
            .setFiles(frame.getFiles().toBuilder().clearSignedHead().setSignedHead(forged(frame)))
            .build())
        : List.of(frame));
    rogue.admit(rogue.put("2", "two"));
    assertThat(nextPause()).isBetween(20_000L, 30_000L);
    assertThat(((MeshViolationError) problem()).violation()).isEqualTo(Violation.HEAD_NOT_SIGNED);
    mesh.wire(Wire.HONEST);
    pausesThatMayEnd.release();
    awaitUpToDate();
    assertThat(last.problem()).isEmpty();
  }

  private static ByteString forged(Frame frame) {
    byte[] head = frame.getFiles().getSignedHead().toByteArray();
    head[head.length - 1] ^= 1;
    return ByteString.copyFrom(head);
  }

  @Test
  void whatIsRetiredTakesNoStepAnyMore() {
    List<byte[]> sent = new ArrayList<>();
    SyncCore core = new SyncCore(loop.replica(), questions::get, this::report, new Random(1));
    core.begin(sent::add, 0);
    assertThat(sent).hasSize(1);
    assertThat(core.isOver()).isFalse();
    loop.replica().retire();
    core.receive(new byte[] {1});
    assertThat(core.isOver()).isTrue();
    assertThat(core.waitMillis()).as("nothing failed").isZero();
    assertThat(sent).hasSize(1);
  }

  /** By a clock that goes on when it is said to. */
  @Test
  void aDeviceThatComesNoFurtherSignsAgainAfterAWhile() throws Exception {
    mesh.keepPositions();
    SyncCore core = new SyncCore(loop.replica(), questions::get, this::report, new Random(1));
    BlockingQueue<byte[]> came = new LinkedBlockingQueue<>();
    try (Transport.Connection connection = mesh.connect(FakeMesh.ADDRESS, listener(came))) {
      core.begin(message -> send(connection, message), 0);
      AtomicLong nanos = new AtomicLong();
      Await.until("it has signed", () -> {
        Optional.ofNullable(came.poll()).ifPresent(core::receive);
        core.tick(nanos.addAndGet(TimeUnit.SECONDS.toNanos(1)));
        assertThat(core.isOver()).isFalse();
        return signed().isPresent();
      });
      long now = nanos.get();
      HybridTime first = signed().orElseThrow();
      assertThat(core.untilMillis(now)).isLessThanOrEqualTo(SyncCore.SIGN_AGAIN_MILLIS);
      long later = now + TimeUnit.MILLISECONDS.toNanos(SyncCore.SIGN_AGAIN_MILLIS);
      core.tick(later - TimeUnit.MILLISECONDS.toNanos(1));
      assertThat(signed()).contains(first);
      core.tick(later);
      assertThat(signed().orElseThrow()).isGreaterThan(first);
    }
  }

  private Optional<HybridTime> signed() {
    return mesh.signedPosition(loop.replica().keys().id()).map(exact -> {
      try {
        return SignedPosition.parse(exact).position().time();
      } catch (FormatException e) {
        throw new AssertionError(e);
      }
    });
  }

  private static void send(Transport.Connection connection, byte[] message) {
    try {
      connection.send(message);
    } catch (TransportException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Transport.Listener listener(BlockingQueue<byte[]> came) {
    return new Transport.Listener() {
      @Override
      public void received(byte[] message) {
        came.add(message);
      }

      @Override
      public void alive() {}

      @Override
      public void closed() {}
    };
  }

  @Test
  void aMeshThatIsDownIsAskedMoreAndMoreRarely() {
    mesh.down();
    loop.start();
    for (int tries = 0; tries < 12; tries++) {
      assertThat(nextPause()).isBetween(0L, Math.min(30_000L, 200L << tries));
      assertThat(problem().code()).isEqualTo(ErrorCode.MESH_UNREACHABLE);
      assertThat(last.state()).isEqualTo(SyncState.CONNECTING);
      pausesThatMayEnd.release();
    }
    Await.until("one more try", () -> !pauses.isEmpty());
    mesh.up();
    pausesThatMayEnd.release();
    awaitUpToDate();
    pauses.clear();
    mesh.cutAll();
    assertThat(nextPause()).isBetween(0L, 200L);
  }

  @Test
  void aMeshThatTakesNothingIsNotHammered() {
    startAndSync();
    mesh.refuse(file -> Optional.of(Refusal.newBuilder()
        .setCode(RefusalCode.REFUSAL_CODE_BUSY)
        .setRetryAfterMillis(40)
        .build()));
    write("k");
    long longest = 0;
    for (int tries = 0; tries < 14; tries++) {
      long pause = nextPause();
      assertThat(pause).isBetween(40L, 30_040L);
      longest = Math.max(longest, pause);
      assertThat(problem().code()).isEqualTo(ErrorCode.MESH_BUSY);
      pausesThatMayEnd.release();
    }
    assertThat(longest).isGreaterThan(1_000);
    mesh.refuse(file -> Optional.empty());
    pausesThatMayEnd.release();
    awaitUpToDate();
  }

  @Test
  void aFullSpaceIsReadOnAndItsEditsWaitUntilTheNextConnection() {
    startAndSync();
    mesh.refuse(file -> Optional.of(Refusal.newBuilder()
        .setCode(RefusalCode.REFUSAL_CODE_OVER_QUOTA)
        .setRetryAfterMillis(60_000)
        .build()));
    write("k");
    Await.until("it is refused", () -> last.problem().isPresent());
    assertThat(problem().code()).isEqualTo(ErrorCode.OVER_QUOTA);
    assertThat(last.state()).isEqualTo(SyncState.SYNCING);
    rogue.admit(rogue.put("2", "two"));
    Await.until("it reads on", () -> last.position() == rogue.log().size());
    assertThat(pauses).isEmpty();
    assertThat(store.pendingUpTo(1)).isEqualTo(1);
    write("l");

    mesh.refuse(file -> Optional.empty());
    pausesThatMayEnd.release(10);
    mesh.cutAll();
    awaitUpToDate();
    assertThat(store.pendingUpTo(1)).isZero();
    assertThat(last.problem()).isEmpty();
  }

  @Test
  void aMeshThatHasLostTheSpaceIsAskedAgainMoreAndMoreRarelyAndEditsAreKept() {
    startAndSync();
    write("before");
    Await.until("it is durable", () -> store.pendingUpTo(1) == 0 && store.outboxCount() == 0);
    awaitUpToDate();
    mesh.loseEverything();
    assertThat(nextPause()).isBetween(0L, 200L); // the connection broke
    pausesThatMayEnd.release();
    long longest = 0;
    for (int tries = 0; tries < 10; tries++) {
      long pause = nextPause();
      assertThat(pause).isBetween(1L, Math.min(900_000L, 15_000L << tries));
      longest = Math.max(longest, pause);
      assertThat(problem().code()).isEqualTo(ErrorCode.MESH_LOST_SPACE);
      assertThat(last.state()).isEqualTo(SyncState.CONNECTING);
      pausesThatMayEnd.release();
    }
    assertThat(longest).isGreaterThan(60_000);
    Await.until("one more try", () -> !pauses.isEmpty());
    write("meanwhile");

    mesh.add(rogue.log());
    pausesThatMayEnd.release();

    Await.until("it is durable", () -> store.pendingUpTo(1) == 0 && store.outboxCount() == 0);
    awaitUpToDate();
    assertThat(last.problem()).isEmpty();
  }

  /** What a full space has made a device wait says nothing of how long a lost one is lost. */
  @Test
  void aMeshThatLosesAFullSpaceIsAskedAgainSoon() {
    startAndSync();
    refuseAll(RefusalCode.REFUSAL_CODE_OVER_QUOTA);
    write("k");
    breakOnceItIsHeld();
    for (int holds = 0; holds < 6; holds++) { // each makes the next wait longer
      pausesThatMayEnd.release();
      breakOnceItIsHeld();
    }

    refuseAll(RefusalCode.REFUSAL_CODE_UNKNOWN_SPACE);
    pausesThatMayEnd.release();

    assertThat(nextPause()).isBetween(1L, 15_000L);
    assertThat(problem().code()).isEqualTo(ErrorCode.MESH_LOST_SPACE);
  }

  private void breakOnceItIsHeld() {
    Await.until(
        "it is held",
        () -> last.problem()
            .filter(problem -> problem.code() == ErrorCode.OVER_QUOTA)
            .isPresent());
    mesh.cutAll();
    nextPause();
  }

  private void refuseAll(RefusalCode code) {
    mesh.refuse(file -> Optional.of(Refusal.newBuilder().setCode(code).build()));
  }

  @Test
  void aMeshThatLosesTheSpaceUnderAConnectionIsToldSoToo() {
    startAndSync();
    mesh.refuse(file -> Optional.of(
        Refusal.newBuilder().setCode(RefusalCode.REFUSAL_CODE_UNKNOWN_SPACE).build()));
    write("k");
    assertThat(nextPause()).isBetween(1L, 15_000L);
    assertThat(problem().code()).isEqualTo(ErrorCode.MESH_LOST_SPACE);
    assertThat(last.state()).isEqualTo(SyncState.CONNECTING);
    assertThat(store.outboxCount()).isEqualTo(1);

    mesh.refuse(file -> Optional.empty());
    pausesThatMayEnd.release();
    Await.until("it is durable", () -> store.outboxCount() == 0);
    awaitUpToDate();
  }

  @Test
  void everyRefusalOfATokenHasItsOwnCode() {
    startAndSync();
    Map<RefusalCode, ErrorCode> codes = Map.of(
        RefusalCode.REFUSAL_CODE_TOKEN_REQUIRED, ErrorCode.TOKEN_REQUIRED,
        RefusalCode.REFUSAL_CODE_TOKEN_INVALID, ErrorCode.TOKEN_INVALID,
        RefusalCode.REFUSAL_CODE_TOKEN_EXPIRED, ErrorCode.TOKEN_EXPIRED);
    codes.forEach((refusal, code) -> {
      mesh.refuse(file -> Optional.of(Refusal.newBuilder().setCode(refusal).build()));
      write("k " + code);
      pausesThatMayEnd.release();
      mesh.cutAll();
      Await.until(
          "it is refused", () -> last.problem().filter(p -> p.code() == code).isPresent());
    });
    mesh.refuse(file -> Optional.empty());
    pausesThatMayEnd.release(10);
    mesh.cutAll();
    awaitUpToDate();
  }

  private void write(String key) {
    try (Batch batch = store.batch()) {
      batch.patch(Rogue.TABLE, key, Map.of("text", Value.of("v")));
      batch.commit();
    }
    loop.news();
  }

  @Test
  void aGatewayThatGoesAwayIsGivenTheTimeItAsksFor() {
    startAndSync();
    mesh.deliverToAll(Frame.newBuilder()
        .setGoAway(GoAway.newBuilder().setRetryAfterMillis(500))
        .build());
    assertThat(nextPause()).isBetween(501L, 750L); // and up to half as much again
    pausesThatMayEnd.release();
    awaitUpToDate();
  }

  @Test
  void aGatewayThatStoppedIsLeftThoughTheAppGoesOnWriting() {
    startAndSync();
    mesh.freezeAll();
    int connects = mesh.connects();
    Await.until("it connects elsewhere", () -> {
      write("k"); // news of its own is no sign of life of the mesh
      pausesThatMayEnd.release();
      return mesh.connects() > connects;
    });
    // It may have been up to date there before the last of the writes.
    Await.until("what was written meanwhile is durable", () -> store.pendingUpTo(1) == 0);
  }

  @Test
  void aGatewayThatStoppedIsLeftByWhoAsksItForTheLogsHead() {
    startAndSync();
    mesh.freezeAll();
    questions.incrementAndGet();
    loop.news();
    nextPause();
    assertThat(problem().code()).isEqualTo(ErrorCode.MESH_UNREACHABLE);
    pausesThatMayEnd.release();
    Await.until("its question is answered", () -> last.answered() == 1);
  }

  @Test
  void aReaderThatIsBusyIsNotCutOffByAMeshThatKeepsToItsCredit() {
    startAndSync();
    int connects = mesh.connects();
    reportsMayGo = new CountDownLatch(1);
    mesh.entriesAFrame(1);
    for (int i = 0; i < 400; i++) {
      rogue.admit(rogue.put("k", "v"));
    }
    reportsMayGo.countDown();
    awaitUpToDate();
    assertThat(mesh.connects()).isEqualTo(connects);
  }

  @Test
  void aMeshThatFloodsIsCutOff() {
    startAndSync();
    reportsMayGo = new CountDownLatch(1);
    Frame advanced = Frame.newBuilder()
        .setAdvanced(Advanced.newBuilder().setSignedHead(rogue.log().head().byteString()))
        .build();
    for (int i = 0; i < 20_000; i++) {
      mesh.deliverToAll(advanced);
    }
    reportsMayGo.countDown();
    nextPause();
    assertThat(problem().code()).isEqualTo(ErrorCode.MESH_UNREACHABLE);
    pausesThatMayEnd.release();
    awaitUpToDate();
  }

  static Stream<Frame> framesOutOfPlace() {
    return Stream.of(
        Frame.getDefaultInstance(),
        Frame.newBuilder().setHello(Hello.getDefaultInstance()).build(),
        Frame.newBuilder().setChallenge(Challenge.newBuilder().setVersion(1)).build(),
        Frame.newBuilder().setWelcome(Welcome.getDefaultInstance()).build(),
        Frame.newBuilder().setCredit(Credit.getDefaultInstance()).build(),
        Frame.newBuilder().setPutResult(PutResult.getDefaultInstance()).build(),
        Frame.newBuilder()
            .setPutResult(
                PutResult.newBuilder().setRequest(1).addOutcomes(Outcome.getDefaultInstance()))
            .build(),
        Frame.newBuilder().setAdvanced(Advanced.getDefaultInstance()).build(),
        Frame.newBuilder().setFiles(Files.getDefaultInstance()).build(),
        Frame.newBuilder().setFiles(Files.newBuilder().setRequest(1)).build(),
        Frame.newBuilder()
            .setFiles(Files.newBuilder().setRequest(1).addEntries(LogEntry.getDefaultInstance()))
            .build(),
        Frame.newBuilder().setFiles(Files.newBuilder().setRequest(2)).build(),
        Frame.newBuilder().setFiles(Files.newBuilder().setRequest(3)).build(),
        Frame.newBuilder()
            .setProblem(Problem.newBuilder().setCode(ProblemCode.PROBLEM_CODE_SLOW_READER))
            .build());
  }

  @ParameterizedTest
  @MethodSource("framesOutOfPlace")
  void aFrameOutOfPlaceEndsTheConnectionAndNothingElse(Frame frame) {
    startAndSync();
    mesh.deliverToAll(frame);
    nextPause();
    assertThat(problem().code()).isIn(ErrorCode.NOT_A_MESH, ErrorCode.MESH_BUSY);
    pausesThatMayEnd.release();
    awaitUpToDate();
  }

  @ParameterizedTest
  @MethodSource("framesOutOfPlace")
  void aFrameOutOfPlaceEndsTheHandshakeToo(Frame odd) {
    mesh.wire((connection, toDevice, frame) -> toDevice ? List.of(odd) : List.of(frame));
    loop.start();
    nextPause();
    assertThat(problem().code()).isIn(ErrorCode.NOT_A_MESH, ErrorCode.MESH_BUSY);
    mesh.wire(Wire.HONEST);
    pausesThatMayEnd.release();
    awaitUpToDate();
  }

  @Test
  void whatIsNoFrameEndsTheConnection() {
    startAndSync();
    mesh.deliverBytesToAll(new byte[] {-1, -1, -1});
    nextPause();
    assertThat(problem().code()).isEqualTo(ErrorCode.NOT_A_MESH);
    pausesThatMayEnd.release();
    awaitUpToDate();
  }

  @Test
  void aMeshOfAnotherVersionIsNotTriedAgain() {
    mesh.wire((connection, toDevice, frame) -> frame.hasChallenge()
        ? List.of(Frame.newBuilder()
            .setChallenge(frame.getChallenge().toBuilder().setVersion(2))
            .build())
        : List.of(frame));
    loop.start();
    Await.until("it stopped", () -> last.state() == SyncState.STOPPED);
    assertThat(problem().code()).isEqualTo(ErrorCode.MESH_VERSION);
    assertThat(pauses).isEmpty();
  }

  @Test
  void aClockThatJumpsBackWhileConnectedIsSetRightByTheNextConnection() {
    startAndSync();
    aheadMillis.set(-3_600_000);
    rogue.admit(rogue.put("2", "two"));
    nextPause();
    pausesThatMayEnd.release();
    awaitUpToDate();
    assertThat(store.position()).isEqualTo(rogue.log().size());
  }

  @Test
  void aClockThatJumpsAheadWhileConnectedIsSetRightByTheRefusal() {
    startAndSync();
    aheadMillis.set(365L * 24 * 3_600_000);
    write("first");
    Await.until("it was refused", () -> !pauses.isEmpty());
    pausesThatMayEnd.release(100);
    awaitUpToDate();
    HybridTime written = rogue.log().file(rogue.log().size()).file().header().time();
    assertThat(written.millis()).isLessThan(mesh.meshMillis() + 300_000);
  }

  @Test
  void aStoreThatWasClosedEndsTheExchange() {
    startAndSync();
    store.close();
    rogue.admit(rogue.put("2", "two"));
    Await.until("it stopped", () -> last.state() == SyncState.STOPPED);
    assertThat(problem().code()).isEqualTo(ErrorCode.CLOSED);
  }

  @Test
  void aPayloadOfTheOwnPackingIsWhatOthersRead() throws Exception {
    startAndSync();
    long before = rogue.log().size();
    write("k");
    Await.until("it was sent", () -> rogue.log().size() > before);
    FakeLog.Stored sent = rogue.log().file(rogue.log().size());
    assertThat(PayloadCodec.decode(rogue.open(sent)).get(0).rows().get(0).key()).isEqualTo("k");
  }
}
