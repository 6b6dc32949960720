package dev.sealift.gateway.session;

import static dev.sealift.gateway.session.Rig.assertClosedWith;
import static dev.sealift.gateway.session.Rig.onlyFrame;
import static dev.sealift.gateway.session.Rig.ticket;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.gateway.TestDevice;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.Put;
import dev.sealift.protocol.proto.PutFile;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Restoration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a device may put that is not a member yet. */
class FirstPutTest {
  private static final TestDevice DEVICE = new TestDevice(1);
  private static final PutFile GENESIS = DEVICE.genesis();
  private static final SpaceId FOUNDED = TestDevice.spaceOf(GENESIS);

  @Test
  void aSpaceIsFoundedByItsGenesisFileAndTheSessionIsThenAnOrdinaryOne() {
    Rig rig = Rig.founding(FOUNDED);
    long admit = ticket(rig.stage(ticket(put(rig, 1, GENESIS)), 1));
    List<Effect> effects = rig.session.admitted(admit, Rig.receipts(FOUNDED, 1));

    assertThat(onlyFrame(effects).getPutResult().getOutcomesList()).allMatch(Outcome::hasReceipt);
    assertThat(rig.subscribe(1, 100)).isEmpty();
    assertThat(ticket(put(rig, 2, DEVICE.file(FOUNDED, 2, 5)))).isPositive();
  }

  @Test
  void whoFoundsASpaceIsInItFromThenOn() {
    Rig rig = Rig.founding(FOUNDED);
    assertThat(rig.session.isAtHome()).isFalse();
    long admit = ticket(rig.stage(ticket(put(rig, 1, GENESIS)), 1));
    Effect.Entered entered =
        Rig.only(rig.session.admitted(admit, Rig.receipts(FOUNDED, 1)), Effect.Entered.class);
    assertThat(entered.space()).isEqualTo(FOUNDED);
    assertThat(rig.session.isAtHome()).isTrue();
  }

  @Test
  void whoFoundsNothingIsSentAwayWhateverElseItSends() {
    Rig rig = Rig.founding(FOUNDED);
    passAllBut(1, rig);
    assertRefused(put(rig, 1, DEVICE.file(FOUNDED, 2, 5)), RefusalCode.REFUSAL_CODE_UNKNOWN_SPACE);
    assertThat(rig.session.tick(rig.now)).isEmpty();
    rig.now++;
    assertClosedWith(rig.session.tick(rig.now), ProblemCode.PROBLEM_CODE_AUTHENTICATION_TIMEOUT);
  }

  @Test
  void whoseGenesisIsUnderWayHasTheTimeThatItTakes() {
    Rig rig = Rig.founding(FOUNDED);
    long admit = ticket(rig.stage(ticket(put(rig, 1, GENESIS)), 1));
    passAllBut(0, rig);
    assertThat(rig.session.tick(rig.now)).isEmpty();
    rig.session.admitted(admit, Rig.receipts(FOUNDED, 1));
    assertThat(rig.session.tick(rig.now)).isEmpty();
  }

  @Test
  void whoBringsNothingBackToARestoredMeshIsSentAwayAndWhoDoesMayStay() {
    Rig rig = new Rig();
    rig.authorize(rig.knock(Rig.SPACE), Authorization.AUTHORIZATION_RECOVERING, 3);
    assertThat(rig.session.isAtHome()).isFalse();
    passAllBut(1, rig);
    Put.Builder back = TestDevice.put(1, DEVICE.file(Rig.SPACE, 4, 5)).toBuilder()
        .setRestoration(Restoration.newBuilder().setFirstSequence(4));
    long admit = ticket(rig.stage(ticket(rig.send(TestDevice.frame(back.build()))), 1));
    rig.admit(admit, 4);
    assertThat(rig.session.tick(rig.now)).isEmpty();
    passAllBut(1, rig);
    assertThat(rig.session.tick(rig.now)).isEmpty();
    admit = ticket(rig.stage(ticket(rig.send(TestDevice.frame(back.setRequest(2).build()))), 1));
    rig.admit(admit, 4); // it is there already: that brings nothing back
    rig.now++;
    assertClosedWith(rig.session.tick(rig.now), ProblemCode.PROBLEM_CODE_AUTHENTICATION_TIMEOUT);
  }

