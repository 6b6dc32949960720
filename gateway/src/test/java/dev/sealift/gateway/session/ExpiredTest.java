package dev.sealift.gateway.session;

import static dev.sealift.gateway.session.Rig.all;
import static dev.sealift.gateway.session.Rig.assertClosedWith;
import static dev.sealift.gateway.session.Rig.only;
import static dev.sealift.gateway.session.Rig.onlyFrame;
import static dev.sealift.gateway.session.Rig.ticket;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.gateway.TestDevice;
import dev.sealift.gateway.codec.Subprotocol;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.mesh.proto.EntriesReply;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.protocol.proto.Problem;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.ProvenEntry;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A payload that has expired is passed on as such under a head alone that says that the log has come so far. */
class ExpiredTest {
  private static final int PLENTY = 10 << 20;

  /** The server time of a test's head. */
  private static long timeAt(long size) {
    return Rig.head(size).serverTimeMillis();
  }

  private static LogEntry expired(long atMillis) {
    return LogEntry.newBuilder()
        .setSignedHeader(new TestDevice(7).expiringHeader(Rig.SPACE, atMillis))
        .setAbsence(PayloadAbsence.PAYLOAD_ABSENCE_EXPIRED)
        .build();
  }

  private static ReadReply read(LogEntry... entries) {
    return ReadReply.newBuilder().addAllEntries(List.of(entries)).build();
  }

  private static List<Effect> told(Rig rig, long question, long size) {
    return rig.authorize(question, Authorization.AUTHORIZATION_MEMBER, size);
  }

  @ParameterizedTest
  @EnumSource(Subprotocol.class)
  void underAHeadThatHasReachedItsExpiryItIsPassedOn(Subprotocol subprotocol)
      throws FormatException {
    Rig rig = Rig.openIn(subprotocol, 5);
    LogEntry entry = expired(timeAt(5));
    long pushed = ticket(rig.subscribe(0, PLENTY));

    Frame frame = onlyFrame(rig.session.read(pushed, read(entry, LogEntry.getDefaultInstance())));

    Frame received = rig.codec.decode(rig.codec.encode(frame));
    assertThat(received.getFiles().getEntries(0)).isEqualTo(entry);
    assertThat(received.getFiles().getSignedHead()).isEqualTo(TestDevice.head(Rig.SPACE, 5));
  }

  @ParameterizedTest
  @EnumSource(Subprotocol.class)
  void whoseHeadIsBehindAsksForTheNewestAndReadsAnew(Subprotocol subprotocol) {
    Rig rig = Rig.openIn(subprotocol, 5);
    LogEntry entry = expired(timeAt(5) + 1);
    long pushed = ticket(rig.subscribe(0, PLENTY));

    List<Effect> behind = rig.session.read(pushed, read(entry));
    assertThat(all(behind, Effect.Send.class)).isEmpty();
    Effect.Authorize question = only(behind, Effect.Authorize.class);
    assertThat(question.delayMillis()).isZero();

    List<Effect> goesOn = told(rig, question.ticket(), 6);
    assertThat(only(goesOn, Effect.Learned.class).head()).isEqualTo(Rig.head(6));
    Effect.Read again = only(goesOn, Effect.Read.class);
    assertThat(again.request().getAfterSequence()).isZero();
    assertThat(again.request().getHeadSize()).isEqualTo(6);
    Frame frame = onlyFrame(rig.session.read(again.ticket(), read(entry)));
    assertThat(frame.getFiles().getSignedHead()).isEqualTo(TestDevice.head(Rig.SPACE, 6));
    assertThat(frame.getFiles().getEntriesList()).containsExactly(entry);
  }

  /** As a rule: the news that the log has grown is on its way while the store is read. */
  @Test
  void whoHasHeardOfTheNewestMeanwhileReadsAnewAtOnce() {
    Rig rig = Rig.openAt(5);
    long pushed = ticket(rig.subscribe(0, PLENTY));
    assertThat(rig.advanceTo(6)).isEmpty();

    List<Effect> behind = rig.session.read(pushed, read(expired(timeAt(6))));

    assertThat(all(behind, Effect.Send.class)).isEmpty();
    assertThat(only(behind, Effect.Read.class).request().getHeadSize()).isEqualTo(6);
  }

  @Test
  void aSubscriptionWhoseMeshStaysBehindIsClosedSoThatTheDeviceTriesAgain() {
    Rig rig = Rig.openAt(5);
    long read = ticket(rig.subscribe(0, PLENTY));
    LogEntry entry = expired(timeAt(9));
    long waited = -1;
    for (int i = 1; i < Retry.MAX_TRIES; i++) {
      Effect.Authorize question = only(rig.session.read(read, read(entry)), Effect.Authorize.class);
      assertThat(question.delayMillis()).isGreaterThan(waited);
      waited = question.delayMillis();
      read = only(told(rig, question.ticket(), 5), Effect.Read.class).ticket();
    }

    assertClosedWith(rig.session.read(read, read(entry)), ProblemCode.PROBLEM_CODE_UNAVAILABLE);
  }

