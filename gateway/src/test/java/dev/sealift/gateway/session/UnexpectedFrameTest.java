package dev.sealift.gateway.session;

import static dev.sealift.gateway.session.Rig.assertClosedWith;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.gateway.TestDevice;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.ProblemCode;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UnexpectedFrameTest {
  private static final Set<Frame.BodyCase> OF_MEMBERS = EnumSet.of(
      Frame.BodyCase.PUT,
      Frame.BodyCase.SUBSCRIBE,
      Frame.BodyCase.CREDIT,
      Frame.BodyCase.FETCH,
      Frame.BodyCase.OUTLINE,
      Frame.BodyCase.STEPS,
      Frame.BodyCase.FETCH_ENTRIES,
      Frame.BodyCase.FETCH_POSITIONS,
      Frame.BodyCase.POSITION);

  @ParameterizedTest
  @EnumSource(
      value = Frame.BodyCase.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"BODY_NOT_SET"})
  void whatAStateDoesNotTakeClosesTheSession(Frame.BodyCase type) {
    Frame frame = EveryFrame.empty(type);
    if (!OF_MEMBERS.contains(type)) {
      assertUnexpected(Rig.open(), frame);
      assertUnexpected(Rig.invitedAt(1), frame);
    }
    if (type != Frame.BodyCase.PUT) {
      assertUnexpected(Rig.founding(Rig.SPACE), frame);
    }
  }

  private static void assertUnexpected(Rig rig, Frame frame) {
    assertClosedWith(rig.send(frame), ProblemCode.PROBLEM_CODE_UNEXPECTED_FRAME);
    rig.assertDead();
  }

  @Test
  void creditBeforeASubscriptionIsUnexpected() {
    assertClosedWith(Rig.open().credit(1), ProblemCode.PROBLEM_CODE_UNEXPECTED_FRAME);
  }

  @Test
  void garbageIsABadFrameInEveryState() {
    List<byte[]> garbage = List.of(
        new byte[0], // a frame of no type
        new byte[] {-1, -1, -1},
        new byte[] {0x0a, 0x7f}, // says more than comes
        new byte[] {(byte) 0xfa, 0x01, 0x00}); // a type that is not known
    for (byte[] bytes : garbage) {
      for (Rig rig : inEveryState()) {
        assertClosedWith(rig.session.receive(bytes, rig.now), ProblemCode.PROBLEM_CODE_BAD_FRAME);
        rig.assertDead();
      }
    }
  }

  @Test
  void everyTruncationOfAFrameIsRefusedAndNothingOfItIsDone() {
    byte[] put = TestDevice.frame(TestDevice.put(1, new TestDevice(1).file(Rig.SPACE, 1, 10)))
        .toByteArray();
    for (int length = 0; length < put.length; length++) {
      Rig rig = Rig.open();
      List<Effect> effects = rig.session.receive(java.util.Arrays.copyOf(put, length), rig.now);
      assertClosedWith(effects, ProblemCode.PROBLEM_CODE_BAD_FRAME);
      assertThat(effects).hasSize(1);
    }
  }

  @Test
  void textAndFragmentsAreRefusedInEveryState() {
    for (Rig rig : inEveryState()) {
      Effect.Close close = Rig.only(rig.session.receiveForeign(rig.now), Effect.Close.class);
      assertThat(close.code()).isEqualTo(CloseCode.UNSUPPORTED_DATA);
      assertThat(close.problem().orElseThrow().getProblem().getCode())
          .isEqualTo(ProblemCode.PROBLEM_CODE_BAD_FRAME);
    }
  }

  @Test
  void aMessageIsBoundedToTheByte() {
    assertClosedWith(
        Rig.open().session.receive(new byte[Limits.MAX_FRAME_BYTES + 1], Rig.START),
        ProblemCode.PROBLEM_CODE_TOO_MUCH);
    // Zeros are no frame, but they are looked at.
    assertClosedWith(
        Rig.open().session.receive(new byte[Limits.MAX_FRAME_BYTES], Rig.START),
        ProblemCode.PROBLEM_CODE_BAD_FRAME);
  }

  private static List<Rig> inEveryState() {
    Rig greeted = new Rig();
    greeted.challenge(TestDevice.frame(greeted.device.hello(Rig.SPACE)));
    Rig authorizing = new Rig();
    authorizing.knock(Rig.SPACE);
    return List.of(
        new Rig(), greeted, authorizing, Rig.open(), Rig.invitedAt(1), Rig.founding(Rig.SPACE));
  }
}