  @Test
  void whoKeepsPuttingWhatFoundsNothingIsSentAwayTooInTheEnd() {
    Rig rig = Rig.founding(FOUNDED);
    put(rig, 1, GENESIS);
    rig.now += GatewaySession.FOUNDING_MILLIS - 1;
    rig.session.receiveControl(rig.now);
    assertThat(Rig.all(rig.session.tick(rig.now), Effect.Close.class)).isEmpty();
    rig.now++;
    assertClosedWith(rig.session.tick(rig.now), ProblemCode.PROBLEM_CODE_AUTHENTICATION_TIMEOUT);
  }

  private static void passAllBut(long millis, Rig rig) {
    rig.now += rig.limits.authenticationMillis() - millis;
  }

  @Test
  void nothingElseCanBePutIntoASpaceThatIsNotThere() {
    Rig rig = Rig.founding(Rig.SPACE);
    assertRefused(put(rig, 1, GENESIS), RefusalCode.REFUSAL_CODE_UNKNOWN_SPACE);
    assertRefused(
        put(rig, 2, DEVICE.file(Rig.SPACE, 1, 5)), RefusalCode.REFUSAL_CODE_UNKNOWN_SPACE);
    assertRefused(
        put(rig, 3, PutFile.getDefaultInstance()), RefusalCode.REFUSAL_CODE_UNKNOWN_SPACE);
  }

  @Test
  void filesMayFollowTheGenesisWithoutWaitingForItsReceipt() {
    Rig rig = Rig.founding(FOUNDED);
    put(rig, 1, GENESIS);
    assertThat(ticket(put(rig, 2, DEVICE.file(FOUNDED, 2, 5)))).isPositive();
  }

  @Test
  void afterARefusedGenesisTheSpaceIsStillUnknown() {
    Rig rig = Rig.founding(FOUNDED);
    long admit = ticket(rig.stage(ticket(put(rig, 1, GENESIS)), 1));
    rig.session.admitted(admit, Rig.refusal(RefusalCode.REFUSAL_CODE_MALFORMED));
    assertRefused(put(rig, 2, DEVICE.file(FOUNDED, 2, 5)), RefusalCode.REFUSAL_CODE_UNKNOWN_SPACE);
    assertClosedWith(rig.fetch(1, 0), ProblemCode.PROBLEM_CODE_UNEXPECTED_FRAME);
  }

  @Test
  void anInvitedDeviceMayReadAndPutItsJoinAndIsThenAMember() {
    Rig rig = Rig.invitedAt(3);
    assertThat(ticket(rig.fetch(1, 0))).isPositive();
    long admit = ticket(rig.stage(ticket(put(rig, 1, DEVICE.join(Rig.SPACE))), 1));
    rig.admit(admit, 4);
    assertThat(ticket(put(rig, 2, DEVICE.file(Rig.SPACE, 2, 5)))).isPositive();
    assertThat(Rig.all(rig.position(4), Effect.ReportPosition.class)).hasSize(1);
  }

  @Test
  void anInvitedDeviceMayPutNothingElse() {
    Rig rig = Rig.invitedAt(3);
    assertRefused(put(rig, 1, DEVICE.file(Rig.SPACE, 1, 5)), RefusalCode.REFUSAL_CODE_NOT_A_MEMBER);
    assertRefused(
        put(rig, 2, new TestDevice(2).join(Rig.SPACE)), RefusalCode.REFUSAL_CODE_NOT_A_MEMBER);
    assertThat(rig.position(1)).as("its position holds nothing back").isEmpty();
  }

  @Test
  void afterARefusedJoinTheDeviceIsStillInvitedOnly() {
    Rig rig = Rig.invitedAt(3);
    long admit = ticket(rig.stage(ticket(put(rig, 1, DEVICE.join(Rig.SPACE))), 1));
    rig.session.admitted(admit, Rig.refusal(RefusalCode.REFUSAL_CODE_INVITATION_USED_UP));
    assertRefused(put(rig, 2, DEVICE.file(Rig.SPACE, 1, 5)), RefusalCode.REFUSAL_CODE_NOT_A_MEMBER);
  }

  private static List<Effect> put(Rig rig, long request, PutFile file) {
    return rig.send(TestDevice.frame(TestDevice.put(request, file)));
  }

  private static void assertRefused(List<Effect> effects, RefusalCode code) {
    assertThat(onlyFrame(effects).getPutResult().getOutcomes(0).getRefusal().getCode())
        .isEqualTo(code);
  }
}
