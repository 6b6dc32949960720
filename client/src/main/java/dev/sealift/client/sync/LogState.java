package dev.sealift.client.sync;

import dev.sealift.client.store.ChainHead;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.membership.Membership;
import java.util.Map;
import java.util.Optional;

/**
 * A space's log as this device holds it, up to its position: what the next files are checked against. Immutable: checking files
 * makes the next state, which replaces this one once the files are durable.
 *
 * @param tree of everything up to the position
 * @param serverTimeMillis of the last file
 * @param newestHead the largest head that the notary was seen to sign; it may lie beyond the position
 * @param nextHead the smallest such head beyond the position: a larger one must not make it forgotten, since the files up to
 *     it have still to lead there
 * @param membership empty before genesis has come
 * @param chains the last file of each device
 */
record LogState(
    CompactTree tree,
    long serverTimeMillis,
    Optional<SignedTreeHead> newestHead,
    Optional<SignedTreeHead> nextHead,
    Optional<Membership> membership,
    Map<DeviceId, ChainHead> chains) {

  static LogState empty() {
    return new LogState(
        new CompactTree(), 0, Optional.empty(), Optional.empty(), Optional.empty(), Map.of());
  }

  /** With one more head that the notary has signed. */
  LogState withHead(SignedTreeHead head) {
    long size = head.head().size();
    boolean newest = sizeOf(newestHead, -1) < size;
    boolean next = size > position() && size < sizeOf(nextHead, Long.MAX_VALUE);
    return new LogState(
        tree,
        serverTimeMillis,
        newest ? Optional.of(head) : newestHead,
        next ? Optional.of(head) : nextHead,
        membership,
        chains);
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
