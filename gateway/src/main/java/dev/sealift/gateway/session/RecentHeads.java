package dev.sealift.gateway.session;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.log.Position;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.proto.PositionReport;
import dev.sealift.protocol.proto.ProblemCode;
import java.util.ArrayDeque;
import java.util.Optional;

/** The heads that a connection had last, to which a caught-up device's position belongs: whether what it has signed is this log. */
final class RecentHeads {
  /** A device reports a few times a second, and a busy space has some heads between. */
  static final int MOST = 64;

  private final ArrayDeque<SpaceHead> heads = new ArrayDeque<>(1);

  void add(SpaceHead head) {
    if (heads.size() == MOST) {
      heads.remove();
    }
    heads.add(head);
  }

  /** What is kept of a report: its signed position, if that is one of this log as far as is known here; no signature is looked at. */
  Optional<SignedPosition> kept(PositionReport report, Peer peer) throws Breach {
    if (report.getSignedPosition().isEmpty()) {
      return Optional.empty();
    }
    SignedPosition signed = parse(report);
    Position position = signed.position();
    Wanted.check(position.space().equals(peer.space())
        && position.device().equals(peer.device())
        && position.sequence() == report.getSequence());
    return heads.stream().anyMatch(head -> head.isOf(position))
        ? Optional.of(signed)
        : Optional.empty();
  }

  private static SignedPosition parse(PositionReport report) throws Breach {
    try {
      return SignedPosition.parse(report.getSignedPosition());
    } catch (FormatException e) {
      throw new Breach(ProblemCode.PROBLEM_CODE_BAD_FRAME);
    }
  }
}
