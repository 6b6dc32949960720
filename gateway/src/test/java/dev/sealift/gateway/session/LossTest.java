package dev.sealift.gateway.session;

import static dev.sealift.gateway.session.Rig.assertClosedWith;
import static dev.sealift.gateway.session.Rig.only;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.gateway.TestDevice;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.proto.ProblemCode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Somebody loses access to the space: until the engine has said that it was not this device, it gets nothing behind that. */
class LossTest {
  /** A head is of the server time 1,000 + its size. */
  private static final long AT_SEVEN = 1_007;

  private final Rig rig = Rig.openAt(5);

  @Test
  void nothingBehindTheLossIsReadBeforeTheEngineWasAsked() {
    rig.subscribe(5, 1_000);
    Effect.Authorize asked = only(advance(8, AT_SEVEN), Effect.Authorize.class);
    List<Effect> effects = answer(asked, Authorization.AUTHORIZATION_MEMBER, 8);
    assertThat(only(effects, Effect.Read.class).request().getHeadSize()).isEqualTo(8);
  }

  @Test
  void whoHasLostItIsSentAwayWithNothing() {
    rig.subscribe(5, 1_000);
    Effect.Authorize asked = only(advance(8, AT_SEVEN), Effect.Authorize.class);
    assertClosedWith(
        answer(asked, Authorization.AUTHORIZATION_NOT_A_MEMBER, 8),
        ProblemCode.PROBLEM_CODE_NOT_A_MEMBER);
  }

  @Test
  void whatIsFetchedMeanwhileIsReadUpToTheHeadBefore() {
    advance(8, AT_SEVEN);
    assertThat(only(rig.fetch(1, 3), Effect.Read.class).request().getHeadSize()).isEqualTo(5);
  }

  @Test
  void aLossThatTheEngineWasAskedBehindIsNone() {
    rig.subscribe(5, 1_000);
    assertThat(only(advance(8, 1_005), Effect.Read.class).request().getHeadSize())
        .isEqualTo(8);
  }

  @Test
  void itIsAskedOnceHoweverManyHeadsCome() {
    rig.subscribe(5, 1_000);
    Effect.Authorize asked = only(advance(8, AT_SEVEN), Effect.Authorize.class);
    assertThat(advance(9, AT_SEVEN)).isEmpty();
    assertThat(advance(7, AT_SEVEN)).isEmpty();
    List<Effect> effects = answer(asked, Authorization.AUTHORIZATION_MEMBER, 8);
    assertThat(only(effects, Effect.Read.class).request().getHeadSize()).isEqualTo(9);
  }

  @Test
  void anAnswerFromBeforeALaterLossIsAskedForAgain() {
    rig.subscribe(5, 1_000);
    Effect.Authorize asked = only(advance(8, AT_SEVEN), Effect.Authorize.class);
    advance(12, 1_011);
    List<Effect> effects = answer(asked, Authorization.AUTHORIZATION_MEMBER, 8);
    Effect.Authorize again = effects.stream()
        .filter(Effect.Authorize.class::isInstance)
        .map(Effect.Authorize.class::cast)
        .findFirst()
        .orElseThrow();
    assertThat(effects.stream()
            .filter(Effect.Read.class::isInstance)
            .map(read -> ((Effect.Read) read).request().getHeadSize()))
        .allMatch(size -> size <= 8);
    assertClosedWith(
        answer(again, Authorization.AUTHORIZATION_NOT_A_MEMBER, 12),
        ProblemCode.PROBLEM_CODE_NOT_A_MEMBER);
  }

  @Test
  void withoutAnAnswerItIsAskedAgainAndGivenUpInTheEnd() {
    rig.subscribe(5, 1_000);
    Effect.Authorize asked = only(advance(8, AT_SEVEN), Effect.Authorize.class);
    for (int tries = 1; tries < Retry.MAX_TRIES; tries++) {
      asked = only(rig.session.failed(asked.ticket(), MeshTrouble.TIMEOUT), Effect.Authorize.class);
    }
    assertClosedWith(
        rig.session.failed(asked.ticket(), MeshTrouble.TIMEOUT),
        ProblemCode.PROBLEM_CODE_UNAVAILABLE);
  }

  /** Who brings back what a restored mesh has lost is sent nothing, so there is nothing to ask: and the engine would say no more than that. */
  @Test
  void whoBringsBackWhatWasLostIsNotAskedAbout() {
    Rig restoring = new Rig();
    AuthorizeReply recovering = AuthorizeReply.newBuilder()
        .setAuthorization(Authorization.AUTHORIZATION_RECOVERING)
        .setRecoveringMillis(700)
        .setSignedHead(TestDevice.head(Rig.SPACE, 5))
        .build();
    restoring.session.authorized(restoring.knock(Rig.SPACE), recovering, 0, restoring.now);
    SpaceHead head =
        SpaceHead.find(TestDevice.head(Rig.SPACE, 8), AT_SEVEN, Rig.SPACE).orElseThrow();
    assertThat(restoring.session.advanced(head, Optional.empty())).isEmpty();
    assertThat(restoring.session.isClosed()).isFalse();
  }

  private List<Effect> advance(long size, long lossMillis) {
    SpaceHead head =
        SpaceHead.find(TestDevice.head(Rig.SPACE, size), lossMillis, Rig.SPACE).orElseThrow();
    return rig.session.advanced(head, Optional.empty());
  }

  private List<Effect> answer(Effect.Authorize asked, Authorization answer, long size) {
    AuthorizeReply reply = AuthorizeReply.newBuilder()
        .setAuthorization(answer)
        .setSignedHead(TestDevice.head(Rig.SPACE, size))
        .setLossMillis(AT_SEVEN)
        .build();
    return rig.session.authorized(asked.ticket(), reply, 0, rig.now);
  }
}
