package dev.sealift.gateway.session;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import java.util.Optional;

/**
 * A space's signed head as it is passed on, with the little that the gateway reads of it. The notary's signature is not
 * checked here: heads come from the engine that made it, and every device checks each one.
 *
 * @param lossMillis server time of the last change in this log by which anybody lost access to the space; 0 when nobody has
 */
public record SpaceHead(
    ByteString signed, int incarnation, long size, long serverTimeMillis, long lossMillis) {
  /** Older than any. */
  static final SpaceHead NONE = new SpaceHead(ByteString.EMPTY, 0, 0, 0, 0);

  /**
   * @throws FormatException when it is no head, or another space's
   */
  public static SpaceHead parse(ByteString signed, long lossMillis, SpaceId space)
      throws FormatException {
    TreeHead head = SignedTreeHead.parse(signed).head();
    if (!head.space().equals(space)) {
      throw new FormatException("a tree head of another space");
    }
    return new SpaceHead(
        signed, head.incarnation(), head.size(), head.serverTimeMillis(), lossMillis);
  }

  /** As above; empty when it is no head of this space. */
  public static Optional<SpaceHead> find(ByteString signed, long lossMillis, SpaceId space) {
    try {
      return Optional.of(parse(signed, lossMillis, space));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  /** A restored mesh counts its incarnation up and may begin again at a smaller size. */
  public boolean isNewerThan(SpaceHead other) {
    return incarnation == other.incarnation
        ? size > other.size
        : Integer.compareUnsigned(incarnation, other.incarnation) > 0;
  }
}
