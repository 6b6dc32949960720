package dev.sealift.merge;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.SignedIncarnation;
import java.util.ArrayList;
import java.util.List;

/**
 * How often the store was restored from an older state, and how far a space has come to terms with it.
 *
 * @param marked how often the store's operator said so
 * @param incarnations that the space has begun since, in their order
 */
record Restorations(int marked, List<SignedIncarnation> incarnations) {
  static final Restorations NONE = new Restorations(0, List.of());

  Restorations {
    incarnations = List.copyOf(incarnations);
  }

  /** Reads what the store says, believing what the notary signed. */
  static Restorations read(
      int marked, List<ByteString> signed, SpaceId space, long size, VerifyingKey notary)
      throws DistrustException {
    List<SignedIncarnation> incarnations = new ArrayList<>();
    int number = 0;
    require(marked >= 0 && signed.size() <= Limits.MAX_INCARNATIONS);
    for (ByteString exact : signed) {
      SignedIncarnation incarnation = parse(exact);
      Incarnation begun = incarnation.incarnation();
      require(begun.space().equals(space) && incarnation.verify(notary));
      require(begun.number() > number && begun.number() <= marked && begun.size() <= size);
      number = begun.number();
      incarnations.add(incarnation);
    }
    return new Restorations(marked, incarnations);
  }

  private static SignedIncarnation parse(ByteString exact) throws DistrustException {
    try {
      return SignedIncarnation.parse(exact);
    } catch (FormatException e) {
      throw new DistrustException(StoreFault.INCARNATION_UNVERIFIED);
    }
  }

  private static void require(boolean holds) throws DistrustException {
    if (!holds) {
      throw new DistrustException(StoreFault.INCARNATION_UNVERIFIED);
    }
  }

  /** The number that heads carry. */
  int incarnation() {
    return incarnations.isEmpty()
        ? 0
        : incarnations.get(incarnations.size() - 1).incarnation().number();
  }

  /** Whether files may be missing that devices could bring back. */
  boolean isRecovering() {
    return incarnation() < marked;
  }

  Restorations begun(SignedIncarnation next) {
    List<SignedIncarnation> all = new ArrayList<>(incarnations);
    all.add(next);
    return new Restorations(marked, all);
  }

  /** Whether what the author had seen may lie in what was lost. */
  boolean excuseSeen(FileHeader header, long clockBoundMillis) {
    return incarnations.stream()
        .anyMatch(begun ->
            begun.incarnation().excuses(header.seen(), header.time().millis(), clockBoundMillis));
  }

  /** Whether the file may be one that was lost: then any device of the space may bring it. */
  boolean mayHaveLost(FileHeader header, long clockBoundMillis) {
    return incarnations.stream()
        .anyMatch(begun ->
            header.time().millis() <= begun.incarnation().serverTimeMillis() + clockBoundMillis);
  }
}
