package dev.sealift.gateway.session;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.proto.Advanced;
import dev.sealift.protocol.proto.Challenge;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.GoAway;
import dev.sealift.protocol.proto.Problem;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.PutResult;
import dev.sealift.protocol.proto.Welcome;

/** The frames a gateway reads and writes. */
final class Frames {
  private Frames() {}

  /**
   * Reads a message from a device.
   *
   * @param message not changed afterwards: payloads are parts of it and no copies
   */
  static Frame parse(byte[] message) throws Breach {
    if (message.length > Limits.MAX_FRAME_BYTES) {
      throw new Breach(ProblemCode.PROBLEM_CODE_TOO_MUCH);
    }
    Frame frame = decode(message);
    if (frame.getBodyCase() == Frame.BodyCase.BODY_NOT_SET) {
      throw new Breach(ProblemCode.PROBLEM_CODE_BAD_FRAME);
    }
    return frame;
  }

  private static Frame decode(byte[] message) throws Breach {
    try {
      CodedInputStream in = CodedInputStream.newInstance(message);
      in.enableAliasing(true);
      return Frame.parser().parseFrom(in);
    } catch (InvalidProtocolBufferException e) {
      throw new Breach(ProblemCode.PROBLEM_CODE_BAD_FRAME);
    }
  }

  static Frame of(Challenge challenge) {
    return Frame.newBuilder().setChallenge(challenge).build();
  }

  static Frame of(Welcome.Builder welcome) {
    return Frame.newBuilder().setWelcome(welcome).build();
  }

  static Frame of(PutResult result) {
    return Frame.newBuilder().setPutResult(result).build();
  }

  static Frame of(Files.Builder files) {
    return Frame.newBuilder().setFiles(files).build();
  }

  static Frame advanced(SpaceHead head) {
    return Frame.newBuilder()
        .setAdvanced(Advanced.newBuilder().setSignedHead(head.signed()))
        .build();
  }

  static Frame problem(ProblemCode code, long request, long retryAfterMillis) {
    Problem.Builder problem = Problem.newBuilder()
        .setCode(code)
        .setRequest(request)
        .setRetryAfterMillis(retryAfterMillis);
    return Frame.newBuilder().setProblem(problem).build();
  }

  static Frame goAway(long retryAfterMillis) {
    GoAway.Builder goAway = GoAway.newBuilder().setRetryAfterMillis(retryAfterMillis);
    return Frame.newBuilder().setGoAway(goAway).build();
  }
}
