package dev.sealift.ops.hostile;

import static dev.sealift.ops.hostile.Twists.each;
import static dev.sealift.ops.hostile.Twists.eachOn;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.ops.simulate.BedDevice;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.proto.Challenge;
import dev.sealift.protocol.proto.Fetch;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.PutResult;
import dev.sealift.protocol.proto.Welcome;
import dev.sealift.protocol.wire.Handshake;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** What a device believes nothing of: it is not signed for its connection, or is no conversation. Nobody is named, for anybody on the way could have sent it. */
final class HandshakeLies {
  private HandshakeLies() {}

  static List<Lie> all() {
    return List.of(
        lie(
            "challenge-replayed",
            "answers with what the mesh said to the device in an earlier connection",
            before(Frame::hasChallenge, Stage::victim)),
        lie(
            "challenge-of-another-device",
            "answers with what the mesh said to another device",
            before(Frame::hasChallenge, Stage::founder)),
        lie(
            "challenge-time-moved",
            "sets the mesh's clock ahead in its greeting",
            each(
                Frame.BodyCase.CHALLENGE,
                frame -> frame
                    .getChallengeBuilder()
                    .setServerTimeMillis(frame.getChallenge().getServerTimeMillis() + 86_400_000))),
        lie(
            "challenge-nonce-exchanged",
            "exchanges the mesh's nonce",
            eachOn(
                Frame.BodyCase.CHALLENGE,
                (stage, frame) -> frame
                    .getChallengeBuilder()
                    .setServerNonce(ByteString.copyFrom(FileLies.bytes(stage, 32))))),
        lie(
            "another-mesh",
            "is another mesh, with a key of its own, and well signed",
            stage -> new Teller() {
              @Override
              public List<Frame> toDevice(Talk talk, Frame frame) {
                if (!frame.hasChallenge()) {
                  return List.of(frame);
                }
                stage.told();
                return List.of(ofAnother(stage, talk, frame.getChallenge()));
              }
            }),
        lie(
            "notary-claimed",
            "claims the notary's key, and signs with another",
            stage -> Twists.twisting(
                stage,
                frame -> frame.hasChallenge()
                    ? frame.toBuilder()
                        .setChallenge(frame.getChallenge().toBuilder()
                            .setSignature(ByteString.copyFrom(FileLies.bytes(stage, 64))))
                        .build()
                    : frame)),
        lie(
            "welcome-replayed",
            "says of the log what the mesh said in an earlier connection",
            before(Frame::hasWelcome, Stage::victim)),
        lie(
            "welcome-of-another-device",
            "says of the log what the mesh said to another device",
            before(Frame::hasWelcome, Stage::founder)),
        welcome(
            "welcome-time-moved",
            "sets the mesh's clock ahead in what the mesh says of the log",
            (stage, welcome) -> welcome.setServerTimeMillis(welcome.getServerTimeMillis() + 1)),
        welcome(
            "welcome-head-of-before",
            "says that an older head, which the notary did sign, is the present one",
            (stage, welcome) -> welcome.setSignedHead(stage
                .said(stage.victim(), Frame::hasWelcome)
                .get(0)
                .getWelcome()
                .getSignedHead())),
        welcome(
            "welcome-denies-space",
            "says that the mesh does not know the space",
            (stage, welcome) -> welcome.setKnown(false).clearSignedHead()),
        welcome(
            "welcome-says-restored",
            "says that the mesh takes back what it lost",
            (stage, welcome) -> welcome.setRecoveringMillis(60_000)),
        welcome(
            "welcome-names-incarnation",
            "tells of an incarnation that the mesh has not told of",
            (stage, welcome) -> welcome.addIncarnations(HeadLies.incarnation(
                    stage,
                    SigningKey.fromSeed(FileLies.bytes(stage, SigningKey.SEED_BYTES)),
                    stage.log().upTo(1))
                .exact())),
        talk("garbage", "sends bytes that are no frame", stage ->
            new byte[] {(byte) 0xff, (byte) 0xff, 7}),
        talk(
            "welcome-out-of-place",
            "welcomes a device that was welcomed",
            stage -> stage.said(stage.victim(), Frame::hasWelcome).get(0).toByteArray()),
        talk(
            "answer-unasked",
            "answers a file that was never sent",
            stage -> Frame.newBuilder()
                .setPutResult(PutResult.newBuilder()
                    .setRequest(1 << 20)
                    .addOutcomes(Outcome.newBuilder().setReceipt(stage.log().receipt(1)))
                    .setSignedHead(stage.log().head(stage.nowMillis()).byteString()))
                .build()
                .toByteArray()),
        talk(
            "question-to-device",
            "asks the device what only devices ask",
            stage ->
                Frame.newBuilder().setFetch(Fetch.getDefaultInstance()).build().toByteArray()));
  }

  private static Lie lie(String name, String what, Lie.Telling telling) {
    return Lie.of(
        name,
        Lie.By.PROXY,
        what,
        Scene.RETURNS,
        new Expected.Refused(ErrorCode.WRONG_MESH),
        telling);
  }

  private interface Twist {
    void twist(Stage stage, Welcome.Builder welcome);
  }

  private static Lie welcome(String name, String what, Twist twist) {
    return lie(
        name,
        what,
        eachOn(
            Frame.BodyCase.WELCOME,
            (stage, frame) -> twist.twist(stage, frame.getWelcomeBuilder())));
  }

  /** In the place of a frame of a kind, what was said before. */
  private static Lie.Telling before(Predicate<Frame> kind, Function<Stage, BedDevice> to) {
    return stage -> {
      List<Frame> said = stage.said(to.apply(stage), kind);
      Frame earlier = said.get(said.size() - 1);
      return Twists.twisting(stage, frame -> kind.test(frame) ? earlier : frame);
    };
  }

  private static Frame ofAnother(Stage stage, Talk talk, Challenge challenge) {
    SigningKey own = SigningKey.fromSeed(FileLies.bytes(stage, SigningKey.SEED_BYTES));
    Handshake handshake = talk.handshake(own.verifyingKey());
    return Frame.newBuilder()
        .setChallenge(challenge.toBuilder()
            .setNotary(own.verifyingKey().byteString())
            .setSignature(
                ByteString.copyFrom(handshake.signAsNotary(own, challenge.getServerTimeMillis()))))
        .build();
  }

  private static Lie talk(String name, String what, Function<Stage, byte[]> message) {
    return Lie.of(
        name,
        Lie.By.PROXY,
        what,
        Scene.CONNECTED,
        new Expected.Refused(ErrorCode.NOT_A_MESH),
        stage -> new Teller() {
          @Override
          public void begin() {
            stage.talk(stage.victim()).bring(message.apply(stage));
            stage.told();
          }
        });
  }
}
