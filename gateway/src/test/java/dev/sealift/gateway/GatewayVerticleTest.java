package dev.sealift.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.gateway.codec.Subprotocol;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.proto.Entries;
import dev.sealift.protocol.proto.FetchEntries;
import dev.sealift.protocol.proto.FetchPositions;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.Outline;
import dev.sealift.protocol.proto.OutlineFiles;
import dev.sealift.protocol.proto.PositionReport;
import dev.sealift.protocol.proto.Positions;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.ProvenEntry;
import dev.sealift.protocol.proto.PutFile;
import dev.sealift.protocol.proto.PutResult;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.StepList;
import dev.sealift.protocol.proto.Steps;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketFrame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Devices on real WebSockets, a gateway, and a mesh of fakes; all of it in each subprotocol. */
@ParameterizedClass
@EnumSource(Subprotocol.class)
class GatewayVerticleTest {
  private static final SpaceId SPACE = TestDevice.space(5);
  private static final int PLENTY = 100 << 20;

  @Parameter
  Subprotocol subprotocol = Subprotocol.BINARY;

  private GatewayFixture fixture = new GatewayFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private TestClient connect() {
    return connect(1);
  }

  private TestClient connect(int seed) {
    return fixture.connect(seed, subprotocol);
  }

  private void restart(GatewayLimits limits) {
    fixture.close();
    fixture = new GatewayFixture(limits);
  }

  @Test
  void whatOneDevicePutsAnotherThatSubscribedReceives() {
    TestClient writer = connect();
    TestClient reader = connect(2);
    writer.enter(SPACE);
    reader.enter(SPACE);
    reader.subscribe(0, PLENTY);

    PutFile file = writer.device.file(SPACE, 1, 100_000);
    writer.put(1, file);
    PutResult result = writer.next().getPutResult();
    assertThat(result.getOutcomes(0).getReceipt().getSequence()).isEqualTo(1);
    assertThat(result.getSignedHead()).isEqualTo(TestDevice.head(SPACE, 1));

    Files files = reader.next().getFiles();
    assertThat(files.getFirstSequence()).isEqualTo(1);
    assertThat(files.getEntries(0).getSignedHeader()).isEqualTo(file.getSignedHeader());
    assertThat(files.getEntries(0).getPayload()).isEqualTo(file.getPayload());
    assertThat(files.getSignedHead()).isEqualTo(TestDevice.head(SPACE, 1));
  }

  @Test
  void aSpaceIsFoundedAndThenAnOrdinaryOne() {
    fixture.mesh.authorization = Authorization.AUTHORIZATION_UNKNOWN_SPACE;
    TestClient founder = connect();
    PutFile genesis = founder.device.genesis();
    SpaceId space = TestDevice.spaceOf(genesis);
    assertThat(founder.enter(space).getKnown()).isFalse();

    founder.put(1, founder.device.file(space, 2, 1));
    assertThat(founder.next().getPutResult().getOutcomes(0).getRefusal().getCode())
        .isEqualTo(RefusalCode.REFUSAL_CODE_UNKNOWN_SPACE);
    founder.put(2, genesis);
    assertThat(founder.next().getPutResult().getOutcomes(0).hasReceipt()).isTrue();
    founder.subscribe(0, PLENTY);
    assertThat(founder.next().getFiles().getEntriesCount()).isEqualTo(1);
  }

  @Test
  void aLongLogComesInBoundedFramesUpToItsEnd() {
    fixture.mesh.grow(SPACE, 400, 20_000);
    TestClient reader = connect();
    reader.enter(SPACE);
    reader.subscribe(0, PLENTY);
    long next = 1;
    while (next <= 400) {
      Frame frame = reader.next();
      assertThat(frame.getSerializedSize()).isLessThanOrEqualTo(Limits.MAX_FRAME_BYTES);
      assertThat(subprotocol.codec().length(frame))
          .isLessThanOrEqualTo(subprotocol.codec().maxBytes());
      assertThat(frame.getFiles().getFirstSequence()).isEqualTo(next);
      next += frame.getFiles().getEntriesCount();
    }
    assertThat(next).isEqualTo(401);
  }

