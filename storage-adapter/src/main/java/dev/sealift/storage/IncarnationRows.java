package dev.sealift.storage;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import java.util.List;

/** What a store writes of incarnations, begun and lost alike: a row each, by its number. */
public final class IncarnationRows {
  private IncarnationRows() {}

  /** The incarnation that a commit begins, if any. */
  public static List<ByteString> begun(SpaceCommit commit) {
    return commit.getIncarnation().isEmpty() ? List.of() : List.of(commit.getIncarnation());
  }

  /** The number of an incarnation in a request that was checked; they are unsigned. */
  public static long number(ByteString checked) {
    try {
      return Integer.toUnsignedLong(
          SignedIncarnation.parse(checked).incarnation().number());
    } catch (FormatException e) {
      throw new IllegalArgumentException("requests are checked before a store sees them", e);
    }
  }
}
