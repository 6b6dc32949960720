package dev.sealift.gateway.session;

import static dev.sealift.gateway.session.Rig.assertClosedWith;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.gateway.TestDevice;
import dev.sealift.gateway.codec.FrameCodec;
import dev.sealift.gateway.codec.Subprotocol;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Hello;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.Welcome;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a session makes of text: the limits of its length, and those of the frame that comes of it. */
class JsonSessionTest {
  private static final FrameCodec JSON = Subprotocol.JSON.codec();

  private static Rig greeting() {
    return new Rig(SessionLimits.defaults(), JSON);
  }

  private static Rig open() {
    return Rig.openIn(Subprotocol.JSON, 5);
  }

  private static List<Effect> receive(Rig rig, byte[] text) {
    return rig.session.receive(text, rig.now);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "{\"put\":null}",
        "{\"put\":{}} {}",
        "{\"fetch\":{\"request\":NaN}}",
        "{\"fetch\":{\"request\":1,\"request\":1}}",
        "{\"new\":\"\\ud800\",\"fetch\":{\"request\":1}}",
        "{\"new\":{}}"
      })
  void textThatIsNoFrameIsABadFrameInEveryState(String text) {
    for (Rig rig : List.of(greeting(), open())) {
      assertClosedWith(receive(rig, text.getBytes(UTF_8)), ProblemCode.PROBLEM_CODE_BAD_FRAME);
      rig.assertDead();
    }
  }

  @Test
  void textBeforeAuthenticationIsBoundedToTheByte() {
    byte[] hello = JSON.encode(TestDevice.frame(new TestDevice(1).hello(Rig.SPACE)));
    int most = Limits.MAX_JSON_HANDSHAKE_FRAME_BYTES;
    assertThat(receive(greeting(), padded(hello, most))).noneMatch(Effect.Close.class::isInstance);
    assertClosedWith(
        receive(greeting(), padded(hello, most + 1)), ProblemCode.PROBLEM_CODE_TOO_MUCH);
  }

  @Test
  void textIsBoundedToTheByte() {
    byte[] fetch = "{\"fetch\":{\"request\":1}}".getBytes(UTF_8);
    assertThat(receive(open(), padded(fetch, Limits.MAX_JSON_FRAME_BYTES)))
        .noneMatch(Effect.Close.class::isInstance);
    assertClosedWith(
        receive(open(), padded(fetch, Limits.MAX_JSON_FRAME_BYTES + 1)),
        ProblemCode.PROBLEM_CODE_TOO_MUCH);
  }

  private static byte[] padded(byte[] text, int length) {
    byte[] padded = Arrays.copyOf(text, length);
    Arrays.fill(padded, text.length, length, (byte) ' ');
    return padded;
  }

  @Test
  void whatComesOfTextBeforeAuthenticationIsHeldToTheLimitOfItsBinaryForm() {
    assertClosedWith(
        greeting().send(hello(Limits.MAX_HANDSHAKE_FRAME_BYTES)),
        ProblemCode.PROBLEM_CODE_BAD_FRAME); // looked at, and no nonce
    assertClosedWith(
        greeting().send(hello(Limits.MAX_HANDSHAKE_FRAME_BYTES + 1)),
        ProblemCode.PROBLEM_CODE_TOO_MUCH);
  }

  private static Frame hello(int bytes) {
    int around = 2 * 3; // twice a tag and a length
    return sized(
        bytes,
        TestDevice.frame(Hello.newBuilder()
            .setMinVersion(1)
            .setMaxVersion(1)
            .setClientNonce(ByteString.copyFrom(new byte[bytes - around - 2 * 2]))));
  }

  @Test
  void whatComesOfTextIsHeldToTheLimitOfItsBinaryForm() {
    assertClosedWith(
        open().send(welcome(Limits.MAX_FRAME_BYTES)), ProblemCode.PROBLEM_CODE_UNEXPECTED_FRAME);
    assertClosedWith(
        open().send(welcome(Limits.MAX_FRAME_BYTES + 1)), ProblemCode.PROBLEM_CODE_TOO_MUCH);
  }

  private static Frame welcome(int bytes) {
    int around = 2 * 4;
    Welcome.Builder welcome =
        Welcome.newBuilder().setSignedHead(ByteString.copyFrom(new byte[bytes - around]));
    return sized(bytes, Frame.newBuilder().setWelcome(welcome).build());
  }

  private static Frame sized(int bytes, Frame frame) {
    assertThat(frame.getSerializedSize()).isEqualTo(bytes);
    return frame;
  }
}
