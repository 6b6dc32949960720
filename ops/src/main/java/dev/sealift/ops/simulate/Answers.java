package dev.sealift.ops.simulate;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.protocol.proto.Frame;
import java.util.EnumSet;
import java.util.Set;

/** Counts what a device is answered that has files of the log in it, or tells where they are. */
final class Answers {
  private static final Set<Frame.BodyCase> OF_THE_LOG = EnumSet.of(
      Frame.BodyCase.FILES,
      Frame.BodyCase.OUTLINE_FILES,
      Frame.BodyCase.STEP_LIST,
      Frame.BodyCase.ENTRIES);

  private long answers;
  private long bytes;

  /** Looks at a message to a device. */
  byte[] count(byte[] message) {
    try {
      if (OF_THE_LOG.contains(Frame.parseFrom(message).getBodyCase())) {
        answers++;
        bytes += message.length;
      }
    } catch (InvalidProtocolBufferException e) {
      throw new Fault("L12", "what goes over the wire is no frame");
    }
    return message;
  }

  long answers() {
    return answers;
  }

  long bytes() {
    return bytes;
  }
}
