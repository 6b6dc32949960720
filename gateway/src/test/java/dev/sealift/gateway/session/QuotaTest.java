package dev.sealift.gateway.session;

import static dev.sealift.gateway.session.Rig.all;
import static dev.sealift.gateway.session.Rig.assertClosedWith;
import static dev.sealift.gateway.session.Rig.only;
import static dev.sealift.gateway.session.Rig.onlyFrame;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.gateway.TestDevice;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.proto.Problem;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.Quota;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the engine says that a space may have, as one session of it feels it. */
class QuotaTest {
  private static final ByteString TOKEN =
      ByteString.copyFrom(TestDevice.filled(3, Limits.MAX_ADMISSION_TOKEN_BYTES));

  private static AuthorizeReply member(Quota.Builder quota) {
    return AuthorizeReply.newBuilder()
        .setAuthorization(Authorization.AUTHORIZATION_MEMBER)
        .setSignedHead(TestDevice.head(Rig.SPACE, 0))
        .setQuota(quota)
        .build();
  }

  private static List<Effect> enter(Rig rig, Quota.Builder quota, long ofOthers) {
    return rig.session.authorized(rig.knock(Rig.SPACE), member(quota), ofOthers, rig.now);
  }

  @Test
  void theLastConnectionOfASpaceGetsInAndNotOneMore() {
    Quota.Builder three = Quota.newBuilder().setConnections(3);
    assertThat(onlyFrame(enter(new Rig(), three, 2)).hasWelcome()).isTrue();
    List<Effect> beyond = enter(new Rig(), three, 3);
    assertClosedWith(beyond, ProblemCode.PROBLEM_CODE_TOO_MANY_CONNECTIONS);
    Problem problem = only(beyond, Effect.Close.class).problem().orElseThrow().getProblem();
    assertThat(problem.getRetryAfterMillis()).isEqualTo(GatewaySession.NO_ROOM_RETRY_MILLIS);
    assertThat(only(beyond, Effect.Close.class).code()).isEqualTo(CloseCode.TRY_AGAIN_LATER);
  }

  @Test
  void aDeviceThatComesAgainTakesThePlaceOfItsOwnOldConnectionInAFullSpace() {
    Quota.Builder one = Quota.newBuilder().setConnections(1).setDeviceConnections(4);
    List<Effect> effects = enter(new Rig(), one, 0); // of others: its own are not counted
    assertThat(only(effects, Effect.Entered.class).deviceConnections()).isEqualTo(1);
    Quota.Builder three = Quota.newBuilder().setConnections(3).setDeviceConnections(4);
    assertThat(only(enter(new Rig(), three, 1), Effect.Entered.class).deviceConnections())
        .isEqualTo(2);
  }

  @Test
  void whoTakesPartInNoSpaceYetCountsForNone() {
    assertThat(all(knockedAt(Authorization.AUTHORIZATION_UNKNOWN_SPACE), Effect.Entered.class))
        .isEmpty();
    assertThat(all(knockedAt(Authorization.AUTHORIZATION_RECOVERING), Effect.Entered.class))
        .isEmpty();
  }

  private static List<Effect> knockedAt(Authorization answer) {
    Rig rig = new Rig();
    return rig.authorize(rig.knock(Rig.SPACE), answer, 3);
  }

  @Test
  void anEngineThatSaysNothingOfAQuotaBoundsNothing() {
    List<Effect> effects = enter(new Rig(), Quota.newBuilder(), 1_000_000);
    assertThat(onlyFrame(effects).hasWelcome()).isTrue();
    assertThat(only(effects, Effect.Entered.class).deviceConnections())
        .isEqualTo(Long.MAX_VALUE - 1_000_000);
  }

  @Test
  void whoIsInSaysHowManyConnectionsItsDeviceMayHave() {
    Rig rig = new Rig();
    Effect.Entered entered =
        only(enter(rig, Quota.newBuilder().setDeviceConnections(2), 0), Effect.Entered.class);
    assertThat(entered).isEqualTo(new Effect.Entered(Rig.SPACE, rig.device.id(), 2));
  }

  @Test
  void aConnectionThatIsTooManyIsToldSo() {
    Rig rig = Rig.open();
    assertClosedWith(rig.session.superseded(), ProblemCode.PROBLEM_CODE_TOO_MANY_CONNECTIONS);
    rig.assertDead();
    assertThat(rig.session.superseded()).isEmpty();
  }

  @Test
  void framesBeyondTheSpacesRateAreTooFastAndTheWaitIsComputed() {
    Rig rig = new Rig();
    enter(rig, Quota.newBuilder().setDeviceFramesPerSecond(2), 0);
    for (int i = 0; i < 2 * Allowance.BURST_SECONDS; i++) {
      assertThat(rig.session.isClosed()).as("after %d frames", i).isFalse();
      rig.position(0);
    }
    List<Effect> beyond = rig.position(0);
    assertClosedWith(beyond, ProblemCode.PROBLEM_CODE_TOO_FAST);
    Problem problem = only(beyond, Effect.Close.class).problem().orElseThrow().getProblem();
    assertThat(problem.getRetryAfterMillis()).isEqualTo(1_000);
  }

  @Test
  void aLargestFrameGetsThroughAtAnyRateAndTheNextWaitsForItsBytes() {
    Rig rig = new Rig();
    enter(rig, Quota.newBuilder().setDeviceBytesPerSecond(1), 0);
    byte[] largest = new byte[Limits.MAX_FRAME_BYTES];
    rig.session.receiveControl(rig.now);
    assertClosedWith( // no frame, but within the rate
        rig.session.receive(largest, rig.now), ProblemCode.PROBLEM_CODE_BAD_FRAME);
  }

  @Test
  void aTokenGoesToTheEngineWithEachAdmissionAndNoOtherQuestion() {
    Rig rig = new Rig();
    var hello = rig.device.hello(Rig.SPACE).setAdmissionToken(TOKEN);
    var challenge = rig.challenge(TestDevice.frame(hello));
    List<Effect> asked = rig.send(TestDevice.frame(rig.device.prove(Rig.SPACE, challenge)));
    rig.authorize(Rig.ticket(asked), Authorization.AUTHORIZATION_MEMBER, 0);
    for (int request = 1; request <= 2; request++) {
      long staging = Rig.ticket(rig.put(request, 10));
      Effect.Admit admit = only(rig.stage(staging, 1), Effect.Admit.class);
      assertThat(admit.request().getAdmissionToken()).isEqualTo(TOKEN);
      rig.admit(admit.ticket(), request);
    }
  }

  @Test
  void aTokenBeyondTheLimitIsTooMuch() {
    Rig rig = new Rig();
    var hello = rig.device
        .hello(Rig.SPACE)
        .setAdmissionToken(TOKEN.concat(ByteString.copyFrom(new byte[1])));
    assertClosedWith(rig.send(TestDevice.frame(hello)), ProblemCode.PROBLEM_CODE_TOO_MUCH);
  }

  @Test
  void aDeviceThatWasTooFastIsToldWhenThereIsRoomAgain() {
    TokenBucket bucket = new TokenBucket(10, 100, 0);
    assertThat(bucket.take(100, 0)).isTrue();
    assertThat(bucket.take(5, 0)).isFalse();
    assertThat(bucket.waitMillis(5, 0)).isEqualTo(500);
    assertThat(bucket.take(5, 499)).isFalse();
    assertThat(bucket.take(5, 500)).isTrue();
  }
}
