package dev.sealift.merge;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.LookUpReply;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * That the store was restored from an older state, and how far a space has come to terms with it. Numbers of marks and incarnations are
 * unsigned.
 *
 * @param marked the number that the store's operator gave the newest restoration, 0 if there was none; incarnations are numbered by it
 * @param begun incarnations that the log has begun, in their order
 * @param lost incarnations that were signed in states that are lost, as devices told, in their order: they excuse what was made in them, and no
 *     head of the log is of one
 */
record Restorations(int marked, List<SignedIncarnation> begun, List<SignedIncarnation> lost) {
  static final Restorations NONE = new Restorations(0, List.of(), List.of());

  static final Comparator<SignedIncarnation> BY_NUMBER =
      Comparator.comparing(Restorations::number, Integer::compareUnsigned);

  Restorations {
    begun = List.copyOf(begun);
    lost = List.copyOf(lost);
  }

  /** Of a space that the store does not have. */
  static Restorations unbegun(int marked) {
    return new Restorations(marked, List.of(), List.of());
  }

  /** Reads what the store says, believing what the notary signed. */
  static Restorations read(LoadSpaceReply reply, SpaceId space, VerifyingKey notary)
      throws DistrustException {
    require(
        reply.getIncarnationsCount() + reply.getLostIncarnationsCount() <= Limits.MAX_INCARNATIONS);
    Restorations read = new Restorations(
        reply.getRestored(),
        parse(reply.getIncarnationsList(), space, notary),
        parse(reply.getLostIncarnationsList(), space, notary));
    require(
        read.incarnations().stream().map(Restorations::number).distinct().count() == read.count());
    // The log goes on from the newest; an older one may name a state that was lost after it.
    require(read.begun.isEmpty() || newest(read.begun).size() <= reply.getSize());
    if (read.isRecovering() && read.count() == Limits.MAX_INCARNATIONS) {
      throw new DistrustException(StoreFault.INCARNATIONS_USED_UP);
    }
    return read;
  }

  private static List<SignedIncarnation> parse(
      List<ByteString> signed, SpaceId space, VerifyingKey notary) throws DistrustException {
    List<SignedIncarnation> incarnations = new ArrayList<>();
    int number = 0;
    for (ByteString exact : signed) {
      SignedIncarnation incarnation = parse(exact);
      Incarnation begun = incarnation.incarnation();
      require(begun.space().equals(space) && incarnation.verify(notary));
      require(Integer.compareUnsigned(begun.number(), number) > 0);
      number = begun.number();
      incarnations.add(incarnation);
    }
    return incarnations;
  }

  private static Incarnation newest(List<SignedIncarnation> incarnations) {
    return incarnations.get(incarnations.size() - 1).incarnation();
  }

  private static int number(SignedIncarnation signed) {
    return signed.incarnation().number();
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

  /** All that devices are told of, in their order. */
  List<SignedIncarnation> incarnations() {
    return Stream.concat(begun.stream(), lost.stream()).sorted(BY_NUMBER).toList();
  }

  private int count() {
    return begun.size() + lost.size();
  }

  /** The number that heads carry. */
  int incarnation() {
    return begun.isEmpty() ? 0 : newest(begun).number();
  }

  /** Whether the store still says the same; one of an older version says nothing. */
  boolean isStill(LookUpReply reply) {
    return (!reply.hasRestored() || reply.getRestored() == marked)
        && (!reply.hasIncarnation() || reply.getIncarnation() == incarnation())
        && (!reply.hasLost() || reply.getLost() == lost.size());
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

  /** For so many more that were lost there is room beside the next that begins. */
  int roomForLost() {
    return Math.max(0, Limits.MAX_INCARNATIONS - 1 - count());
  }

  boolean has(SignedIncarnation signed) {
    return begun.contains(signed) || lost.contains(signed);
  }

  /** Whether one of this number is known, be it another one. */
  boolean hasNumber(int number) {
    return Stream.concat(begun.stream(), lost.stream())
        .anyMatch(signed -> number(signed) == number);
  }

  /**
   * Those that were told of since the newest began: whether the log goes through where they began is to be found out yet. Of others the newest
   * knew, since one that it passed over is not told of before the next begins.
   */
  List<SignedIncarnation> unsettled() {
    return lost.stream()
        .filter(signed -> Integer.compareUnsigned(number(signed), incarnation()) > 0)
        .toList();
  }

  /** Whether devices that were in one that was lost are led back to where it began, or before, by a later one that the log has begun. */
  boolean leadBackFrom(Incarnation lost) {
    return begunAfter(lost).anyMatch(later -> later.size() <= lost.size());
  }

  /** Whether the log has begun later ones, and goes on in each of them beyond where one that was lost began: perhaps without knowing of it. */
  boolean passOver(Incarnation lost) {
    return begunAfter(lost).findAny().isPresent() && !leadBackFrom(lost);
  }

  private Stream<Incarnation> begunAfter(Incarnation lost) {
    return begun.stream()
        .map(SignedIncarnation::incarnation)
        .filter(later -> Integer.compareUnsigned(later.number(), lost.number()) > 0);
  }

  /**
   * Devices told of incarnations that were lost.
   *
   * @param told none of whose numbers is known here
   */
  Restorations told(List<SignedIncarnation> told) {
    List<SignedIncarnation> all =
        Stream.concat(lost.stream(), told.stream()).sorted(BY_NUMBER).toList();
    return new Restorations(marked, begun, all);
  }

  /** The space goes on. */
  Restorations begun(SignedIncarnation next) {
    return new Restorations(
        marked, Stream.concat(begun.stream(), Stream.of(next)).toList(), lost);
  }

  /** Whether what the author had seen may lie in what was lost. */
  boolean excuseSeen(FileHeader header, long clockBoundMillis) {
    return any(one -> one.excuses(header.seen(), header.time().millis(), clockBoundMillis));
  }

  /** Whether the file may be one that was lost: then any device of the space may bring it. */
  boolean mayHaveLost(FileHeader header, long clockBoundMillis) {
    return any(one -> one.mayHaveLost(header.time().millis(), clockBoundMillis));
  }

  /** Of those that the log has begun and of those that were lost. */
  private boolean any(Predicate<Incarnation> condition) {
    return Stream.concat(begun.stream(), lost.stream())
        .map(SignedIncarnation::incarnation)
        .anyMatch(condition);
  }
}
