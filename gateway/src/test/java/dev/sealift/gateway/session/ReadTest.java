package dev.sealift.gateway.session;

import static dev.sealift.gateway.session.Rig.all;
import static dev.sealift.gateway.session.Rig.assertClosedWith;
import static dev.sealift.gateway.session.Rig.entries;
import static dev.sealift.gateway.session.Rig.only;
import static dev.sealift.gateway.session.Rig.onlyFrame;
import static dev.sealift.gateway.session.Rig.ticket;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.gateway.TestDevice;
import dev.sealift.gateway.codec.Subprotocol;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.mesh.proto.ReadRequest;
import dev.sealift.protocol.proto.Advanced;
import dev.sealift.protocol.proto.Fetch;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.Problem;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.Subscribe;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReadTest {
  private static final int PLENTY = 10 << 20;

  @Test
  void aSubscriptionIsReadUpToTheHeadAndPushedWithIt() {
    Rig rig = Rig.openAt(3);
    ReadRequest request = only(rig.subscribe(1, PLENTY), Effect.Read.class).request();
    assertThat(request.getAfterSequence()).isEqualTo(1);
    assertThat(request.getHeadSize()).isEqualTo(3);
    assertThat(request.getMaxBytes()).isEqualTo(ReadLane.READ_BYTES);
    assertThat(request.getOmitPayloadsOf()).isEmpty();

    ReadReply reply = entries(2, 5).toBuilder()
        .addConsistency(ByteString.copyFromUtf8("proof"))
        .build();
    Files files = onlyFrame(rig.session.read(1 + 1, reply)).getFiles();
    assertThat(files.getRequest()).isZero();
    assertThat(files.getFirstSequence()).isEqualTo(2);
    assertThat(files.getEntriesCount()).isEqualTo(2);
    assertThat(files.getSignedHead()).isEqualTo(TestDevice.head(Rig.SPACE, 3));
    assertThat(files.getConsistencyList()).containsExactly(ByteString.copyFromUtf8("proof"));
  }

  @Test
  void oneReadIsUnderWayAtATimeAndTheNextGoesOnWhereItEnded() {
    Rig rig = Rig.openAt(5);
    long first = ticket(rig.subscribe(0, PLENTY));
    assertThat(rig.advanceTo(6)).isEmpty();

    ReadRequest next =
        only(rig.session.read(first, entries(2, 5)), Effect.Read.class).request();
    assertThat(next.getAfterSequence()).isEqualTo(2);
    assertThat(next.getHeadSize()).isEqualTo(6);
  }

  @Test
  void aNewHeadWakesASubscriptionThatHasEverything() {
    Rig rig = Rig.openAt(5);
    assertThat(rig.subscribe(5, PLENTY)).isEmpty();
    assertThat(only(rig.advanceTo(6), Effect.Read.class).request().getAfterSequence())
        .isEqualTo(5);
  }

  @Test
  void anOldHeadChangesNothing() {
    Rig rig = Rig.openAt(5);
    rig.subscribe(5, PLENTY);
    assertThat(rig.advanceTo(5)).isEmpty();
    assertThat(rig.advanceTo(4)).isEmpty();
  }

  @Test
  void aHeadOfALaterIncarnationCountsThoughItIsSmaller() {
    Rig rig = Rig.openAt(9);
    SpaceHead restored =
        SpaceHead.find(TestDevice.head(Rig.SPACE, 1, 4), 0, Rig.SPACE).orElseThrow();
    rig.session.advanced(restored, Optional.empty());
    ReadRequest request = only(rig.subscribe(0, PLENTY), Effect.Read.class).request();
    assertThat(request.getHeadSize()).isEqualTo(4);
  }

  @Test
  void ownPayloadsAreLeftOutWhenAsked() {
    Rig rig = Rig.openAt(5);
    Subscribe subscribe =
        Subscribe.newBuilder().setCreditBytes(PLENTY).setOmitOwnPayloads(true).build();
    Effect.Read read =
        only(rig.send(Frame.newBuilder().setSubscribe(subscribe).build()), Effect.Read.class);
    assertThat(read.request().getOmitPayloadsOf()).isEqualTo(rig.device.id().byteString());
  }

  @Test
  void aReadAsksForNoMoreThanTheCredit() {
    assertThat(
            only(Rig.openAt(5).subscribe(0, 100), Effect.Read.class).request().getMaxBytes())
        .isEqualTo(100);
  }

  @Test
  void nothingIsReadWithoutCredit() {
    Rig rig = Rig.openAt(5);
    assertThat(rig.subscribe(0, 0)).isEmpty();
    assertThat(only(rig.credit(1), Effect.Read.class).request().getMaxBytes()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Subprotocol.class)
  void creditCountsWholeMessagesAndWhatIsOverdrawnIsTakenOffTheNext(Subprotocol subprotocol) {
    Rig rig = Rig.openIn(subprotocol, 5);
    long read = ticket(rig.subscribe(0, 100));
    List<Effect> pushed = rig.session.read(read, entries(1, 1_000));
    int over = rig.codec.encode(onlyFrame(pushed)).length - 100;
    assertThat(all(pushed, Effect.Read.class)).isEmpty();

    assertThat(rig.credit(over)).isEmpty();
    assertThat(all(rig.credit(1), Effect.Read.class)).hasSize(1);
  }

  @Test
  void growthThatTheCreditDoesNotCoverIsToldOnceUntilThereIsCreditAgain() {
    Rig rig = Rig.openAt(5);
    rig.subscribe(5, 0);
    Advanced advanced = onlyFrame(rig.advanceTo(6)).getAdvanced();
    assertThat(advanced.getSignedHead()).isEqualTo(TestDevice.head(Rig.SPACE, 6));
    for (int size = 7; size < 100; size++) {
      assertThat(rig.advanceTo(size)).isEmpty();
    }
    long read = ticket(rig.credit(10));
    rig.session.read(read, entries(94, 10));
    assertThat(onlyFrame(rig.advanceTo(100)).hasAdvanced()).isTrue();
  }

  @Test
  void aHeadThatTheDeviceWasToldAnywayIsNotToldAgain() {
    Rig rig = Rig.openAt(5);
    assertThat(rig.subscribe(0, 0)).as("the Welcome told of it").isEmpty();
    long admit = ticket(rig.stage(ticket(rig.put(1, 1)), 1));
    assertThat(all(rig.admit(admit, 6), Effect.Send.class)).hasSize(1);
    assertThat(rig.advanceTo(6)).isEmpty();
  }

  @Test
  void aSlowReaderHoldsOneFrameAndNothingMoreIsReadForIt() {
    Rig rig = Rig.openAt(1_000);
    long read = ticket(rig.subscribe(0, PLENTY));
    assertThat(all(rig.session.socketFull(rig.now), Effect.PauseReading.class)).hasSize(1);

    assertThat(rig.session.read(read, entries(10, 10))).isEmpty();
    for (int size = 1_001; size < 1_100; size++) {
      assertThat(rig.advanceTo(size)).isEmpty();
    }
    List<Effect> drained = rig.session.socketDrained();
    assertThat(onlyFrame(drained).getFiles().getEntriesCount()).isEqualTo(10);
    assertThat(only(drained, Effect.Read.class).request().getHeadSize()).isEqualTo(1_099);
    assertThat(all(drained, Effect.ResumeReading.class)).hasSize(1);
  }

  @Test
  void aReaderThatStaysStuckIsLetGoToTheMillisecond() {
    Rig rig = Rig.open();
    rig.session.socketFull(rig.now);
    long stuck = rig.now + rig.limits.slowReaderMillis();
    assertThat(rig.session.tick(stuck - 1)).noneMatch(Effect.Close.class::isInstance);
    assertClosedWith(rig.session.tick(stuck), ProblemCode.PROBLEM_CODE_SLOW_READER);
  }

  @Test
  void aNewSubscriptionTakesThePlaceOfTheOneBefore() {
    Rig rig = Rig.openAt(5);
    long before = ticket(rig.subscribe(0, PLENTY));
    long after = ticket(rig.subscribe(3, PLENTY));
    assertThat(rig.session.read(before, entries(5, 1))).isEmpty();
    assertThat(onlyFrame(rig.session.read(after, entries(2, 1))).getFiles().getFirstSequence())
        .isEqualTo(4);
  }

  @Test
  void aSubscriptionAheadOfThisGatewaysHeadWaitsForIt() {
    Rig rig = Rig.openAt(5);
    assertThat(rig.subscribe(7, PLENTY)).isEmpty();
    assertThat(rig.advanceTo(7)).isEmpty();
    assertThat(all(rig.advanceTo(8), Effect.Read.class)).hasSize(1);
  }

  @Test
  void aFetchIsAnsweredOnceAndCostsNoCredit() {
    Rig rig = Rig.openAt(5);
    rig.subscribe(5, 100);
    Fetch fetch = Fetch.newBuilder()
        .setRequest(9)
        .setAfterSequence(2)
        .setMaxBytes(50)
        .setMaxFiles(2)
        .build();
    Effect.Read read =
        only(rig.send(Frame.newBuilder().setFetch(fetch).build()), Effect.Read.class);
    assertThat(read.request().getMaxBytes()).isEqualTo(50);
    assertThat(read.request().getMaxFiles()).isEqualTo(2);

    Files files = onlyFrame(rig.session.read(read.ticket(), entries(2, 30))).getFiles();
    assertThat(files.getRequest()).isEqualTo(9);
    assertThat(files.getFirstSequence()).isEqualTo(3);
    assertThat(only(rig.advanceTo(6), Effect.Read.class).request().getMaxBytes())
        .isEqualTo(100);
  }

  @Test
  void aFetchIsBoundedWhateverItAsksFor() {
    Fetch fetch =
        Fetch.newBuilder().setRequest(9).setMaxBytes(-1).setMaxFiles(-1).build();
    ReadRequest request = only(
            Rig.openAt(5).send(Frame.newBuilder().setFetch(fetch).build()), Effect.Read.class)
        .request();
    assertThat(request.getMaxBytes()).isEqualTo(ReadLane.READ_BYTES);
    assertThat(request.getMaxFiles()).isEqualTo(Limits.MAX_FILES_ENTRIES);
  }

  @Test
  void aFetchOfWhatIsNotThereYetIsAnsweredWithTheHeadAloneAsTheEngineSays() {
    Rig rig = Rig.openAt(5);
    for (long after : new long[] {5, 6}) {
      long question = headQuestion(rig, 9, after);
      Files files = onlyFrame(told(rig, question, 5)).getFiles();
      assertThat(files.getRequest()).isEqualTo(9);
      assertThat(files.getEntriesCount()).isZero();
      assertThat(files.getFirstSequence()).isEqualTo(after + 1);
      assertThat(files.getSignedHead()).isEqualTo(TestDevice.head(Rig.SPACE, 5));
    }
  }

  private static long headQuestion(Rig rig, long request, long after) {
    return only(rig.fetch(request, after), Effect.Authorize.class).ticket();
  }

  private static List<Effect> told(Rig rig, long question, long size) {
    return rig.authorize(question, Authorization.AUTHORIZATION_MEMBER, size);
  }

  @Test
  void whoAsksForTheHeadIsToldTheNewestOneThoughNoEventToldOfIt() {
    Rig rig = Rig.openAt(5);
    rig.subscribe(5, PLENTY);
    List<Effect> effects = told(rig, headQuestion(rig, 9, Limits.MAX_SEQUENCE - 1), 7);
    assertThat(onlyFrame(effects).getFiles().getSignedHead())
        .isEqualTo(TestDevice.head(Rig.SPACE, 7));
    assertThat(only(effects, Effect.Read.class).request().getAfterSequence()).isEqualTo(5);
    assertThat(only(effects, Effect.Learned.class).head()).isEqualTo(Rig.head(7));
  }

  @Test
  void aFetchOfWhatTurnsOutToBeThereIsRead() {
    Rig rig = Rig.openAt(5);
    List<Effect> effects = told(rig, headQuestion(rig, 9, 5), 7);
    Effect.Read read = only(effects, Effect.Read.class);
    assertThat(read.request().getHeadSize()).isEqualTo(7);
    assertThat(
            onlyFrame(rig.session.read(read.ticket(), entries(2, 1))).getFiles().getRequest())
        .isEqualTo(9);
  }

  @Test
  void aFetchBehindAQuestionForTheHeadWaitsForIt() {
    Rig rig = Rig.openAt(5);
    long question = headQuestion(rig, 1, 5);
    assertThat(rig.fetch(2, 0)).isEmpty();
    assertThat(rig.advanceTo(6)).isEmpty();
    List<Effect> effects = told(rig, question, 5);
    assertThat(only(effects, Effect.Read.class).request().getHeadSize()).isEqualTo(6);
    assertThat(rig.session.goAway(500).stream().noneMatch(Effect.Close.class::isInstance))
        .isTrue();
  }

  @Test
  void whoIsAMemberNoMoreIsSentAwayWhenItAsksForTheHead() {
    Rig rig = Rig.openAt(5);
    assertClosedWith(
        rig.authorize(headQuestion(rig, 9, 5), Authorization.AUTHORIZATION_NOT_A_MEMBER, 5),
        ProblemCode.PROBLEM_CODE_NOT_A_MEMBER);
  }

  @Test
  void aHeadThatNoEngineTellsIsToldSoAndTheSessionGoesOn() {
    Rig rig = Rig.openAt(5);
    long question = headQuestion(rig, 9, 5);
    for (int i = 1; i < Retry.MAX_TRIES; i++) {
      question = ticket(rig.session.failed(question, MeshTrouble.NOBODY));
    }
    Problem problem =
        onlyFrame(rig.session.failed(question, MeshTrouble.NOBODY)).getProblem();
    assertThat(problem.getCode()).isEqualTo(ProblemCode.PROBLEM_CODE_UNAVAILABLE);
    assertThat(problem.getRequest()).isEqualTo(9);
    assertThat(ticket(rig.fetch(10, 0))).isPositive();
  }

  @Test
  void fetchesWaitForOneAnotherAndTooManyAreNotServed() {
    Rig rig = Rig.openAt(5);
    long first = ticket(rig.fetch(1, 0));
    for (int i = 0; i < ReadLane.MAX_FETCHES_WAITING; i++) {
      assertThat(rig.fetch(2 + i, 0)).isEmpty();
    }
    Problem problem = onlyFrame(rig.fetch(99, 0)).getProblem();
    assertThat(problem.getCode()).isEqualTo(ProblemCode.PROBLEM_CODE_TOO_MUCH);
    assertThat(problem.getRequest()).isEqualTo(99);

    List<Effect> effects = rig.session.read(first, entries(1, 1));
    assertThat(onlyFrame(effects).getFiles().getRequest()).isEqualTo(1);
    assertThat(all(effects, Effect.Read.class)).hasSize(1);
  }

  @Test
  void aFetchNeedsANumberOfItsOwn() {
    assertClosedWith(Rig.openAt(5).fetch(0, 0), ProblemCode.PROBLEM_CODE_BAD_FRAME);
  }

  @Test
  void sequencesAreBounded() {
    assertThat(Rig.openAt(5).subscribe(Limits.MAX_SEQUENCE - 1, 1)).isEmpty();
    for (long beyond : new long[] {Limits.MAX_SEQUENCE, -1, Long.MIN_VALUE}) {
      assertClosedWith(Rig.openAt(5).subscribe(beyond, 1), ProblemCode.PROBLEM_CODE_BAD_FRAME);
      assertClosedWith(Rig.openAt(5).fetch(1, beyond), ProblemCode.PROBLEM_CODE_BAD_FRAME);
      assertClosedWith(Rig.openAt(5).position(beyond), ProblemCode.PROBLEM_CODE_BAD_FRAME);
    }
  }

  @Test
  void creditNeverOverflows() {
    Rig rig = Rig.openAt(5);
    rig.subscribe(5, -1);
    for (int i = 0; i < 1_000; i++) {
      assertThat(rig.credit(-1)).isEmpty();
    }
    assertThat(all(rig.advanceTo(6), Effect.Read.class)).hasSize(1);
  }

  @Test
  void aSubscriptionThatTheStoreCannotServeEndsWithATypedProblem() {
    Rig rig = Rig.openAt(5);
    long read = ticket(rig.subscribe(0, PLENTY));
    for (int i = 1; i < Retry.MAX_TRIES; i++) {
      read = ticket(rig.session.failed(read, MeshTrouble.TIMEOUT));
    }
    assertClosedWith(
        rig.session.failed(read, MeshTrouble.TIMEOUT), ProblemCode.PROBLEM_CODE_UNAVAILABLE);
  }

  @Test
  void aFetchThatTheStoreCannotServeIsToldSoAndTheSessionGoesOn() {
    Rig rig = Rig.openAt(5);
    long read = ticket(rig.fetch(9, 0));
    for (int i = 1; i < Retry.MAX_TRIES; i++) {
      read = ticket(rig.session.failed(read, MeshTrouble.BUSY));
    }
    Problem problem = onlyFrame(rig.session.failed(read, MeshTrouble.BUSY)).getProblem();
    assertThat(problem.getCode()).isEqualTo(ProblemCode.PROBLEM_CODE_BUSY);
    assertThat(problem.getRequest()).isEqualTo(9);
    assertThat(ticket(rig.fetch(10, 0))).isPositive();
  }

  @Test
  void anEmptyAnswerIsTakenForAFaultAndNotAskedForWithoutEnd() {
    Rig rig = Rig.openAt(5);
    long read = ticket(rig.subscribe(0, PLENTY));
    assertClosedWith(
        rig.session.read(read, ReadReply.getDefaultInstance()),
        ProblemCode.PROBLEM_CODE_UNAVAILABLE);
  }

  @Test
  void anAnswerTooLargeForAFrameIsReadAgainInSmallerParts() {
    Rig rig = Rig.openAt(4);
    long read = ticket(rig.subscribe(0, PLENTY));
    LogEntry large = LogEntry.newBuilder()
        .setSignedHeader(ByteString.copyFrom(new byte[Limits.MAX_FRAME_BYTES / 3]))
        .build();
    ReadReply tooLarge = ReadReply.newBuilder()
        .addAllEntries(List.of(large, large, large, large))
        .build();
    Effect.Read again = only(rig.session.read(read, tooLarge), Effect.Read.class);
    assertThat(again.request().getMaxFiles()).isEqualTo(2);
    ReadReply fits = ReadReply.newBuilder().addAllEntries(List.of(large, large)).build();
    assertThat(onlyFrame(rig.session.read(again.ticket(), fits)).getFiles().getEntriesCount())
        .isEqualTo(2);
  }

  @Test
  void aPositionPastTheLogIsTakenForItsEnd() {
    Rig rig = Rig.openAt(5);
    assertThat(only(rig.position(4), Effect.ReportPosition.class).position().getSequence())
        .isEqualTo(4);
    assertThat(only(rig.position(6), Effect.ReportPosition.class).position().getSequence())
        .isEqualTo(5);
  }
}
