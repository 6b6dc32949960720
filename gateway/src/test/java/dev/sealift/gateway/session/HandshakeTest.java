package dev.sealift.gateway.session;

import static dev.sealift.gateway.session.Rig.assertClosedWith;
import static dev.sealift.gateway.session.Rig.only;
import static dev.sealift.gateway.session.Rig.onlyFrame;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.gateway.TestDevice;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.proto.Challenge;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Hello;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.Prove;
import dev.sealift.protocol.proto.Welcome;
import dev.sealift.protocol.wire.WelcomeStatement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeTest {

  @Test
  void aHelloIsAnsweredByAChallengeThatTheNotarySigned() {
    Rig rig = new Rig();
    Challenge challenge = rig.challenge(TestDevice.frame(rig.device.hello(Rig.SPACE)));

    assertThat(challenge.getServerTimeMillis()).isEqualTo(Rig.WALL);
    assertThat(TestDevice.handshake(Rig.SPACE, challenge)
            .verifyNotary(challenge.getSignature().toByteArray(), Rig.WALL))
        .isTrue();
  }

  @Test
  void aProvedDeviceIsFollowedBeforeTheEngineIsAskedSoThatNoHeadIsMissedInBetween() {
    Rig rig = new Rig();
    Challenge challenge = rig.challenge(TestDevice.frame(rig.device.hello(Rig.SPACE)));
    List<Effect> effects = rig.send(TestDevice.frame(rig.device.prove(Rig.SPACE, challenge)));

    assertThat(effects.get(0)).isEqualTo(new Effect.Follow(Rig.SPACE));
    Effect.Authorize ask = (Effect.Authorize) effects.get(1);
    assertThat(ask.request().getDevice()).isEqualTo(rig.device.id().byteString());
    assertThat(rig.session.isAuthenticated()).isFalse();
  }

  @Test
  void aMemberIsWelcomedWithTheHeadAndItsOwnChain() {
    Rig rig = new Rig();
    long ticket = rig.knock(Rig.SPACE);
    AuthorizeReply reply = AuthorizeReply.newBuilder()
        .setAuthorization(Authorization.AUTHORIZATION_MEMBER)
        .setSignedHead(TestDevice.head(Rig.SPACE, 9))
        .setChainCounter(4)
        .setChainFile(ByteString.copyFromUtf8("file"))
        .setTakesCompactions(true)
        .build();
    Welcome welcome =
        onlyFrame(rig.session.authorized(ticket, reply, 0, rig.now)).getWelcome();

    assertThat(welcome.getKnown()).isTrue();
    assertThat(welcome.getSignedHead()).isEqualTo(TestDevice.head(Rig.SPACE, 9));
    assertThat(welcome.getChainCounter()).isEqualTo(4);
    assertThat(welcome.getChainFile()).isEqualTo(ByteString.copyFromUtf8("file"));
    assertThat(welcome.getPutWindowBytes()).isEqualTo(Limits.PUT_WINDOW_BYTES);
    assertThat(welcome.getMaxPutFiles()).isEqualTo(Limits.MAX_PUT_FILES);
    assertThat(welcome.getTakesCompactions()).isTrue();
    assertThat(rig.session.isAuthenticated()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = Authorization.class,
      names = {
        "AUTHORIZATION_MEMBER",
        "AUTHORIZATION_INVITED",
        "AUTHORIZATION_UNKNOWN_SPACE",
        "AUTHORIZATION_RECOVERING"
      })
  void whateverAWelcomeSaysTheNotaryHasSignedForThisConnection(Authorization answer)
      throws FormatException {
    Rig rig = new Rig();
    Challenge challenge = rig.challenge(TestDevice.frame(rig.device.invitedHello(Rig.SPACE)));
    long ticket =
        Rig.ticket(rig.send(TestDevice.frame(rig.device.invitedProve(Rig.SPACE, challenge))));
    ByteString begun = incarnation();
    AuthorizeReply.Builder reply = AuthorizeReply.newBuilder()
        .setAuthorization(answer)
        .setRecoveringMillis(700)
        .addIncarnations(begun);
    boolean known = answer != Authorization.AUTHORIZATION_UNKNOWN_SPACE;
    if (known) {
      reply.setSignedHead(TestDevice.head(Rig.SPACE, 9));
    }
    Welcome welcome =
        onlyFrame(rig.session.authorized(ticket, reply.build(), 0, rig.now)).getWelcome();

    WelcomeStatement said = WelcomeStatement.check(
            TestDevice.handshake(Rig.SPACE, challenge), welcome)
        .orElseThrow();
    assertThat(said.known()).isEqualTo(known);
    assertThat(said.signedHead().map(SignedTreeHead::byteString))
        .isEqualTo(known ? Optional.of(TestDevice.head(Rig.SPACE, 9)) : Optional.empty());
    assertThat(said.serverTimeMillis()).isEqualTo(Rig.WALL);
    assertThat(said.recoveringMillis()).isEqualTo(700);
    assertThat(said.incarnations()).containsExactly(SignedIncarnation.parse(begun));
  }

  private static ByteString incarnation() {
    Incarnation begun = new Incarnation(Rig.SPACE, 1, 2, Hash.of(), 3, Rig.WALL);
    return SignedIncarnation.sign(begun, TestDevice.NOTARY).exact();
  }

  @ParameterizedTest
  @EnumSource(
      value = Authorization.class,
      names = {"AUTHORIZATION_MEMBER", "AUTHORIZATION_UNKNOWN_SPACE", "AUTHORIZATION_RECOVERING"})
  void anEngineThatTellsOfNoGoodIncarnationIsNotBelieved(Authorization answer) {
    Rig rig = new Rig();
    AuthorizeReply cutShort = AuthorizeReply.newBuilder()
        .setAuthorization(answer)
        .setSignedHead(TestDevice.head(Rig.SPACE, 9))
        .addIncarnations(incarnation().substring(1))
        .build();
    List<Effect> effects = rig.session.authorized(rig.knock(Rig.SPACE), cutShort, 0, rig.now);
    assertClosedWith(effects, ProblemCode.PROBLEM_CODE_UNAVAILABLE);
    assertThat(effects).noneMatch(Effect.Entered.class::isInstance);
    rig.assertDead();
  }

  @Test
  void aHelloWithoutASpaceGetsTheChallengeAndMaySayNothingMore() {
    Rig rig = new Rig();
    Hello.Builder hello = rig.device.hello(Rig.SPACE).clearSpace().clearDevice();
    Challenge challenge = rig.challenge(TestDevice.frame(hello));

    assertThat(challenge.getNotary()).isEqualTo(TestDevice.NOTARY.verifyingKey().byteString());
    assertClosedWith(
        rig.send(TestDevice.frame(rig.device.prove(Rig.SPACE, challenge))),
        ProblemCode.PROBLEM_CODE_UNEXPECTED_FRAME);
  }

  @ParameterizedTest
  @CsvSource({"0,0", "2,3", "2,0"})
  void aVersionThatIsNotSpokenHereIsNamed(int min, int max) {
    Rig rig = new Rig();
    assertClosedWith(
        rig.send(
            TestDevice.frame(rig.device.hello(Rig.SPACE).setMinVersion(min).setMaxVersion(max))),
        ProblemCode.PROBLEM_CODE_UNSUPPORTED_VERSION);
  }

  @ParameterizedTest
  @CsvSource({"0,1", "1,1", "1,2", "0,-1"})
  void aRangeThatHoldsOurVersionIsGood(int min, int max) {
    Rig rig = new Rig();
    Hello.Builder hello = rig.device.hello(Rig.SPACE).setMinVersion(min).setMaxVersion(max);
    assertThat(rig.challenge(TestDevice.frame(hello)).getVersion()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 33})
  void fieldsOfAWrongLengthAreABadFrame(int length) {
    ByteString wrong = ByteString.copyFrom(new byte[length]);
    TestDevice device = new TestDevice(1);
    assertBadHello(device.hello(Rig.SPACE).setClientNonce(wrong));
    assertBadHello(
        device.hello(Rig.SPACE).setDevice(device.keys.toProto().toBuilder().setSigning(wrong)));
    assertBadHello(
        device.hello(Rig.SPACE).setDevice(device.keys.toProto().toBuilder().setHpke(wrong)));
    if (length > 0) {
      assertBadHello(device.hello(Rig.SPACE).setSpace(wrong));
      assertBadHello(device.hello(Rig.SPACE).setInvitation(wrong));
    }
  }

  private static void assertBadHello(Hello.Builder hello) {
    assertClosedWith(new Rig().send(TestDevice.frame(hello)), ProblemCode.PROBLEM_CODE_BAD_FRAME);
  }

  @Test
  void aSignatureOfAnotherDeviceOrSpaceOrConnectionProvesNothing() {
    TestDevice other = new TestDevice(2);
    assertNotProved(c -> other.prove(Rig.SPACE, c));
    assertNotProved(c -> new TestDevice(1).prove(TestDevice.space(6), c));
    assertNotProved(c -> new TestDevice(1)
        .prove(
            Rig.SPACE,
            c.toBuilder()
                .setServerNonce(ByteString.copyFrom(TestDevice.filled(1, 32)))
                .build()));
    assertNotProved(c -> Prove.newBuilder());
  }

  private static void assertNotProved(java.util.function.Function<Challenge, Prove.Builder> prove) {
    Rig rig = new Rig();
    Challenge challenge = rig.challenge(TestDevice.frame(rig.device.hello(Rig.SPACE)));
    assertClosedWith(
        rig.send(TestDevice.frame(prove.apply(challenge))),
        ProblemCode.PROBLEM_CODE_AUTHENTICATION_FAILED);
  }

  @Test
  void anInvitationMustBeProvedToo() {
    Rig rig = new Rig();
    Challenge challenge = rig.challenge(TestDevice.frame(rig.device.invitedHello(Rig.SPACE)));
    assertClosedWith(
        rig.send(TestDevice.frame(rig.device.prove(Rig.SPACE, challenge))),
        ProblemCode.PROBLEM_CODE_AUTHENTICATION_FAILED);
  }

  @ParameterizedTest
  @CsvSource({
    "AUTHORIZATION_NOT_A_MEMBER, PROBLEM_CODE_NOT_A_MEMBER",
    "AUTHORIZATION_INVITED, PROBLEM_CODE_NOT_A_MEMBER",
    "AUTHORIZATION_INVITATION_UNKNOWN, PROBLEM_CODE_INVITATION_UNKNOWN",
    "AUTHORIZATION_INVITATION_EXPIRED, PROBLEM_CODE_INVITATION_EXPIRED",
    "AUTHORIZATION_INVITATION_USED_UP, PROBLEM_CODE_INVITATION_USED_UP",
    "AUTHORIZATION_UNSPECIFIED, PROBLEM_CODE_UNAVAILABLE",
  })
  void whomTheEngineDoesNotKnowIsToldWhy(Authorization answer, ProblemCode problem) {
    Rig rig = new Rig();
    assertClosedWith(rig.authorize(rig.knock(Rig.SPACE), answer, 1), problem);
    rig.assertDead();
  }

  @Test
  void anEngineThatGivesNoGoodHeadIsNotBelieved() {
    Rig rig = new Rig();
    AuthorizeReply otherSpace = AuthorizeReply.newBuilder()
        .setAuthorization(Authorization.AUTHORIZATION_MEMBER)
        .setSignedHead(TestDevice.head(TestDevice.space(6), 9))
        .build();
    assertClosedWith(
        rig.session.authorized(rig.knock(Rig.SPACE), otherSpace, 0, rig.now),
        ProblemCode.PROBLEM_CODE_UNAVAILABLE);
  }

  @Test
  void aSilentEngineIsAskedAgainAFewTimesAndThenTheDeviceIsToldToComeBack() {
    Rig rig = new Rig();
    long ticket = rig.knock(Rig.SPACE);
    for (int tries = 1; tries < Retry.MAX_TRIES; tries++) {
      Effect.Authorize again =
          only(rig.session.failed(ticket, MeshTrouble.NOBODY), Effect.Authorize.class);
      assertThat(again.delayMillis()).isEqualTo(Retry.waitMillis(tries));
      assertThat(rig.authorize(ticket, Authorization.AUTHORIZATION_MEMBER, 1)).isEmpty();
      ticket = again.ticket();
    }
    List<Effect> effects = rig.session.failed(ticket, MeshTrouble.NOBODY);
    assertClosedWith(effects, ProblemCode.PROBLEM_CODE_UNAVAILABLE);
    assertThat(only(effects, Effect.Close.class)
            .problem()
            .orElseThrow()
            .getProblem()
            .getRetryAfterMillis())
        .isEqualTo(Retry.RETRY_AFTER_MILLIS);
  }

  @Test
  void anEngineWithAFaultIsNotAskedAgain() {
    Rig rig = new Rig();
    assertClosedWith(
        rig.session.failed(rig.knock(Rig.SPACE), MeshTrouble.BROKEN),
        ProblemCode.PROBLEM_CODE_UNAVAILABLE);
  }

  @Test
  void theTimeForProvingIsBoundedToTheMillisecond() {
    for (Rig rig : List.of(new Rig(), greeted(), notaryShown())) {
      rig.now = Rig.START + rig.limits.authenticationMillis();
      assertThat(rig.session.tick(rig.now - 1)).isEmpty();
      assertClosedWith(rig.session.tick(rig.now), ProblemCode.PROBLEM_CODE_AUTHENTICATION_TIMEOUT);
    }
  }

  private static Rig greeted() {
    Rig rig = new Rig();
    rig.challenge(TestDevice.frame(rig.device.hello(Rig.SPACE)));
    return rig;
  }

  private static Rig notaryShown() {
    Rig rig = new Rig();
    rig.challenge(TestDevice.frame(rig.device.hello(Rig.SPACE).clearSpace()));
    return rig;
  }

  @Test
  void aFrameBeforeAuthenticationIsBoundedToTheByte() {
    assertThat(new Rig().session.receive(paddedHello(Limits.MAX_HANDSHAKE_FRAME_BYTES), Rig.START))
        .noneMatch(Effect.Close.class::isInstance);
    assertClosedWith(
        new Rig().session.receive(paddedHello(Limits.MAX_HANDSHAKE_FRAME_BYTES + 1), Rig.START),
        ProblemCode.PROBLEM_CODE_TOO_MUCH);
  }

  /** A good Hello with an unknown field behind it, which is to be ignored. */
  private static byte[] paddedHello(int length) {
    Frame hello = TestDevice.frame(new TestDevice(1).hello(Rig.SPACE));
    int padding = length - hello.getSerializedSize() - 4; // two bytes of tag and two of length
    var unknown = com.google.protobuf.UnknownFieldSet.newBuilder()
        .addField(
            100,
            com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                .addLengthDelimited(ByteString.copyFrom(new byte[padding]))
                .build())
        .build();
    byte[] bytes = hello.toBuilder().setUnknownFields(unknown).build().toByteArray();
    assertThat(bytes).hasSize(length);
    return bytes;
  }

  @ParameterizedTest
  @EnumSource(
      value = Frame.BodyCase.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"BODY_NOT_SET"})
  void beforeAuthenticationOnlyTheExpectedFrameIsTaken(Frame.BodyCase type) {
    Frame frame = EveryFrame.empty(type);
    if (type != Frame.BodyCase.HELLO) {
      assertClosedWith(new Rig().send(frame), ProblemCode.PROBLEM_CODE_UNEXPECTED_FRAME);
    }
    if (type != Frame.BodyCase.PROVE) {
      assertClosedWith(greeted().send(frame), ProblemCode.PROBLEM_CODE_UNEXPECTED_FRAME);
    }
    assertClosedWith(notaryShown().send(frame), ProblemCode.PROBLEM_CODE_UNEXPECTED_FRAME);
    Rig authorizing = new Rig();
    assertThat(authorizing.knock(Rig.SPACE)).isPositive();
    assertClosedWith(authorizing.send(frame), ProblemCode.PROBLEM_CODE_UNEXPECTED_FRAME);
  }
}