  @Test
  void aReaderThatDoesNotReadMakesTheGatewayReadLittleAndThenGetsItAll() {
    fixture.mesh.grow(SPACE, 2_000, 50_000); // 100 MB
    TestClient reader = connect();
    reader.enter(SPACE);
    reader.socket.pause();
    reader.subscribe(0, Integer.MAX_VALUE);
    Waiting.until("the reader's socket is full", this::isStill);
    // What is on its way fits the sockets of the system and two frames; the rest was not even asked
    // for.
    assertThat(fixture.mesh.reads.get() * 512L * 1024).isLessThan(60L << 20);

    for (int i = 0; i < 500; i++) {
      fixture.mesh.grow(SPACE, 1, 10);
      fixture.mesh.publish(SPACE);
    }
    reader.socket.resume();
    long next = 1;
    while (next <= 2_500) {
      Files files = reader.next().getFiles();
      assertThat(files.getFirstSequence()).isEqualTo(next);
      next += files.getEntriesCount();
    }
  }

  @Test
  void aReaderThatIsStuckForTooLongIsCutOffThoughItTakesNoGoodbye() {
    restart(GatewayFixture.limits(GatewayFixture.limits(60_000, 200), 10, 10));
    fixture.mesh.grow(SPACE, 2_000, 50_000);
    TestClient reader = connect();
    reader.enter(SPACE);
    reader.socket.pause();
    reader.subscribe(0, Integer.MAX_VALUE);
    Waiting.until("it is given up", () -> fixture.count("problems", "code", "slow_reader") == 1);
    Waiting.until("it is counted out", () -> fixture.gauge("connections.open") == 0);
    Waiting.until("its connection is cut", () -> fixture.count("sockets.cut") == 1);
    reader.socket.resume();
    assertThat(reader.closeCode()).as("closed without a word").isEqualTo(1006);
  }

  private int readsBefore = -1;
  private int sameFor;

  /** No more reads for a while. */
  private boolean isStill() {
    int now = fixture.mesh.reads.get();
    sameFor = now == readsBefore && now > 0 ? sameFor + 1 : 0;
    readsBefore = now;
    return sameFor > 100;
  }

  @Test
  void growthBeyondTheCreditIsToldOnceAndReadWhenThereIsCredit() {
    TestClient reader = connect();
    reader.enter(SPACE);
    reader.subscribe(0, 0);
    reader.fetch(1, 0); // an answer that shows the subscription has arrived
    reader.next();
    for (int i = 0; i < 50; i++) {
      fixture.mesh.grow(SPACE, 1, 10);
      fixture.mesh.publish(SPACE);
    }
    assertThat(reader.next().hasAdvanced()).isTrue();
    reader.fetch(2, 50);
    Files answer = reader.next().getFiles();
    assertThat(answer.getRequest()).as("nothing was told in between").isEqualTo(2);
    reader.credit(PLENTY);
    assertThat(reader.next().getFiles().getEntriesCount()).isEqualTo(50);
  }

  @Test
  void aDeviceFindsItsWayByOutlineStepsAndSingleEntries() {
    fixture.mesh.grow(SPACE, 9, 100);
    TestClient device = connect();
    device.enter(SPACE);

    device.send(Frame.newBuilder()
        .setOutline(Outline.newBuilder().setRequest(1).setAfterSequence(2).setUpTo(7))
        .build());
    OutlineFiles outline = device.next().getOutlineFiles();
    assertThat(outline.getFirstSequence()).isEqualTo(3);
    assertThat(outline.getParts(0).getGap().getFiles()).isEqualTo(5);
    assertThat(outline.getSignedHead()).isEqualTo(TestDevice.head(SPACE, 9));

    device.send(Frame.newBuilder()
        .setSteps(Steps.newBuilder().setRequest(2).setAfterSequence(2))
        .build());
    StepList steps = device.next().getStepList();
    assertThat(steps.getRequest()).isEqualTo(2);
    assertThat(steps.getSteps(0).getBase()).isEqualTo(9);
    assertThat(steps.getSteps(0).getPartsList()).containsExactly(9L);

    device.send(Frame.newBuilder()
        .setFetchEntries(FetchEntries.newBuilder().setRequest(3).addSequences(4).addSequences(9))
        .build());
    Entries entries = device.next().getEntries();
    assertThat(entries.getEntriesList())
        .extracting(ProvenEntry::getSequence)
        .containsExactly(4L, 9L);
    assertThat(entries.getEntries(0).getEntry().getPayload().size()).isEqualTo(100);
    assertThat(entries.getSignedHead()).isEqualTo(TestDevice.head(SPACE, 9));
  }

