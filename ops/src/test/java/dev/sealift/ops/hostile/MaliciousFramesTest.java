package dev.sealift.ops.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.sealift.ops.simulate.Bed;
import dev.sealift.ops.simulate.BedDevice;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Hello;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.Put;
import dev.sealift.protocol.proto.PutFile;
import dev.sealift.protocol.proto.RefusalCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a member may send on its own connection and no client would: the mesh closes that one and says why, and all go on. */
class MaliciousFramesTest {
  private static final long SEED = 5;
  private static final long SECOND_MILLIS = 1_000;

  private enum Kind {
    A_PAYLOAD_THAT_IS_TOO_LONG(
        ProblemCode.PROBLEM_CODE_TOO_MUCH, put(file(100, Limits.MAX_PAYLOAD_BYTES + 1))),
    A_HEADER_THAT_IS_TOO_LONG(
        ProblemCode.PROBLEM_CODE_TOO_MUCH, put(file(Limits.MAX_SIGNED_HEADER_BYTES + 1, 1))),
    TOO_MANY_FILES(
        ProblemCode.PROBLEM_CODE_TOO_MUCH,
        Frame.newBuilder()
            .setPut(Put.newBuilder()
                .addAllFiles(Collections.nCopies(Limits.MAX_PUT_FILES + 1, file(100, 1))))
            .build()),
    A_FRAME_THAT_IS_TOO_LONG(
        ProblemCode.PROBLEM_CODE_TOO_MUCH, put(file(100, Limits.MAX_FRAME_BYTES))),
    NO_FILES(
        ProblemCode.PROBLEM_CODE_BAD_FRAME,
        Frame.newBuilder().setPut(Put.getDefaultInstance()).build()),
    DEEP_NESTING(
        ProblemCode.PROBLEM_CODE_BAD_FRAME,
        Frame.newBuilder().setUnknownFields(nested(500)).build()),
    THE_BEGINNING_AGAIN(
        ProblemCode.PROBLEM_CODE_UNEXPECTED_FRAME,
        Frame.newBuilder().setHello(Hello.getDefaultInstance()).build());

    private final ProblemCode code;
    private final Frame frame;

    Kind(ProblemCode code, Frame frame) {
      this.code = code;
      this.frame = frame;
    }
  }

  private static Frame put(PutFile file) {
    return Frame.newBuilder().setPut(Put.newBuilder().addFiles(file)).build();
  }

  private static PutFile file(int headerBytes, int payloadBytes) {
    return PutFile.newBuilder()
        .setSignedHeader(ByteString.copyFrom(new byte[headerBytes]))
        .setPayload(ByteString.copyFrom(new byte[payloadBytes]))
        .build();
  }

  /** Groups within groups. */
  private static UnknownFieldSet nested(int depth) {
    UnknownFieldSet fields = UnknownFieldSet.getDefaultInstance();
    for (int i = 0; i < depth; i++) {
      fields = UnknownFieldSet.newBuilder()
          .addField(100, UnknownFieldSet.Field.newBuilder().addGroup(fields).build())
          .build();
    }
    return fields;
  }

  @ParameterizedTest
  @EnumSource
  void isRefusedAndItsConnectionAloneIsClosed(Kind kind) {
    Bed.with(SEED, bed -> {
      Stage stage = new Stage(bed);
      Insider insider = new Insider(stage);
      Hash before = stage.founder().mergeDigest();

      Frame answer = insider.say(stage.other(), kind.frame);

      assertThat(answer.getProblem().getCode()).isEqualTo(kind.code);
      assertThat(stage.founder().mergeDigest()).isEqualTo(before);
      assertThat(problems(stage, stage.founder())).isEmpty();
      insider.assertGoesOn();
      return true;
    });
  }

  private static List<Frame> problems(Stage stage, BedDevice device) {
    return stage.said(device, Frame::hasProblem);
  }

  /** What proves who somebody is on one connection is good on no other. */
  @Test
  void aProofOfAnotherConnectionIsNone() {
    Bed.with(SEED, bed -> {
      Stage stage = new Stage(bed);
      Insider insider = new Insider(stage);
      BedDevice member = stage.other();
      List<Frame> proofs = new ArrayList<>();
      stage.victim(member);
      member.disconnect();
      stage.tell(new Teller() {
        @Override
        public List<Frame> toMesh(Talk talk, Frame frame) {
          if (frame.hasProve()) {
            proofs.add(frame);
          }
          return List.of(frame.hasProve() ? proofs.get(0) : frame);
        }
      });
      member.connect();
      bed.pass(SECOND_MILLIS);
      assertThat(problems(stage, member)).isEmpty();
      member.disconnect();
      member.connect();
      bed.pass(SECOND_MILLIS);

      assertThat(proofs).hasSizeGreaterThan(1);
      assertThat(problems(stage, member))
          .isNotEmpty()
          .allSatisfy(frame -> assertThat(frame.getProblem().getCode())
              .isEqualTo(ProblemCode.PROBLEM_CODE_AUTHENTICATION_FAILED));
      stage.tell(Teller.HONEST);
      member.disconnect();
      member.connect();
      insider.assertGoesOn();
      return true;
    });
  }

  /** A file of hers that is there gets the receipt that it had, and nothing else; so does another's that she brings. */
  @Test
  void aFileThatIsThereIsThereOnce() {
    Bed.with(SEED, bed -> {
      Stage stage = new Stage(bed);
      Insider insider = new Insider(stage);
      stage.write(stage.founder());
      stage.settle();
      Hash before = stage.founder().mergeDigest();
      int size = bed.log().size();
      LogEntry entry = bed.log().get(size - 1);

      Outcome outcome =
          insider.put(stage.other(), new Pen.Written(entry.getSignedHeader(), entry.getPayload()));

      assertThat(outcome.getReceipt().getSequence()).isEqualTo(size);
      assertThat(bed.log()).hasSize(size);
      assertThat(stage.founder().mergeDigest()).isEqualTo(before);
      insider.assertGoesOn();
      return true;
    });
  }

  /** Another's payload, altered by who brings it, is no longer the one that is signed. */
  @Test
  void anothersPayloadIsBroughtAsItIs() {
    Bed.with(SEED, bed -> {
      Stage stage = new Stage(bed);
      Insider insider = new Insider(stage);
      Pen.Written file =
          new Pen(stage.founder().keys(), stage.dice()).next(stage.log(), stage.nowMillis());

      Outcome outcome = insider.put(
          stage.other(), new Pen.Written(file.header(), Twists.flipped(file.payload(), 3)));

      assertThat(outcome.getRefusal().getCode())
          .isEqualTo(RefusalCode.REFUSAL_CODE_PAYLOAD_MISMATCH);
      insider.assertGoesOn();
      return true;
    });
  }
}
