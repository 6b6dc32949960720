package dev.sealift.gateway.session;

import dev.sealift.gateway.codec.FrameCodec;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.proto.Advanced;
import dev.sealift.protocol.proto.Challenge;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.GoAway;
import dev.sealift.protocol.proto.Offer;
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
   * @param message not changed afterwards: payloads may be parts of it and no copies
   */
  static Frame parse(byte[] message, FrameCodec codec) throws Breach {
    return parse(message, codec, codec.maxBytes(), Limits.MAX_FRAME_BYTES);
  }

  /** The same before the device has proved who it is. */
  static Frame parseHandshake(byte[] message, FrameCodec codec) throws Breach {
    return parse(message, codec, codec.maxHandshakeBytes(), Limits.MAX_HANDSHAKE_FRAME_BYTES);
  }

  /** Whatever the codec, a frame is held to the limit of its binary form. */
  private static Frame parse(byte[] message, FrameCodec codec, int maxBytes, int maxFrameBytes)
      throws Breach {
    requireAtMost(maxBytes, message.length);
    Frame frame = decode(message, codec);
    requireAtMost(maxFrameBytes, frame.getSerializedSize());
    if (frame.getBodyCase() == Frame.BodyCase.BODY_NOT_SET) {
      throw new Breach(ProblemCode.PROBLEM_CODE_BAD_FRAME);
    }
    return frame;
  }

  private static void requireAtMost(int bound, int bytes) throws Breach {
    if (bytes > bound) {
      throw new Breach(ProblemCode.PROBLEM_CODE_TOO_MUCH);
    }
  }

  private static Frame decode(byte[] message, FrameCodec codec) throws Breach {
    try {
      return codec.decode(message);
    } catch (FormatException e) {
      throw new Breach(ProblemCode.PROBLEM_CODE_BAD_FRAME);
    }
  }

  static Frame of(Challenge challenge) {
    return Frame.newBuilder().setChallenge(challenge).build();
  }

  static Frame of(Welcome welcome) {
    return Frame.newBuilder().setWelcome(welcome).build();
  }

  static Frame of(PutResult result) {
    return Frame.newBuilder().setPutResult(result).build();
  }

  /** Files behind a sequence, none so far. */
  static Files.Builder files(long request, long after, SpaceHead upTo) {
    return Files.newBuilder()
        .setRequest(request)
        .setFirstSequence(after + 1)
        .setSignedHead(upTo.signed());
  }

  static Frame of(Files.Builder files) {
    return Frame.newBuilder().setFiles(files).build();
  }

  static Frame advanced(SpaceHead head) {
    return Frame.newBuilder()
        .setAdvanced(Advanced.newBuilder().setSignedHead(head.signed()))
        .build();
  }

  static Frame of(Offer offer) {
    return Frame.newBuilder().setOffer(offer).build();
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