  @Test
  void whatAPushCostsIsTheLengthOfItsMessageAsTheDeviceSawIt() {
    fixture.mesh.grow(SPACE, 1, 30_000);
    TestClient reader = connect();
    reader.enter(SPACE);
    reader.subscribe(0, 1);
    assertThat(reader.next().hasFiles()).isTrue();
    int cost = reader.lastReceivedBytes();

    fixture.mesh.grow(SPACE, 1, 10);
    fixture.mesh.publish(SPACE);
    assertThat(reader.next().hasAdvanced()).isTrue();
    reader.credit(cost - 1); // with the 1 from before it is all paid, and nothing is left
    reader.fetch(1, 2);
    assertThat(reader.next().getFiles().getRequest()).as("nothing was pushed").isEqualTo(1);
    reader.credit(1);
    assertThat(reader.next().getFiles().getFirstSequence()).isEqualTo(2);
  }

  @Test
  void admissionIsAskedForAgainUntilTheEngineIsBack() {
    TestClient writer = connect();
    writer.enter(SPACE);
    fixture.mesh.stopEngine();
    writer.put(1, writer.device.file(SPACE, 1, 10));
    Waiting.until(
        "a try that met nobody", () -> fixture.count("mesh.failures", "trouble", "nobody") > 0);
    fixture.mesh.startEngine();
    assertThat(writer.next().getPutResult().getOutcomes(0).hasReceipt()).isTrue();
  }

  @Test
  void anEngineThatStaysAwayIsARefusalThatSaysWhenToTryAgain() {
    TestClient writer = connect();
    writer.enter(SPACE);
    fixture.mesh.failAdmits(MeshFailure.UNAVAILABLE);
    writer.put(1, writer.device.file(SPACE, 1, 10));
    Outcome outcome = writer.next().getPutResult().getOutcomes(0);
    assertThat(outcome.getRefusal().getCode())
        .isEqualTo(RefusalCode.REFUSAL_CODE_STORE_UNAVAILABLE);
    assertThat(outcome.getRefusal().getRetryAfterMillis()).isPositive();
    assertThat(fixture.count("refusals", "code", "store_unavailable")).isEqualTo(1);

    fixture.mesh.admitAgain();
    writer.put(2, writer.device.file(SPACE, 1, 10));
    assertThat(writer.next().getPutResult().getOutcomes(0).hasReceipt()).isTrue();
  }

  @Test
  void positionsAreGatheredAndTheNewestIsKept() {
    fixture.mesh.grow(SPACE, 40, 1);
    TestClient reader = connect();
    reader.enter(SPACE);
    for (int sequence = 1; sequence <= 30; sequence++) {
      reader.send(Frame.newBuilder()
          .setPosition(PositionReport.newBuilder().setSequence(sequence))
          .build());
    }
    Waiting.until(
        "the newest position is with the store",
        () -> fixture.mesh.allPositions().stream().anyMatch(p -> p.getSequence() == 30));
    assertThat(fixture.mesh.allPositions()).hasSizeLessThan(30);
  }

  @Test
  void whatADeviceHasSignedIsKeptAndToldAsItCame() {
    fixture.mesh.grow(SPACE, 9, 1);
    TestClient reader = connect();
    reader.enter(SPACE);
    ByteString signed = reader.device.position(SPACE, 9);
    reader.send(Frame.newBuilder()
        .setPosition(PositionReport.newBuilder().setSequence(9).setSignedPosition(signed))
        .build());
    Waiting.until(
        "the signed position is with the store",
        () -> fixture.mesh.allPositions().stream()
            .anyMatch(p -> p.getSignedPosition().equals(signed)));
    reader.send(Frame.newBuilder()
        .setFetchPositions(FetchPositions.newBuilder().setRequest(5))
        .build());
    Positions told = reader.next().getPositions();
    assertThat(told.getRequest()).isEqualTo(5);
    assertThat(told.getSignedPositionsList()).contains(signed);
  }

  @Test
  void aMessageOfTheOtherKindIsRefusedWithATypedProblem() {
    TestClient client = connect();
    Waiting.await(
        subprotocol.isText()
            ? client.socket.writeBinaryMessage(Buffer.buffer("hello"))
            : client.socket.writeTextMessage("hello"));
    client.assertClosedWith(ProblemCode.PROBLEM_CODE_BAD_FRAME, 1003);
  }

