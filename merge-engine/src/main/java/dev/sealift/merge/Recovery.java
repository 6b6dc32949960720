package dev.sealift.merge;

import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.log.TreeHead;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What devices have proved and told, while a space of a restored mesh takes back what it lost. In the memory of one process; of the lost
 * incarnations most are in the store as well, no later than the files that they excuse. What was proved another engine, or this one after a
 * restart, does not know, and says nothing to be common beyond where a lost incarnation began that the store has, unless that one was settled by
 * the last that the log began.
 *
 * <p>An incarnation may be told of only when the log has begun a later one without knowing of it. In the store it would look like one that the
 * later one knew and followed. So it goes there only with the next incarnation, which says nothing to be common beyond where it began unless a
 * head of that very one was proved. What comes back before needs it for no excuse: it was not known where that was admitted, or a lost one that
 * knew of it excuses as much. Another engine, or this one after a restart, does not know of it, and does not name it to devices either; those
 * who were in it then go back by themselves to where it began.
 *
 * <p>The log may have gone several ways: a mesh that is restored twice from one copy has lost what it was between, with the incarnation that
 * began there. Devices bring lost incarnations as well as files, since the space goes on from the point that all its ways have in common,
 * and files that were excused by a lost incarnation must stay so.
 */
final class Recovery {
  /** A head that the log, with what a request brought, is a beginning of. */
  record Proof(TreeHead head, long size) {}

  private final TreeMap<Integer, SignedIncarnation> lost = new TreeMap<>(Integer::compareUnsigned);
  private final int marked;
  private OptionalLong endMono = OptionalLong.empty();
  private long provenSize;
  private Optional<Proof> newest = Optional.empty();

  /** @param marked the number of the restoration, unsigned; 0 for none */
  Recovery(int marked) {
    this.marked = marked;
  }

  /** The space was not there and comes back now. */
  void comesBack(long newEndMono) {
    endMono = OptionalLong.of(newEndMono);
  }

  /** Until when a space takes back files that came back whole; empty for one that was there. */
  OptionalLong endMono() {
    return endMono;
  }

  void prove(Proof proof) {
    provenSize = Math.max(provenSize, proof.head().size());
    if (newest.filter(other -> isBetter(other, proof)).isEmpty()) {
      newest = Optional.of(proof);
    }
  }

  private static boolean isBetter(Proof one, Proof other) {
    int newer = Integer.compareUnsigned(one.head().incarnation(), other.head().incarnation());
    return newer > 0 || newer == 0 && one.size() >= other.size();
  }

  /** The log was loaded anew, and may not be what was proved on top of it. */
  void forgetWay() {
    newest = newest.map(proof -> new Proof(proof.head(), 0));
  }

  /**
   * Incarnations that a device told of, checked. Those for which there is no room beside what is known are forgotten.
   *
   * @param known what is durable, or on its way to be
   */
  void add(List<SignedIncarnation> told, Restorations known) {
    told.stream()
        .filter(signed -> !known.hasNumber(signed.incarnation().number()))
        .forEach(signed -> lost.putIfAbsent(signed.incarnation().number(), signed));
    List<SignedIncarnation> lacking = lacking(known);
    lost.values()
        .removeIf(
            signed -> !known.hasNumber(signed.incarnation().number()) && !lacking.contains(signed));
  }

  /** What there is to remember of a state that is durable now: nothing of another restoration, or of one that is over. */
  Recovery on(Restorations durable) {
    Recovery next = marked == durable.marked() && durable.isRecovering()
        ? this
        : new Recovery(durable.marked());
    if (durable.isRecovering()) {
      durable.unsettled().forEach(signed -> next.lost.put(signed.incarnation().number(), signed));
    }
    return next;
  }

  /**
   * Those that are not known yet, in their order. Where there is no room for them all beside those that are, as another engine may have been told
   * of others meanwhile, the oldest are left out: a space that has more than there may be is never served again.
   */
  List<SignedIncarnation> lacking(Restorations known) {
    List<SignedIncarnation> lacking = lost.values().stream()
        .filter(signed -> !known.hasNumber(signed.incarnation().number()))
        .toList();
    return lacking.subList(Math.max(0, lacking.size() - known.roomForLost()), lacking.size());
  }

  /** Of these, those that the store may learn of before the space goes on. */
  List<SignedIncarnation> timely(Restorations known) {
    return lacking(known).stream()
        .filter(signed -> !known.passOver(signed.incarnation()))
        .toList();
  }

  boolean has(SignedIncarnation signed) {
    return signed.equals(lost.get(signed.incarnation().number()));
  }

  /** The largest size that a device proved the log to have had. */
  long provenSize() {
    return provenSize;
  }

  /** The highest number of an incarnation that is proved or told. */
  int highest() {
    int proven = newest.map(proof -> proof.head().incarnation()).orElse(0);
    return lost.isEmpty() || Integer.compareUnsigned(lost.lastKey(), proven) < 0
        ? proven
        : lost.lastKey();
  }

  /**
   * The earliest point where the log that is here may have gone another way than one that was lost, and devices would not hear of that by what
   * the log has begun since; empty if there is none.
   */
  Optional<Incarnation> parting(long size, Restorations known) {
    return lost.values().stream()
        .map(SignedIncarnation::incarnation)
        .filter(one -> one.size() < size && !known.leadBackFrom(one) && !isFollowed(one, known))
        .reduce((one, other) -> other.size() < one.size() ? other : one);
  }

  /**
   * Whether the log that is here is the one that went on from there. A head of that very incarnation proves it. One of a later incarnation is
   * taken to have gone through it too, unless this log has begun a later one without it: then it did not.
   */
  private boolean isFollowed(Incarnation one, Restorations known) {
    return newest
        .filter(proof -> proof.size() > one.size())
        .map(proof -> Integer.compareUnsigned(proof.head().incarnation(), one.number()))
        .filter(later -> later == 0 || later > 0 && !known.passOver(one))
        .isPresent();
  }
}
