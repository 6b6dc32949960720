package dev.sealift.client.sync;

import dev.sealift.client.store.ChainHead;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.SignedTreeHead;
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
 * @param membership empty before genesis has come
 * @param chains the last file of each device
 */
record LogState(
    CompactTree tree,
    long serverTimeMillis,
    Optional<SignedTreeHead> newestHead,
    Optional<Membership> membership,
    Map<DeviceId, ChainHead> chains) {

  static LogState empty() {
    return new LogState(new CompactTree(), 0, Optional.empty(), Optional.empty(), Map.of());
  }

  LogState withNewestHead(Optional<SignedTreeHead> head) {
    return new LogState(tree, serverTimeMillis, head, membership, chains);
  }

  /** The last sequence held. */
  long position() {
    return tree.size();
  }
}
