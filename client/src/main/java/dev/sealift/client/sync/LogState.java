package dev.sealift.client.sync;

import dev.sealift.client.store.ChainHead;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.membership.Membership;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A space's log as this device holds it, up to its position: what the next files are checked against. Immutable: checking files
 * makes the next state, which replaces this one once the files are durable.
 *
 * @param tree of everything up to the position
 * @param serverTimeMillis of the last file
 * @param incarnation of the mesh, as far as this device has learnt: an unsigned number that rises each time it is restored
 * @param heldHead the largest head within what is held: it proves to a restored mesh what it had
 * @param newestHead the largest head that the notary was seen to sign; it may lie beyond the position
 * @param nextHead the smallest such head beyond the position: a larger one must not make it forgotten, since the files up to
 *     it have still to lead there
 * @param membership empty before genesis has come
 * @param chains the last file of each device
 */
record LogState(
    CompactTree tree,
    long serverTimeMillis,
    int incarnation,
    Optional<SignedTreeHead> heldHead,
    Optional<SignedTreeHead> newestHead,
    Optional<SignedTreeHead> nextHead,
    Optional<Membership> membership,
    Map<DeviceId, ChainHead> chains) {

  static LogState empty() {
    return new LogState(
        new CompactTree(),
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }

  /** With one more head that the notary has signed. */
  LogState withHead(SignedTreeHead head) {
    long size = head.head().size();
    boolean held = size <= position() && sizeOf(heldHead, -1) < size;
    boolean newest = sizeOf(newestHead, -1) < size;
    boolean next = size > position() && size < sizeOf(nextHead, Long.MAX_VALUE);
    return new LogState(
        tree,
        serverTimeMillis,
        head.head().incarnation(),
        held ? Optional.of(head) : heldHead,
        newest ? Optional.of(head) : newestHead,
        next ? Optional.of(head) : nextHead,
        membership,
        chains);
  }

  /** After the mesh was restored: heads beyond what is common with the log that is held count no more. */
  LogState inIncarnation(int begun, long commonSize) {
    Predicate<SignedTreeHead> common = head -> head.head().size() <= commonSize;
    Optional<SignedTreeHead> left = Stream.of(heldHead, newestHead, nextHead)
        .flatMap(Optional::stream)
        .filter(common)
        .max(Comparator.comparingLong(head -> head.head().size()));
    return new LogState(
        tree,
        serverTimeMillis,
        begun,
        heldHead.filter(common),
        left,
        nextHead.filter(common),
        membership,
        chains);
  }

  /** With nothing held, and all heads still to be come to. */
  LogState fromTheBeginning() {
    return new LogState(
        new CompactTree(),
        0,
        incarnation,
        Optional.empty(),
        newestHead,
        heldHead.or(() -> nextHead),
        Optional.empty(),
        Map.of());
  }

  /** With everything up to the end of a longer tree held. */
  LogState advanced(
      CompactTree to,
      long timeMillis,
      Optional<Membership> members,
      Map<DeviceId, ChainHead> heads) {
    Optional<SignedTreeHead> reached = Stream.of(heldHead, newestHead, nextHead)
        .flatMap(Optional::stream)
        .filter(head -> head.head().size() <= to.size())
        .max(Comparator.comparingLong(head -> head.head().size()));
    return new LogState(
        to,
        timeMillis,
        incarnation,
        reached,
        newestHead,
        nextHead.filter(head -> head.head().size() > to.size()),
        members,
        Map.copyOf(heads));
  }

  /** The largest size that the log is known to have. */
  long knownSize() {
    return Math.max(position(), sizeOf(newestHead, 0));
  }

  private static long sizeOf(Optional<SignedTreeHead> head, long otherwise) {
    return head.map(SignedTreeHead::head).map(TreeHead::size).orElse(otherwise);
  }

  /** The last sequence held. */
  long position() {
    return tree.size();
  }
}
