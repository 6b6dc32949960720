package dev.sealift.merge;

import dev.sealift.protocol.admission.AdmissionToken;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.membership.Membership;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A space as far as it is known durable: what it takes to go on admitting. It changes only by {@link
 * #absorb}, after a commit; what is not durable yet lives in {@link Draft}s on top of it.
 */
final class SpaceState implements SpaceView {
  private final SpaceId space;
  private final Map<DeviceId, ChainHead> chains;
  private final RecentRoots recentRoots = new RecentRoots();
  private CompactTree tree;
  private Optional<Membership> membership;
  private long lastServerTimeMillis;
  private long storedBytes;
  private long membershipBytes;
  private Optional<AdmissionToken> token;
  private Restorations restorations;
  private @Nullable SignedTreeHead signedHead;

  SpaceState(
      SpaceId space,
      CompactTree tree,
      Optional<Membership> membership,
      Map<DeviceId, ChainHead> chains,
      long lastServerTimeMillis,
      long storedBytes,
      long membershipBytes,
      Optional<AdmissionToken> token,
      Restorations restorations) {
    this.restorations = restorations;
    this.space = space;
    this.tree = tree;
    this.membership = membership;
    this.chains = new HashMap<>(chains);
    this.lastServerTimeMillis = lastServerTimeMillis;
    this.storedBytes = storedBytes;
    this.membershipBytes = membershipBytes;
    this.token = token;
    recentRoots.add(tree.size(), tree.root());
  }

  /** A space that is not there yet. */
  static SpaceState unknown(SpaceId space, Restorations restorations) {
    return new SpaceState(
        space,
        new CompactTree(),
        Optional.empty(),
        Map.of(),
        0,
        0,
        0,
        Optional.empty(),
        restorations);
  }

  SpaceId space() {
    return space;
  }

  boolean isKnown() {
    return membership.isPresent();
  }

  @Override
  public long size() {
    return tree.size();
  }

  @Override
  public Optional<Membership> membership() {
    return membership;
  }

  @Override
  public ChainHead chainHead(DeviceId device) {
    return chains.getOrDefault(device, ChainHead.NONE);
  }

  @Override
  public long lastServerTimeMillis() {
    return lastServerTimeMillis;
  }

  @Override
  public long storedBytes() {
    return storedBytes;
  }

  @Override
  public long membershipBytes() {
    return membershipBytes;
  }

  @Override
  public Optional<AdmissionToken> token() {
    return token;
  }

  @Override
  public Restorations restorations() {
    return restorations;
  }

  Hash root() {
    return tree.root();
  }

  /** A copy to go on from. */
  CompactTree tree() {
    return tree.copy();
  }

  Optional<Hash> recentRoot(long size) {
    return recentRoots.at(size);
  }

  /** How much memory this takes, in devices; an invitation takes as much as one. */
  int weight() {
    return 1 + chains.size() + membership.map(Membership::invitations).orElse(0);
  }

  /** The durable head, signed once. Its time is its last file's, so that every engine signs the same head. */
  SignedTreeHead signedHead(SigningKey notary) {
    if (signedHead == null) {
      signedHead = SignedTreeHead.sign(
          new TreeHead(space, restorations.incarnation(), size(), root(), lastServerTimeMillis),
          notary);
    }
    return signedHead;
  }

  /** Takes over a draft on this state that the store has made durable. */
  void absorb(Draft durable) {
    if (durable.expectedSize() != size()) {
      throw new IllegalStateException("a draft is absorbed by the state it was made on");
    }
    tree = durable.tree();
    membership = durable.membership();
    chains.putAll(durable.chainHeads());
    lastServerTimeMillis = durable.lastServerTimeMillis();
    storedBytes = durable.storedBytes();
    membershipBytes = durable.membershipBytes();
    token = durable.token();
    restorations = durable.restorations();
    recentRoots.add(size(), root());
    signedHead = null;
  }
}