  @Test
  void fragmentsAreRefusedWithATypedProblem() {
    TestClient client = connect();
    Waiting.await(client.socket.writeFrame(
        subprotocol.isText()
            ? WebSocketFrame.textFrame("{", false)
            : WebSocketFrame.binaryFrame(Buffer.buffer("part"), false)));
    client.assertClosedWith(ProblemCode.PROBLEM_CODE_BAD_FRAME, 1003);
  }

  @Test
  void garbageIsRefusedWithATypedProblem() {
    TestClient client = connect();
    client.sendBytes(new byte[] {-1, -1, -1});
    client.assertClosedWith(ProblemCode.PROBLEM_CODE_BAD_FRAME, 1002);
    assertThat(fixture.count("problems", "code", "bad_frame")).isEqualTo(1);
  }

  @Test
  void aFrameOutOfOrderIsRefusedWithATypedProblem() {
    TestClient client = connect();
    client.fetch(1, 0);
    client.assertClosedWith(ProblemCode.PROBLEM_CODE_UNEXPECTED_FRAME, 1002);
  }

  @Test
  void aFrameSomewhatTooLargeIsRefusedWithATypedProblem() {
    TestClient client = connect();
    client.enter(SPACE);
    client.sendBytes(new byte[subprotocol.codec().maxBytes() + 1]);
    client.assertClosedWith(ProblemCode.PROBLEM_CODE_TOO_MUCH, 1009);
  }

  @Test
  void aFrameFarTooLargeIsNotEvenBuffered() {
    TestClient client = connect();
    client.enter(SPACE);
    client.write(new byte[3 << 20]);
    assertThat(client.closeCode()).isIn(1009, 1006); // the cut may overtake the code
    Waiting.until("it is counted", () -> fixture.count("sockets.broken") > 0);
  }

  @Test
  void aWrongSignatureIsRefusedWithATypedProblem() {
    TestClient client = connect();
    client.send(TestDevice.frame(client.device.hello(SPACE)));
    var challenge = client.next().getChallenge();
    client.send(TestDevice.frame(new TestDevice(2).prove(SPACE, challenge)));
    client.assertClosedWith(ProblemCode.PROBLEM_CODE_AUTHENTICATION_FAILED, 1008);
  }

  @Test
  void whoProvesNothingInTimeIsSentAway() {
    restart(GatewayFixture.limits(GatewayFixture.impatient(100), 10, 10));
    TestClient client = connect();
    client.assertClosedWith(ProblemCode.PROBLEM_CODE_AUTHENTICATION_TIMEOUT, 1008);
    Waiting.until("it is counted out", () -> fixture.gauge("connections.strangers") == 0);
  }

  @Test
  void onlySoManyMayConnectAndOnlySoManyUnknown() {
    restart(GatewayFixture.limits(GatewayFixture.impatient(60_000), 3, 2));
    connect();
    connect();
    assertTurnedAway(503);
    assertThat(fixture.count("turned.away", "reason", "strangers")).isEqualTo(1);

    fixture.close();
    fixture = new GatewayFixture(GatewayFixture.limits(GatewayFixture.impatient(60_000), 1, 2));
    TestClient known = connect();
    known.enter(SPACE);
    Waiting.until("it is counted", () -> fixture.gauge("connections.open") == 1);
    assertTurnedAway(503);
    known.socket.close();
    Waiting.until("room again", () -> fixture.gauge("connections.open") == 0);
    connect().enter(SPACE);
  }

  private void assertTurnedAway(int status) {
    Throwable failure = Waiting.awaitFailure(TestClient.dial(
        fixture.vertx, fixture.port(), java.util.Optional.empty(), "/v1/sync", subprotocol.id()));
    assertThat(((io.vertx.core.http.UpgradeRejectedException) failure).getStatus())
        .isEqualTo(status);
  }

  @Test
  void aStoppingGatewayTellsItsDevicesAndFinishesWhatIsUnderWay() {
    TestClient idle = connect();
    idle.enter(SPACE);
    TestClient writer = connect();
    writer.enter(SPACE);
    fixture.mesh.holdAdmits();
    writer.put(1, writer.device.file(SPACE, 1, 10));
    Waiting.until("the engine has it", () -> fixture.mesh.admits.get() == 1);

    var stopped = fixture.stop();
    assertThat(idle.next().hasGoAway()).isTrue();
    assertThat(idle.closeCode()).isEqualTo(1001);
    assertThat(writer.next().hasGoAway()).isTrue();
    fixture.mesh.releaseAdmits();
    assertThat(writer.next().getPutResult().getOutcomes(0).hasReceipt()).isTrue();
    assertThat(writer.closeCode()).isEqualTo(1001);
    Waiting.await(stopped);
  }

