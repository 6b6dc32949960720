package dev.sealift.merge;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.admission.AdmissionGrant;
import dev.sealift.protocol.admission.AdmissionToken;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.MembershipException;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.StoredFile;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads what a store says a space is, believing only what verifies: the frontier gives the root; the
 * membership chain starts at the genesis that the space is named after, for this mesh's notary, and
 * each link is signed; the chains add up to the log and belong to members. What a store can still do
 * unnoticed here is to leave out the newest links or to roll everything back together; devices, who
 * hold newer heads, notice that.
 */
final class LoadedSpace {
  /** Half of what a head has room for, so that counting on from it never gets to the end. */
  private static final long MAX_SERVER_TIME_MILLIS = HybridTime.MAX_MILLIS / 2;

  private final SpaceId space;
  private final LoadSpaceReply reply;

  private LoadedSpace(SpaceId space, LoadSpaceReply reply) {
    this.space = space;
    this.reply = reply;
  }

  static SpaceState read(SpaceId space, LoadSpaceReply reply, VerifyingKey notary)
      throws DistrustException {
    return reply.getFound()
        ? new LoadedSpace(space, reply).read(notary)
        : SpaceState.unknown(space, Restorations.unbegun(reply.getRestored()));
  }

  private SpaceState read(VerifyingKey notary) throws DistrustException {
    CompactTree tree = tree();
    Membership membership = membership();
    require(membership.notary().equals(notary), StoreFault.FOREIGN_NOTARY);
    return new SpaceState(
        space,
        tree,
        Optional.of(membership),
        chains(membership),
        reply.getLastServerTimeMillis(),
        Math.max(0, reply.getStoredBytes()),
        reply.getMembershipList().stream()
            .mapToLong(stored -> stored.getSignedHeader().size())
            .sum(),
        token(notary),
        Restorations.read(reply, space, notary));
  }

  /** What this mesh's notary did not bind to this space is taken for none: the space then waits for a good one. */
  private Optional<AdmissionToken> token(VerifyingKey notary) {
    if (reply.getAdmissionToken().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(AdmissionGrant.open(reply.getAdmissionToken(), space, notary));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  /** Whether the store has a token for the space that it cannot have from this mesh. */
  static boolean isTokenForged(LoadSpaceReply reply, SpaceState read) {
    return read.isKnown()
        && !reply.getAdmissionToken().isEmpty()
        && read.token().isEmpty();
  }

  private CompactTree tree() throws DistrustException {
    require(
        reply.getSize() >= 1 && reply.getSize() < Limits.MAX_SEQUENCE,
        StoreFault.TREE_INCONSISTENT);
    require(isTime(reply.getLastServerTimeMillis()), StoreFault.TREE_INCONSISTENT);
    try {
      CompactTree tree =
          CompactTree.restore(reply.getSize(), reply.getFrontier().toByteArray());
      require(tree.root().byteString().equals(reply.getRoot()), StoreFault.TREE_INCONSISTENT);
      return tree;
    } catch (FormatException e) {
      throw new DistrustException(StoreFault.TREE_INCONSISTENT);
    }
  }

  private static boolean isTime(long millis) {
    return millis >= 1 && millis <= MAX_SERVER_TIME_MILLIS;
  }

  private Membership membership() throws DistrustException {
    Optional<Membership> membership = Optional.empty();
    long sequence = 0;
    long serverTimeMillis = 0;
    try {
      for (StoredFile stored : reply.getMembershipList()) {
        require(
            stored.getSequence() > sequence && stored.getSequence() <= reply.getSize(),
            StoreFault.MEMBERSHIP_UNVERIFIED);
        require(
            stored.getServerTimeMillis() > serverTimeMillis
                && stored.getServerTimeMillis() <= reply.getLastServerTimeMillis(),
            StoreFault.MEMBERSHIP_UNVERIFIED);
        sequence = stored.getSequence();
        serverTimeMillis = stored.getServerTimeMillis();
        membership = Optional.of(next(membership, stored));
      }
    } catch (FormatException | MembershipException e) {
      throw new DistrustException(StoreFault.MEMBERSHIP_UNVERIFIED);
    }
    return membership.orElseThrow(() -> new DistrustException(StoreFault.MEMBERSHIP_UNVERIFIED));
  }

  private Membership next(Optional<Membership> before, StoredFile stored)
      throws FormatException, MembershipException, DistrustException {
    SignedHeader file = SignedHeader.parse(stored.getSignedHeader());
    require(file.space().equals(space), StoreFault.MEMBERSHIP_UNVERIFIED);
    if (before.isEmpty()) {
      require(stored.getSequence() == 1, StoreFault.MEMBERSHIP_UNVERIFIED);
      return Membership.found(file);
    }
    require(
        before.get().authorKey(file).filter(file::verify).isPresent(),
        StoreFault.MEMBERSHIP_UNVERIFIED);
    return before.get().apply(file, stored.getServerTimeMillis());
  }

  private Map<DeviceId, ChainHead> chains(Membership membership) throws DistrustException {
    Map<DeviceId, ChainHead> chains = new HashMap<>();
    OptionalLong place =
        membership.rules().isByArrival() ? OptionalLong.empty() : OptionalLong.of(0);
    long left = reply.getSize();
    try {
      for (dev.sealift.protocol.mesh.proto.ChainHead chain : reply.getChainsList()) {
        DeviceId device = DeviceId.parse(chain.getDevice());
        require(membership.everHad(device), StoreFault.CHAINS_INCONSISTENT);
        require(
            chain.getCounter() >= 1 && chain.getCounter() <= left, StoreFault.CHAINS_INCONSISTENT);
        left -= chain.getCounter();
        ChainHead head = new ChainHead(
            chain.getCounter(),
            Optional.of(FileId.parse(chain.getFile())),
            place,
            Optional.empty());
        require(chains.put(device, head) == null, StoreFault.CHAINS_INCONSISTENT);
      }
    } catch (FormatException e) {
      throw new DistrustException(StoreFault.CHAINS_INCONSISTENT);
    }
    require(left == 0, StoreFault.CHAINS_INCONSISTENT);
    return chains;
  }

  private static void require(boolean holds, StoreFault otherwise) throws DistrustException {
    if (!holds) {
      throw new DistrustException(otherwise);
    }
  }
}
