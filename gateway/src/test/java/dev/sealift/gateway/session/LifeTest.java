package dev.sealift.gateway.session;

import static dev.sealift.gateway.session.Rig.all;
import static dev.sealift.gateway.session.Rig.assertClosedWith;
import static dev.sealift.gateway.session.Rig.only;
import static dev.sealift.gateway.session.Rig.onlyFrame;
import static dev.sealift.gateway.session.Rig.ticket;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.Limits;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.proto.ProblemCode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rates, silence, rechecks, and going away. */
class LifeTest {

  @Test
  void framesComeAtABoundedRate() {
    Rig rig = Rig.open(limits(10, 5), 0);
    // Hello and Prove were two of the burst.
    for (int i = 0; i < 3; i++) {
      assertThat(rig.position(0)).noneMatch(Effect.Close.class::isInstance);
    }
    rig.now += 100; // one more at ten a second
    assertThat(rig.position(0)).noneMatch(Effect.Close.class::isInstance);
    assertClosedWith(rig.position(0), ProblemCode.PROBLEM_CODE_TOO_FAST);
  }

  @Test
  void pingsCountAsFrames() {
    Rig rig = Rig.open(limits(10, 3), 0);
    assertThat(rig.session.receiveControl(rig.now)).isEmpty();
    assertClosedWith(rig.session.receiveControl(rig.now), ProblemCode.PROBLEM_CODE_TOO_FAST);
  }

  @Test
  void bytesComeAtABoundedRate() {
    TokenBucket bucket = new TokenBucket(1_000, 5_000, 0);
    assertThat(bucket.take(5_000, 0)).isTrue();
    assertThat(bucket.take(1_000, 999)).isFalse();
    assertThat(bucket.take(1_000, 1_000)).isTrue();
    assertThat(bucket.take(5_001, 1_000_000)).as("never more than the burst").isFalse();
  }

  @Test
  void aSilentDeviceIsAskedOnceAndThenLetGo() {
    Rig rig = Rig.open();
    assertThat(rig.session.tick(rig.now + rig.limits.pingMillis() - 1)).isEmpty();
    assertThat(rig.session.tick(rig.now + rig.limits.pingMillis()))
        .containsExactly(new Effect.Ping());
    assertThat(rig.session.tick(rig.now + rig.limits.idleMillis() - 1)).isEmpty();
    Effect.Close close =
        only(rig.session.tick(rig.now + rig.limits.idleMillis()), Effect.Close.class);
    assertThat(close.code()).isEqualTo(CloseCode.GOING_AWAY);
    assertThat(close.problem()).isEmpty();
    rig.assertDead();
  }

  @Test
  void anAnswerToAPingIsASignOfLife() {
    Rig rig = Rig.open();
    rig.now += rig.limits.pingMillis();
    rig.session.tick(rig.now);
    rig.session.receiveControl(rig.now);
    assertThat(rig.session.tick(rig.now + rig.limits.pingMillis()))
        .containsExactly(new Effect.Ping());
  }

  @Test
  void anOpenSessionIsRecheckedAndFindsAHeadThatNoEventToldOf() {
    Rig rig = Rig.openAt(5);
    rig.subscribe(5, 1_000);
    long recheck = recheck(rig);
    List<Effect> effects = rig.authorize(recheck, Authorization.AUTHORIZATION_MEMBER, 6);
    assertThat(only(effects, Effect.Read.class).request().getHeadSize()).isEqualTo(6);
  }

  @Test
  void aDeviceThatWasRemovedMeanwhileIsSentAway() {
    Rig rig = Rig.openAt(5);
    assertClosedWith(
        rig.authorize(recheck(rig), Authorization.AUTHORIZATION_NOT_A_MEMBER, 6),
        ProblemCode.PROBLEM_CODE_NOT_A_MEMBER);
  }

  @Test
  void aRecheckThatFailsIsLeftForTheNextTime() {
    Rig rig = Rig.openAt(5);
    assertThat(rig.session.failed(recheck(rig), MeshTrouble.TIMEOUT)).isEmpty();
    assertThat(rig.session.isClosed()).isFalse();
    assertThat(recheck(rig)).isPositive();
  }

  private static long recheck(Rig rig) {
    rig.now += rig.limits.recheckMillis();
    rig.session.receiveControl(rig.now);
    return ticket(rig.session.tick(rig.now));
  }

  @Test
  void anIdleSessionGoesAwayAtOnce() {
    Rig rig = Rig.open();
    List<Effect> effects = rig.session.goAway(500);
    assertThat(onlyFrame(effects).getGoAway().getRetryAfterMillis()).isPositive();
    assertThat(only(effects, Effect.Close.class).code()).isEqualTo(CloseCode.GOING_AWAY);
    rig.assertDead();
  }

  @Test
  void aSessionGoesAwayWhenWhatIsUnderWayIsDoneAndTakesNothingNew() {
    Rig rig = Rig.openAt(5);
    long stage = ticket(rig.put(1, 1));
    assertThat(all(rig.session.goAway(500), Effect.Close.class)).isEmpty();
    assertThat(rig.put(2, 1)).isEmpty();
    List<Effect> effects = rig.admit(ticket(rig.stage(stage, 1)), 6);
    assertThat(onlyFrame(effects).getPutResult().getRequest()).isEqualTo(1);
    assertThat(only(effects, Effect.Close.class).code()).isEqualTo(CloseCode.GOING_AWAY);
  }

  @Test
  void aSessionInItsHandshakeGoesAwayAtOnce() {
    assertThat(all(new Rig().session.goAway(500), Effect.Close.class)).hasSize(1);
  }

  @Test
  void aHeadLearnedWithReceiptsIsPassedOnForOthersToHear() {
    Rig rig = Rig.openAt(5);
    long admit = ticket(rig.stage(ticket(rig.put(1, 1)), 1));
    Effect.Learned learned = only(rig.admit(admit, 6), Effect.Learned.class);
    assertThat(learned.space()).isEqualTo(Rig.SPACE);
    assertThat(learned.head()).isEqualTo(Rig.head(6));
  }

  @Test
  void limitsThatCannotWorkAreRefused() {
    org.assertj.core.api.Assertions.assertThatIllegalArgumentException()
        .isThrownBy(() -> limits(0, 1));
    org.assertj.core.api.Assertions.assertThatIllegalArgumentException()
        .isThrownBy(() -> new SessionLimits(1, 1, 1, 1, Limits.MAX_FRAME_BYTES - 1, 1, 2, 1, 1));
    org.assertj.core.api.Assertions.assertThatIllegalArgumentException()
        .isThrownBy(() -> new SessionLimits(1, 1, 1, 1, Limits.MAX_FRAME_BYTES, 2, 2, 1, 1));
  }

  private static SessionLimits limits(long framesPerSecond, long framesBurst) {
    SessionLimits d = SessionLimits.defaults();
    return new SessionLimits(
        d.authenticationMillis(),
        framesPerSecond,
        framesBurst,
        d.bytesPerSecond(),
        d.bytesBurst(),
        d.pingMillis(),
        d.idleMillis(),
        d.slowReaderMillis(),
        d.recheckMillis());
  }
}