  @Test
  void aStoppingGatewayDoesNotWaitForEver() {
    TestClient writer = connect();
    writer.enter(SPACE);
    fixture.mesh.holdAdmits();
    writer.put(1, writer.device.file(SPACE, 1, 10));
    Waiting.until("the engine has it", () -> fixture.mesh.admits.get() == 1);
    Waiting.await(fixture.stop());
    assertThat(writer.next().hasGoAway()).isTrue();
    assertThat(writer.closeCode()).isEqualTo(1001);
  }

  @Test
  void newsThatWereLostOnTheWayAreMissedByTheirNumberAndAskedFor() {
    TestClient reader = caughtUp(1);
    fixture.mesh.grow(SPACE, 1, 10);
    fixture.mesh.losePublication();
    fixture.mesh.publish(TestDevice.space(6)); // nobody here follows it
    assertThat(reader.next().getFiles().getFirstSequence()).isEqualTo(1);
    assertThat(fixture.count("news.missed")).isEqualTo(1);
  }

  @Test
  void newsThatWereLostOnTheWayAreMissedByTheirCountWhenNoneFollow() {
    TestClient reader = caughtUp(1);
    fixture.mesh.publishCount();
    fixture.mesh.grow(SPACE, 1, 10);
    fixture.mesh.losePublication();
    fixture.mesh.publishCount();
    assertThat(reader.next().getFiles().getFirstSequence()).isEqualTo(1);
  }

  @Test
  void whileNothingWasMissedNothingIsAskedFor() {
    TestClient reader = caughtUp(1);
    fixture.mesh.grow(SPACE, 1, 10);
    fixture.mesh.publish(SPACE);
    fixture.mesh.publishCount();
    fixture.mesh.publishCount();
    assertThat(reader.next().getFiles().getFirstSequence()).isEqualTo(1);
    assertThat(fixture.count("news.missed")).isZero();
    assertThat(fixture.mesh.authorizes.get()).isEqualTo(1);
  }

  @Test
  void whatWasMissedIsAskedForUntilThereIsAnAnswer() {
    TestClient reader = caughtUp(1);
    fixture.mesh.stopEngine();
    fixture.mesh.grow(SPACE, 1, 10);
    fixture.mesh.losePublication();
    fixture.mesh.publishCount();
    Waiting.until("it is asked for", () -> fixture.gauge("spaces.refreshing") == 1);
    assertThat(fixture.count("news.missed")).isEqualTo(1);
    fixture.mesh.startEngine();
    assertThat(reader.next().getFiles().getFirstSequence()).isEqualTo(1);
    Waiting.until("nothing is left", () -> fixture.gauge("spaces.refreshing") == 0);
  }

  @Test
  void aDeviceThatWasRemovedKeepsNobodyFromWhatWasMissed() {
    TestClient first = caughtUp(1);
    TestClient second = caughtUp(2);
    fixture.mesh.removed.add(first.device.id().byteString());
    fixture.mesh.grow(SPACE, 1, 10);
    fixture.mesh.losePublication();
    fixture.mesh.publishCount();
    assertThat(second.next().getFiles().getFirstSequence()).isEqualTo(1);
  }

  private TestClient caughtUp(int seed) {
    TestClient reader = connect(seed);
    reader.enter(SPACE);
    reader.subscribe(0, PLENTY);
    return reader;
  }

  @Test
  void aHeadOfAnotherSpaceOrNoHeadAtAllDisturbsNobody() {
    TestClient reader = connect();
    reader.enter(SPACE);
    reader.subscribe(0, PLENTY);
    for (byte[] nonsense : new byte[][] {{}, {1, 2, 3}, TestDevice.filled(9, 500)}) {
      fixture.vertx.eventBus().publish("sealift.space-advanced", Buffer.buffer(nonsense));
    }
    fixture.mesh.publish(TestDevice.space(6));
    fixture.mesh.grow(SPACE, 1, 3);
    fixture.mesh.publish(SPACE);
    assertThat(reader.next().getFiles().getEntries(0).getPayload())
        .isEqualTo(ByteString.copyFrom(new byte[3]));
  }
}
