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
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.AdmitRequest;
import dev.sealift.protocol.mesh.proto.StageReply;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.Put;
import dev.sealift.protocol.proto.PutFile;
import dev.sealift.protocol.proto.PutResult;
import dev.sealift.protocol.proto.Refusal;
import dev.sealift.protocol.proto.RefusalCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PutTest {
  private static final int MIB = 1 << 20;

  @Test
  void aPutIsStagedThenAdmittedThenAnswered() {
    Rig rig = Rig.open();
    Effect.Stage stage = only(rig.put(7, 10, 20), Effect.Stage.class);
    assertThat(stage.request().getPayloadsList())
        .extracting(ByteString::size)
        .containsExactly(10, 20);

    Effect.Admit admit = only(rig.stage(stage.ticket(), 2), Effect.Admit.class);
    AdmitRequest request = admit.request();
    assertThat(request.getDevice()).isEqualTo(rig.device.id().byteString());
    assertThat(request.getFilesList())
        .extracting(file -> file.getPayload().getToken().toStringUtf8())
        .containsExactly("t0", "t1");

    PutResult result = onlyFrame(rig.admit(admit.ticket(), 1, 2)).getPutResult();
    assertThat(result.getRequest()).isEqualTo(7);
    assertThat(result.getOutcomesList()).allMatch(Outcome::hasReceipt).hasSize(2);
    assertThat(result.getSignedHead()).isEqualTo(TestDevice.head(Rig.SPACE, 2));
  }

  @Test
  void admissionIsAskedForInOrderOfArrivalHoweverStagingEnds() {
    Rig rig = Rig.open();
    long first = ticket(rig.put(1, 1));
    long second = ticket(rig.put(2, 1));
    long third = ticket(rig.put(3, 1));

    assertThat(rig.stage(third, 1)).isEmpty();
    assertThat(rig.stage(second, 1)).isEmpty();
    assertThat(all(rig.stage(first, 1), Effect.Admit.class)).hasSize(3);
  }

  @Test
  void resultsGoOutInOrderOfArrivalHoweverAdmissionEnds() {
    Rig rig = Rig.open();
    List<Long> admits = admitting(rig, 2);
    assertThat(all(rig.admit(admits.get(1), 2), Effect.Send.class)).isEmpty();
    assertThat(results(rig.admit(admits.get(0), 1)))
        .extracting(PutResult::getRequest)
        .containsExactly(1L, 2L);
  }

  @Test
  void aRefusedFileIsRefusedAlone() {
    Rig rig = Rig.open();
    long stage = ticket(rig.put(1, 1, 1));
    AdmitReply reply = Rig.receipts(Rig.SPACE, 1).toBuilder()
        .addOutcomes(refused(RefusalCode.REFUSAL_CODE_CLOCK_AHEAD))
        .build();
    PutResult result =
        onlyFrame(rig.session.admitted(ticket(rig.stage(stage, 2)), reply)).getPutResult();
    assertThat(result.getOutcomes(0).hasReceipt()).isTrue();
    assertThat(result.getOutcomes(1).getRefusal().getCode())
        .isEqualTo(RefusalCode.REFUSAL_CODE_CLOCK_AHEAD);
  }

  private static Outcome.Builder refused(RefusalCode code) {
    return Outcome.newBuilder().setRefusal(Refusal.newBuilder().setCode(code));
  }

  @ParameterizedTest
  @EnumSource(Subprotocol.class)
  void theWindowIsBoundedToTheByte(Subprotocol subprotocol) {
    int headers = headerBytes(1);
    for (int over = 0; over <= 1; over++) {
      Rig rig = Rig.openIn(subprotocol, 0);
      for (int i = 0; i < 3; i++) {
        rig.put(1, MIB - headers);
      }
      List<Effect> last = rig.put(1, MIB - headers);
      assertThat(only(last, Effect.PauseReading.class)).isNotNull();
      if (over > 0) {
        assertClosedWith(rig.put(1, 0), ProblemCode.PROBLEM_CODE_TOO_MUCH);
      }
    }
  }

  private static int headerBytes(long counter) {
    return new TestDevice(1).file(Rig.SPACE, counter, MIB).getSignedHeader().size();
  }

  @Test
  void aResultMakesRoomInTheWindowAndReadingGoesOn() {
    Rig rig = Rig.open();
    int headers = headerBytes(1);
    long first = ticket(rig.put(1, MIB - headers));
    for (int i = 0; i < 3; i++) {
      rig.put(1, MIB - headers);
    }
    List<Effect> effects = rig.admit(ticket(rig.stage(first, 1)), 1);
    assertThat(only(effects, Effect.ResumeReading.class)).isNotNull();
    assertThat(only(rig.put(1, MIB - headers), Effect.Stage.class)).isNotNull();
  }

  @Test
  void manySmallPutsPauseReadingAndAreNoOffence() {
    Rig rig = Rig.open();
    for (int i = 1; i < PutLane.MAX_PUTS_UNDER_WAY; i++) {
      assertThat(all(rig.put(1, 0), Effect.PauseReading.class)).isEmpty();
    }
    assertThat(all(rig.put(1, 0), Effect.PauseReading.class)).hasSize(1);
    assertThat(rig.session.isClosed()).isFalse();
  }

  @Test
  void theFilesOfAPutAreBounded() {
    PutFile file = new TestDevice(1).file(Rig.SPACE, 1, 0);
    PutFile[] most = new PutFile[Limits.MAX_PUT_FILES];
    PutFile[] tooMany = new PutFile[Limits.MAX_PUT_FILES + 1];
    Arrays.fill(most, file);
    Arrays.fill(tooMany, file);

    assertThat(ticket(Rig.open().send(TestDevice.frame(TestDevice.put(1, most)))))
        .isPositive();
    assertClosedWith(
        Rig.open().send(TestDevice.frame(TestDevice.put(1, tooMany))),
        ProblemCode.PROBLEM_CODE_TOO_MUCH);
    assertClosedWith(
        Rig.open().send(TestDevice.frame(TestDevice.put(1))), ProblemCode.PROBLEM_CODE_BAD_FRAME);
  }

  @Test
  void payloadsAndHeadersAreBoundedToTheByte() {
    assertThat(ticket(Rig.open().put(1, Limits.MAX_PAYLOAD_BYTES))).isPositive();
    assertClosedWith(
        Rig.open().send(raw(0, Limits.MAX_PAYLOAD_BYTES + 1)), ProblemCode.PROBLEM_CODE_TOO_MUCH);
    assertThat(ticket(Rig.open().send(raw(Limits.MAX_SIGNED_HEADER_BYTES, 0)))).isPositive();
    assertClosedWith(
        Rig.open().send(raw(Limits.MAX_SIGNED_HEADER_BYTES + 1, 0)),
        ProblemCode.PROBLEM_CODE_TOO_MUCH);
  }

  private static dev.sealift.protocol.proto.Frame raw(int header, int payload) {
    PutFile file = PutFile.newBuilder()
        .setSignedHeader(ByteString.copyFrom(new byte[header]))
        .setPayload(ByteString.copyFrom(new byte[payload]))
        .build();
    return TestDevice.frame(Put.newBuilder().setRequest(1).addFiles(file).build());
  }

  @Test
  void whenAdmissionFailsThatPutIsTriedAloneAndThoseBehindFollowIt() {
    Rig rig = Rig.open();
    List<Long> admits = admitting(rig, 3);
    rig.session.admitted(admits.get(1), Rig.refusal(RefusalCode.REFUSAL_CODE_CHAIN_GAP));

    Effect.Admit again =
        only(rig.session.failed(admits.get(0), MeshTrouble.TIMEOUT), Effect.Admit.class);
    assertThat(again.delayMillis()).isEqualTo(Retry.FIRST_WAIT_MILLIS);
    assertThat(rig.admit(admits.get(2), 3)).as("an answer that counts no more").isEmpty();

    List<Effect> effects = rig.admit(again.ticket(), 1);
    assertThat(results(effects)).extracting(PutResult::getRequest).containsExactly(1L);
    List<Effect.Admit> others = all(effects, Effect.Admit.class);
    assertThat(others).hasSize(2);
    assertThat(results(rig.admit(others.get(0).ticket(), 2)))
        .allMatch(result -> result.getOutcomes(0).hasReceipt())
        .hasSize(1);
  }

  @Test
  void aPutBehindTheOneBeingTriedWaitsForItEvenWhenStagedLater() {
    Rig rig = Rig.open();
    long admit = admitting(rig, 1).get(0);
    Effect.Admit again = only(rig.session.failed(admit, MeshTrouble.NOBODY), Effect.Admit.class);
    long stage = ticket(rig.put(2, 1));
    assertThat(rig.stage(stage, 1)).isEmpty();
    assertThat(all(rig.admit(again.ticket(), 1), Effect.Admit.class)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "NOBODY, REFUSAL_CODE_BUSY, 4",
    "TIMEOUT, REFUSAL_CODE_BUSY, 4",
    "BUSY, REFUSAL_CODE_BUSY, 4",
    "UNAVAILABLE, REFUSAL_CODE_STORE_UNAVAILABLE, 4",
    "MALFORMED, REFUSAL_CODE_MALFORMED, 1",
    "BROKEN, REFUSAL_CODE_BUSY, 1",
  })
  void admissionThatKeepsFailingBecomesARefusalOfEverythingUnderWay(
      MeshTrouble trouble, RefusalCode code, int tries) {
    Rig rig = Rig.open();
    long admit = admitting(rig, 2).get(0);
    for (int i = 1; i < tries; i++) {
      admit = ticket(rig.session.failed(admit, trouble));
    }
    List<PutResult> results = results(rig.session.failed(admit, trouble));
    assertThat(results).hasSize(2);
    assertThat(results).allSatisfy(result -> {
      assertThat(result.getSignedHead()).isEmpty();
      assertThat(result.getOutcomes(0).getRefusal().getCode()).isEqualTo(code);
      assertThat(result.getOutcomes(0).getRefusal().getRetryAfterMillis()).isPositive();
    });
    assertThat(rig.session.isClosed()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "UNAVAILABLE, REFUSAL_CODE_STORE_UNAVAILABLE, 4",
    "NOBODY, REFUSAL_CODE_STORE_UNAVAILABLE, 4",
    "BUSY, REFUSAL_CODE_BUSY, 4",
    "BROKEN, REFUSAL_CODE_STORE_UNAVAILABLE, 1",
  })
  void stagingThatKeepsFailingIsARefusalOfThatPut(
      MeshTrouble trouble, RefusalCode code, int tries) {
    Rig rig = Rig.open();
    long stage = ticket(rig.put(1, 1));
    for (int i = 1; i < tries; i++) {
      stage = ticket(rig.session.failed(stage, trouble));
    }
    assertThat(results(rig.session.failed(stage, trouble)))
        .allMatch(result -> result.getOutcomes(0).getRefusal().getCode() == code)
        .hasSize(1);
  }

  @Test
  void payloadsThatLieElsewhereAreStagedAnewWithThoseBehindAndAdmittedInOrder() {
    Rig rig = Rig.open();
    List<Long> admits = admitting(rig, 3);

    List<Effect.Stage> stages =
        all(rig.session.failed(admits.get(0), MeshTrouble.MOVED), Effect.Stage.class);
    assertThat(stages).hasSize(3);
    assertThat(stages).allMatch(stage -> stage.request().getPayloads(0).size() == 1);
    assertThat(rig.admit(admits.get(2), 3)).as("an answer that counts no more").isEmpty();

    assertThat(rig.stage(stages.get(1).ticket(), 1)).as("not before the first").isEmpty();
    StageReply elsewhere = Rig.stageReply(1).toBuilder().setStore("elsewhere").build();
    Effect.Admit first =
        only(rig.session.staged(stages.get(0).ticket(), elsewhere), Effect.Admit.class);
    assertThat(first.stagedAt()).isEqualTo("elsewhere");
    rig.stage(stages.get(2).ticket(), 1);
    List<Effect> effects = rig.admit(first.ticket(), 1);
    assertThat(results(effects)).extracting(PutResult::getRequest).containsExactly(1L);
    assertThat(all(effects, Effect.Admit.class)).hasSize(2);
  }

  @Test
  void aPutThatFindsNoRestIsRefusedAfterAsManyTriesAsAnyOther() {
    Rig rig = Rig.open();
    long admit = admitting(rig, 1).get(0);
    for (int i = 1; i < Retry.MAX_TRIES; i++) {
      long stage = ticket(rig.session.failed(admit, MeshTrouble.MOVED));
      admit = ticket(rig.stage(stage, 1));
    }
    assertThat(results(rig.session.failed(admit, MeshTrouble.MOVED)))
        .allMatch(
            result -> result.getOutcomes(0).getRefusal().getCode() == RefusalCode.REFUSAL_CODE_BUSY)
        .hasSize(1);
  }

  @Test
  void whenStagingAnewFailsForGoodThoseBehindGoOn() {
    Rig rig = Rig.open();
    List<Long> admits = admitting(rig, 2);
    List<Effect.Stage> stages =
        all(rig.session.failed(admits.get(0), MeshTrouble.MOVED), Effect.Stage.class);
    rig.stage(stages.get(1).ticket(), 1);

    List<Effect> effects = rig.session.failed(stages.get(0).ticket(), MeshTrouble.BROKEN);

    assertThat(results(effects)).hasSize(1);
    assertThat(all(effects, Effect.Admit.class)).hasSize(1);
  }

  @Test
  void anAnswerThatDoesNotFitTheQuestionIsTakenForAFault() {
    Rig rig = Rig.open();
    assertThat(results(rig.stage(ticket(rig.put(1, 1)), 2))).hasSize(1);
    long stage = ticket(rig.put(2, 1));
    assertThat(results(rig.admit(ticket(rig.stage(stage, 1)), 1, 2)))
        .allMatch(
            result -> result.getOutcomes(0).getRefusal().getCode() == RefusalCode.REFUSAL_CODE_BUSY)
        .hasSize(1);
  }

  /** So many Puts of one file each, all of them with the engine; returns the tickets. */
  private static List<Long> admitting(Rig rig, int puts) {
    List<Long> tickets = new ArrayList<>();
    for (int i = 1; i <= puts; i++) {
      tickets.add(ticket(rig.stage(ticket(rig.put(i, 1)), 1)));
    }
    return tickets;
  }

  private static List<PutResult> results(List<Effect> effects) {
    return all(effects, Effect.Send.class).stream()
        .filter(send -> send.frame().hasPutResult())
        .map(send -> send.frame().getPutResult())
        .toList();
  }
}
