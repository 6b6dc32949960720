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
 * That the store was restored from an older state, and how far a space has come to terms with it. Numbers of marks and incarnations are
 * unsigned.
 *
 * @param marked the number that the store's operator gave the newest restoration, 0 if there was none; incarnations are numbered by it
 * @param incarnations that the space has had, in their order
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
    require(signed.size() <= Limits.MAX_INCARNATIONS);
    for (ByteString exact : signed) {
      SignedIncarnation incarnation = parse(exact);
      Incarnation begun = incarnation.incarnation();
      require(begun.space().equals(space) && incarnation.verify(notary));
      require(Integer.compareUnsigned(begun.number(), number) > 0);
      number = begun.number();
      incarnations.add(incarnation);
    }
    // The log goes on from the newest; an older one may name a state that was lost after it.
    require(incarnations.isEmpty() || newest(incarnations).size() <= size);
    Restorations read = new Restorations(marked, incarnations);
    if (read.isRecovering() && incarnations.size() == Limits.MAX_INCARNATIONS) {
      throw new DistrustException(StoreFault.INCARNATIONS_USED_UP);
    }
    return read;
  }

  private static Incarnation newest(List<SignedIncarnation> incarnations) {
    return incarnations.get(incarnations.size() - 1).incarnation();
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
    return incarnations.isEmpty() ? 0 : newest(incarnations).number();
  }

  /** Whether files may be missing that devices could bring back. */
  boolean isRecovering() {
    return Integer.compareUnsigned(incarnation(), marked) < 0;
  }

  /**
   * The number of an incarnation that begins now. A number that was signed before must not come again: devices would not notice. So it is
   * also above what devices proved, should the operator's clock have been wrong.
   *
   * @param proven the highest that a device proved to have been there
   */
  int next(int proven) {
    return Integer.compareUnsigned(proven, marked) < 0 ? marked : proven + 1;
  }

  /** For so many lost ones there is room beside the next. */
  int roomForLost() {
    return Math.max(0, Limits.MAX_INCARNATIONS - 1 - incarnations.size());
  }

  boolean has(SignedIncarnation signed) {
    return incarnations.contains(signed);
  }

  /**
   * The space goes on.
   *
   * @param lost incarnations of before the restoration, which devices told of
   */
  Restorations begun(List<SignedIncarnation> lost, SignedIncarnation next) {
    List<SignedIncarnation> all = new ArrayList<>(incarnations);
    all.addAll(lost);
    all.sort((one, other) ->
        Integer.compareUnsigned(one.incarnation().number(), other.incarnation().number()));
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
