package dev.sealift.client.sync;

import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.SignedIncarnation;
import java.util.List;
import java.util.stream.Stream;

/**
 * Up to where the log that is held is one that the mesh still knows, when the mesh has lost incarnations that this device is in: beyond the
 * first of them the mesh's log may have gone another way.
 *
 * @param size that is common for certain; as large as sizes get when nothing was lost
 */
record Parting(long size) {
  private static final Parting NOWHERE = new Parting(Long.MAX_VALUE);

  /** Whether the log that is held may be another than the mesh's at a size. */
  boolean isBefore(long other) {
    return size < other;
  }

  /**
   * Finds it.
   *
   * @param own incarnations that this device knows
   * @param told those that the mesh names
   */
  static Parting of(List<SignedIncarnation> own, List<SignedIncarnation> told, LogState log) {
    boolean isKnown = log.incarnation() == 0
        || own.stream().anyMatch(signed -> number(signed) == log.incarnation());
    if (!isKnown && log.position() == 0) {
      return new Parting(
          0); // all that this device has is the head of a link, of an incarnation that it knows
      // nothing else of
    }
    int shared = own.stream()
        .filter(told::contains)
        .map(Parting::number)
        .reduce(0, (one, other) -> Integer.compareUnsigned(one, other) > 0 ? one : other);
    return smallest(
        own.stream().filter(signed -> Integer.compareUnsigned(number(signed), shared) > 0));
  }

  /**
   * Finds it where an incarnation names another log than the one held. The mesh then was not in one of those that this device knows from before,
   * and that it names them all the same says nothing: it may know of them from devices that came when it had gone another way. Nor would asking
   * for it catch a mesh that lies, which could leave them out.
   *
   * @param own incarnations that this device knows
   * @param number of the incarnation that names another log
   */
  static Parting ofAnotherLog(List<SignedIncarnation> own, int number) {
    return smallest(
        own.stream().filter(signed -> Integer.compareUnsigned(number(signed), number) < 0));
  }

  /**
   * Finds it for an incarnation that a device has not heard of.
   *
   * @param incarnation whose mesh says now where it began
   * @param told those that the mesh names
   * @param own incarnations that this device knows
   * @param roots of the log that is held
   * @throws MeshViolationException {@code FORKED} when it names another log than the one held, where that was not lost
   */
  static Parting after(
      Incarnation incarnation,
      List<SignedIncarnation> told,
      List<SignedIncarnation> own,
      LogState log,
      LogVerifier.Roots roots)
      throws MeshViolationException {
    if (!isAnother(incarnation, log, roots)) {
      return of(own, told, log);
    }
    Parting parting = ofAnotherLog(own, incarnation.number());
    if (!parting.isBefore(incarnation.size())) {
      throw new MeshViolationException(
          Violation.FORKED,
          incarnation.size(),
          "the restored mesh names another log than the one held");
    }
    return parting;
  }

  private static boolean isAnother(Incarnation incarnation, LogState log, LogVerifier.Roots roots) {
    long size = incarnation.size();
    return size > 0
        && size <= log.position()
        && roots.at(size).filter(root -> !root.equals(incarnation.root())).isPresent();
  }

  private static Parting smallest(Stream<SignedIncarnation> lost) {
    return lost.map(SignedIncarnation::incarnation)
        .map(Incarnation::size)
        .reduce(Math::min)
        .map(Parting::new)
        .orElse(NOWHERE);
  }

  private static int number(SignedIncarnation signed) {
    return signed.incarnation().number();
  }
}
