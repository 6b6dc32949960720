package dev.sealift.gateway.session;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.Position;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.PositionReport;
import dev.sealift.protocol.proto.ProblemCode;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which logs a caught-up device can be at: that of the connection's head, and those of the last ones before it. So it is known whether what it has signed is this log. Of a head it keeps 44 bytes, and none while
 * there was one.
 */
final class RecentHeads {
  /** Before the present one. A device reports a few times a second, and a busy space has some heads between. */
  static final int MOST = 32;

  /** Incarnation, size and root, as heads and positions both have them one after another. */
  private static final int LOG_BYTES = Integer.BYTES + Long.BYTES + Hash.BYTES;

  private static final int IN_HEAD = 1 + SpaceId.BYTES;

  private static final int IN_POSITION = SignedPosition.SEQUENCE_OFFSET - Integer.BYTES;

  /** A signed time that is more ahead was signed under a wrong clock, and would keep later ones from counting. */
  private static final long CLOCK_BOUND_MILLIS = SpaceRules.defaults().clockBoundMillis();

  private static final int FIRST_CAPACITY = 4;

  /** A ring, full from the first time round on. */
  private byte[] logs = {};

  private int count;

  /** A head is not the present one any more. */
  void add(SpaceHead head) {
    if (count < MOST && (count + 1) * LOG_BYTES > logs.length) {
      int capacity = Math.min(MOST, Math.max(FIRST_CAPACITY, 2 * count));
      logs = Arrays.copyOf(logs, capacity * LOG_BYTES);
    }
    log(head).copyTo(logs, count % MOST * LOG_BYTES);
    count = count + 1 < 2 * MOST ? count + 1 : MOST;
  }

  private static ByteString log(SpaceHead head) {
    return head.signed().substring(IN_HEAD, IN_HEAD + LOG_BYTES);
  }

  /**
   * What is kept of a report: its signed position, if that is one of this log as far as is known here, and not signed ahead of time; no signature is looked at.
   *
   * @param wallMillis the mesh's clock
   */
  Optional<SignedPosition> kept(
      PositionReport report, Peer peer, @Nullable SpaceHead present, long wallMillis)
      throws Breach {
    if (report.getSignedPosition().isEmpty()) {
      return Optional.empty();
    }
    SignedPosition signed = parse(report);
    Position position = signed.position();
    Wanted.check(position.space().equals(peer.space())
        && position.device().equals(peer.device())
        && position.sequence() == report.getSequence());
    boolean isInTime = position.time().millis() <= wallMillis + CLOCK_BOUND_MILLIS;
    ByteString log = signed.exact().substring(IN_POSITION, IN_POSITION + LOG_BYTES);
    return isInTime && (present != null && log.equals(log(present)) || has(log))
        ? Optional.of(signed)
        : Optional.empty();
  }

  private boolean has(ByteString log) {
    byte[] wanted = log.toByteArray();
    for (int i = 0; i < Math.min(count, MOST); i++) {
      int from = i * LOG_BYTES;
      if (Arrays.equals(logs, from, from + LOG_BYTES, wanted, 0, LOG_BYTES)) {
        return true;
      }
    }
    return false;
  }

  private static SignedPosition parse(PositionReport report) throws Breach {
    try {
      return SignedPosition.parse(report.getSignedPosition());
    } catch (FormatException e) {
      throw new Breach(ProblemCode.PROBLEM_CODE_BAD_FRAME);
    }
  }
}
