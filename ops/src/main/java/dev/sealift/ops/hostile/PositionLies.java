package dev.sealift.ops.hostile;

import static dev.sealift.client.sync.Violation.SEEN_ANOTHER_LOG;
import static dev.sealift.ops.hostile.Expected.withoutEvidence;
import static dev.sealift.ops.hostile.Twists.eachOn;
import static dev.sealift.ops.hostile.Twists.flipped;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.Position;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Positions;
import java.util.List;
import java.util.function.UnaryOperator;

/** What is told of what others have signed that they hold. Each of them has signed it for itself, so little can be made up. */
final class PositionLies {
  private PositionLies() {}

  static List<Lie> all() {
    return List.of(
        Lie.of(
            "position-of-another-log",
            Lie.By.MESH,
            "passes on that a member holds another log, which she has signed",
            Scene.RETURNS,
            withoutEvidence(SEEN_ANOTHER_LOG),
            each(PositionLies::ofAnotherLog)),
        Lie.of(
            "position-forged",
            Lie.By.PROXY,
            "turns a bit of what a member has signed of where she is",
            Scene.RETURNS,
            new Expected.Survived("whose signature does not hold says nothing, of whomever"),
            each((stage, exact) -> flipped(
                exact,
                stage.between(SignedPosition.SEQUENCE_OFFSET + Long.BYTES, exact.size() - 1)))),
        Lie.of(
            "position-replayed",
            Lie.By.PROXY,
            "tells where members were a while ago",
            Scene.RETURNS,
            new Expected.Survived("it was so, and says no more than it did"),
            eachOn(Frame.BodyCase.POSITIONS, PositionLies::replay)),
        Lie.of(
            "position-cut",
            Lie.By.PROXY,
            "cuts what a member has signed of where she is short",
            Scene.RETURNS,
            new Expected.Refused(ErrorCode.NOT_A_MESH),
            each((stage, exact) -> exact.substring(1))));
  }

  private interface Twist {
    ByteString twist(Stage stage, ByteString exact);
  }

  /** Twists the founder's. */
  private static Lie.Telling each(Twist twist) {
    return eachOn(
        Frame.BodyCase.POSITIONS,
        (stage, frame) -> replaceAll(
            frame.getPositionsBuilder(),
            exact -> position(exact).device().equals(stage.founder().id())
                ? twist.twist(stage, exact)
                : exact));
  }

  private static void replaceAll(Positions.Builder positions, UnaryOperator<ByteString> twist) {
    for (int i = 0; i < positions.getSignedPositionsCount(); i++) {
      positions.setSignedPositions(i, twist.apply(positions.getSignedPositions(i)));
    }
  }

  private static ByteString ofAnotherLog(Stage stage, ByteString exact) {
    Position held = position(exact);
    Position other = new Position(
        held.space(),
        held.device(),
        held.incarnation(),
        held.sequence(),
        Hash.of(exact.toByteArray()),
        held.time());
    return SignedPosition.sign(other, stage.founder().keys().signing()).exact();
  }

  private static void replay(Stage stage, Frame.Builder frame) {
    stage.said(stage.victim(), Frame::hasPositions).stream()
        .findFirst()
        .ifPresent(first -> frame
            .getPositionsBuilder()
            .clearSignedPositions()
            .addAllSignedPositions(first.getPositions().getSignedPositionsList()));
  }

  private static Position position(ByteString exact) {
    try {
      return SignedPosition.parse(exact).position();
    } catch (FormatException e) {
      throw new IllegalStateException("honest devices sign what is well-formed", e);
    }
  }
}