  @Test
  void afterOneThatWasPassedOnItMayBeBehindAgain() {
    Rig rig = Rig.openAt(5);
    long read = ticket(rig.subscribe(0, PLENTY));
    for (long size = 6; size < 6 + 2 * Retry.MAX_TRIES; size++) {
      LogEntry entry = expired(timeAt(size));
      long question =
          only(rig.session.read(read, read(entry)), Effect.Authorize.class).ticket();
      long again = only(told(rig, question, size), Effect.Read.class).ticket();
      List<Effect> passedOn = rig.session.read(again, read(entry));
      assertThat(onlyFrame(passedOn).hasFiles()).isTrue();
      read = only(passedOn, Effect.Read.class).ticket();
    }
  }

  @Test
  void noEngineToAskClosesASubscription() {
    Rig rig = Rig.openAt(5);
    long read = ticket(rig.subscribe(0, PLENTY));
    long question = only(rig.session.read(read, read(expired(timeAt(6)))), Effect.Authorize.class)
        .ticket();
    for (int i = 1; i < Retry.MAX_TRIES; i++) {
      question = ticket(rig.session.failed(question, MeshTrouble.NOBODY));
    }
    assertClosedWith(
        rig.session.failed(question, MeshTrouble.NOBODY), ProblemCode.PROBLEM_CODE_UNAVAILABLE);
  }

  @Test
  void aFetchIsAnsweredUnderTheNewestHeadToo() {
    Rig rig = Rig.openAt(5);
    LogEntry entry = expired(timeAt(6));
    long read = ticket(rig.fetch(9, 0));
    long question =
        only(rig.session.read(read, read(entry)), Effect.Authorize.class).ticket();

    long again = only(told(rig, question, 6), Effect.Read.class).ticket();

    Frame frame = onlyFrame(rig.session.read(again, read(entry)));
    assertThat(frame.getFiles().getRequest()).isEqualTo(9);
    assertThat(frame.getFiles().getSignedHead()).isEqualTo(TestDevice.head(Rig.SPACE, 6));
  }

  @Test
  void aFetchWhoseMeshStaysBehindIsToldSoAndTheSessionGoesOn() {
    Rig rig = Rig.openAt(5);
    LogEntry entry = expired(timeAt(9));
    long read = ticket(rig.fetch(9, 0));
    for (int i = 1; i < Retry.MAX_TRIES; i++) {
      long question =
          only(rig.session.read(read, read(entry)), Effect.Authorize.class).ticket();
      read = only(told(rig, question, 5), Effect.Read.class).ticket();
    }

    Problem problem = onlyFrame(rig.session.read(read, read(entry))).getProblem();
    assertThat(problem.getCode()).isEqualTo(ProblemCode.PROBLEM_CODE_UNAVAILABLE);
    assertThat(problem.getRequest()).isEqualTo(9);
    assertThat(problem.getRetryAfterMillis()).isPositive();
    assertThat(rig.session.isClosed()).isFalse();
    assertThat(all(rig.fetch(10, 0), Effect.Read.class)).hasSize(1);
  }

  @Test
  void singleEntriesAreHeldToTheSame() {
    Rig rig = Rig.openAt(5);
    LogEntry entry = expired(timeAt(6));
    EntriesReply reply = EntriesReply.newBuilder()
        .addEntries(ProvenEntry.newBuilder().setSequence(2).setEntry(entry))
        .build();
    long read = ticket(rig.fetchEntries(9, 2L));
    long question =
        only(rig.session.entriesRead(read, reply), Effect.Authorize.class).ticket();

    Effect.ReadEntries again = only(told(rig, question, 6), Effect.ReadEntries.class);

    assertThat(again.request().getHeadSize()).isEqualTo(6);
    Frame frame = onlyFrame(rig.session.entriesRead(again.ticket(), reply));
    assertThat(frame.getEntries().getEntries(0).getEntry()).isEqualTo(entry);
  }

  /** It says nothing of an expiry, so no head ever reaches it. */
  @Test
  void anEntryWithoutAnExpiryIsNotPassedOnAsExpired() {
    for (LogEntry entry : List.of(
        expired(0),
        expired(0).toBuilder()
            .setSignedHeader(ByteString.copyFromUtf8("no header"))
            .build())) {
      Rig rig = Rig.openAt(5);
      long read = ticket(rig.fetch(9, 0));
      assertThat(all(rig.session.read(read, read(entry)), Effect.Send.class)).isEmpty();
    }
  }

  @Test
  void anOldAnswerAboutTheHeadOfASubscriptionThatWasReplacedHoldsNothingUp() {
    Rig rig = Rig.openAt(5);
    long read = ticket(rig.subscribe(0, PLENTY));
    long question = only(rig.session.read(read, read(expired(timeAt(6)))), Effect.Authorize.class)
        .ticket();
    assertThat(rig.subscribe(3, PLENTY)).isEmpty();

    assertThat(only(told(rig, question, 6), Effect.Read.class).request().getAfterSequence())
        .isEqualTo(3);
  }
}
