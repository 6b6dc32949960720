package dev.sealift.protocol.membership;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.proto.Genesis;
import dev.sealift.protocol.proto.Join;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.OpenInvitation;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Role;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import org.pcollections.OrderedPMap;
import org.pcollections.PMap;

/**
 * Who is in a space, as its chain of membership files says: the same code for the mesh and for every device.
 *
 * <p>The chain starts at genesis; each change names the one before and is admitted only as the next link. This class checks
 * what a change may do and the signature of an invitation; the signature on the file itself is checked by the caller,
 * once, with {@link #authorKey}. Immutable; each change shares what it leaves as it was with the one before, so that a long chain is
 * replayed in proportion to its length.
 */
public final class Membership {
  public static final int COMMITMENT_BYTES = 32;

  private final SpaceId space;
  private final VerifyingKey notary;
  private final SpaceRules rules;
  private final ByteString epochCommitment;
  private final long number;
  private final FileId last;
  private final PMap<DeviceId, Device> devices;
  private final PMap<VerifyingKey, Invitation> invitations;

  private Membership(
      SpaceId space,
      VerifyingKey notary,
      SpaceRules rules,
      ByteString epochCommitment,
      long number,
      FileId last,
      PMap<DeviceId, Device> devices,
      PMap<VerifyingKey, Invitation> invitations) {
    this.space = space;
    this.notary = notary;
    this.rules = rules;
    this.epochCommitment = epochCommitment;
    this.number = number;
    this.last = last;
    this.devices = devices;
    this.invitations = invitations;
  }

  /**
   * The membership that a genesis file founds.
   *
   * @throws MembershipException when the file is no well-formed genesis, or not signed by the founder that it names
   */
  public static Membership found(SignedHeader file) throws MembershipException {
    FileHeader header = file.header();
    MembershipChange change =
        header.membership().orElseThrow(() -> malformed("not a membership file"));
    require(
        change.hasGenesis() && change.getNumber() == 0 && change.getPrevious().isEmpty(),
        "not a genesis");
    require(header.counter() == 1 && header.epoch() == 1, "a genesis is a first file, in epoch 1");
    Genesis genesis = change.getGenesis();
    require(
        genesis.getEpochCommitment().size() == COMMITMENT_BYTES,
        "an epoch commitment is 32 bytes long");
    try {
      Device founder = new Device(
          DevicePublicKeys.parse(genesis.getFounder()),
          MemberId.parse(genesis.getMember()),
          Role.ROLE_OWNER);
      require(
          founder.id().equals(header.device()),
          "a genesis is written by the founder that it names");
      if (!file.verify(founder.keys().signing())) {
        throw new MembershipException(
            RefusalCode.REFUSAL_CODE_BAD_SIGNATURE, "the genesis is not signed by its founder");
      }
      return new Membership(
          file.space(),
          VerifyingKey.parse(genesis.getNotary()),
          SpaceRules.parse(genesis.getRules()),
          genesis.getEpochCommitment(),
          0,
          file.id(),
          OrderedPMap.<DeviceId, Device>empty().plus(founder.id(), founder),
          OrderedPMap.empty());
    } catch (FormatException e) {
      throw malformed(e.getMessage());
    }
  }

  /**
   * The membership after {@code file}, whose signature the caller has checked with {@link #authorKey}.
   *
   * @param serverTimeMillis of the file's admission: by it, and by no device's clock, an invitation expires
   * @throws MembershipException when the change is not the next link, or its author may not make it
   */
  public Membership apply(SignedHeader file, long serverTimeMillis) throws MembershipException {
    MembershipChange change =
        file.header().membership().orElseThrow(() -> malformed("not a membership file"));
    if (!file.space().equals(space)) {
      throw new MembershipException(
          RefusalCode.REFUSAL_CODE_WRONG_SPACE, "the change is of another space");
    }
    if (change.getNumber() != number + 1 || !change.getPrevious().equals(last.byteString())) {
      throw new MembershipException(
          RefusalCode.REFUSAL_CODE_MEMBERSHIP_CONFLICT,
          "the change does not follow the chain's last link");
    }
    try {
      switch (change.getChangeCase()) {
        case OPEN_INVITATION:
          return opened(file, change.getOpenInvitation());
        case JOIN:
          return joined(file, change.getJoin(), serverTimeMillis);
        default:
          throw new MembershipException(
              RefusalCode.REFUSAL_CODE_UNSUPPORTED,
              "a kind of membership change that is not known here");
      }
    } catch (FormatException e) {
      throw malformed(e.getMessage());
    }
  }

  private Membership opened(SignedHeader file, OpenInvitation open)
      throws MembershipException, FormatException {
    Device author = author(file);
    Optional<MemberId> member = open.getMember().isEmpty()
        ? Optional.empty()
        : Optional.of(MemberId.parse(open.getMember()));
    boolean forOwnDevice = member.isPresent()
        && member.get().equals(author.member())
        && open.getRoleValue() <= author.role().getNumber();
    if (!author.mayChangeMembers() && !forOwnDevice) {
      throw new MembershipException(
          RefusalCode.REFUSAL_CODE_NOT_A_MEMBER,
          "only an owner invites others than a device of her own");
    }
    require(
        open.getRole() != Role.ROLE_UNSPECIFIED && open.getRole() != Role.UNRECOGNIZED,
        "an invitation gives a role");
    require(
        open.getUses() >= 1 && open.getUses() <= Limits.MAX_INVITATION_USES,
        "an invitation's number of uses is out of bounds");
    require(open.getExpiresAtMillis() > 0, "an invitation expires");
    Invitation invitation = new Invitation(
        DevicePublicKeys.parse(open.getKeys()),
        open.getRole(),
        open.getExpiresAtMillis(),
        open.getUses(),
        member);
    require(
        !invitations.containsKey(invitation.keys().signing()), "an invitation's key is used once");
    return next(file, devices, invitations.plus(invitation.keys().signing(), invitation));
  }

  private Membership joined(SignedHeader file, Join join, long serverTimeMillis)
      throws MembershipException, FormatException {
    DevicePublicKeys keys = DevicePublicKeys.parse(join.getDevice());
    MemberId member = MemberId.parse(join.getMember());
    require(keys.id().equals(file.header().device()), "a join is written by the device that joins");
    require(!devices.containsKey(keys.id()), "the device is in the space already");
    Invitation invitation = invitations.get(VerifyingKey.parse(join.getInvitation()));
    if (invitation == null) {
      throw new MembershipException(
          RefusalCode.REFUSAL_CODE_INVITATION_UNKNOWN, "the space has no such invitation");
    }
    checkStanding(invitation, serverTimeMillis);
    require(
        invitation.member().isEmpty() || invitation.member().get().equals(member),
        "the invitation is for a device of another member");
    require(
        invitation.member().isPresent()
            || devices.values().stream().noneMatch(d -> d.member().equals(member)),
        "the invitation is for a new member");
    if (!JoinSignature.verify(
        invitation.keys().signing(),
        join.getInvitationSignature().toByteArray(),
        space,
        keys,
        member)) {
      throw new MembershipException(
          RefusalCode.REFUSAL_CODE_BAD_SIGNATURE, "the join is not signed by its invitation");
    }
    Device device = new Device(keys, member, invitation.role());
    return next(
        file,
        devices.plus(device.id(), device),
        invitations.plus(invitation.keys().signing(), invitation.usedOnce()));
  }

  private static void checkStanding(Invitation invitation, long serverTimeMillis)
      throws MembershipException {
    switch (invitation.standing(serverTimeMillis)) {
      case EXPIRED:
        throw new MembershipException(
            RefusalCode.REFUSAL_CODE_INVITATION_EXPIRED, "the invitation has expired");
      case USED_UP:
        throw new MembershipException(
            RefusalCode.REFUSAL_CODE_INVITATION_USED_UP, "the invitation has no uses left");
      case OPEN:
        break;
    }
  }

  private Device author(SignedHeader file) throws MembershipException {
    Device author = devices.get(file.header().device());
    if (author == null) {
      throw new MembershipException(
          RefusalCode.REFUSAL_CODE_NOT_A_MEMBER, "the author is not in the space");
    }
    return author;
  }

  private Membership next(
      SignedHeader file,
      PMap<DeviceId, Device> nextDevices,
      PMap<VerifyingKey, Invitation> nextInvitations) {
    return new Membership(
        space, notary, rules, epochCommitment, number + 1, file.id(), nextDevices, nextInvitations);
  }

  /**
   * The key that must have signed {@code file}: its author's, or, in a join, the one that the file itself brings. Empty when
   * the author is not in the space, or the join's keys are malformed or not those of its author.
   */
  public Optional<VerifyingKey> authorKey(SignedHeader file) {
    Device device = devices.get(file.header().device());
    if (device != null) {
      return Optional.of(device.keys().signing());
    }
    Optional<Join> join =
        file.header().membership().filter(MembershipChange::hasJoin).map(MembershipChange::getJoin);
    if (join.isEmpty()) {
      return Optional.empty();
    }
    try {
      DevicePublicKeys keys = DevicePublicKeys.parse(join.get().getDevice());
      return keys.id().equals(file.header().device())
          ? Optional.of(keys.signing())
          : Optional.empty();
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  public SpaceId space() {
    return space;
  }

  /** The mesh's key, which signs this space's tree heads. */
  public VerifyingKey notary() {
    return notary;
  }

  public SpaceRules rules() {
    return rules;
  }

  /** The number of the current content key. It stays 1 until members can be removed. */
  public int epoch() {
    return 1;
  }

  /** What commits the founder to the key of the current epoch. */
  public ByteString epochCommitment() {
    return epochCommitment;
  }

  /** The number of the last change; 0 is genesis. */
  public long number() {
    return number;
  }

  /** The last membership file: what the next one must name. */
  public FileId last() {
    return last;
  }

  public Optional<Device> device(DeviceId id) {
    return Optional.ofNullable(devices.get(id));
  }

  public Collection<Device> devices() {
    return Collections.unmodifiableCollection(devices.values());
  }

  /** How many invitations were ever opened. */
  public int invitations() {
    return invitations.size();
  }

  public Optional<Invitation> invitation(VerifyingKey signingKey) {
    return Optional.ofNullable(invitations.get(signingKey));
  }

  private static void require(boolean holds, String otherwise) throws MembershipException {
    if (!holds) {
      throw malformed(otherwise);
    }
  }

  private static MembershipException malformed(String message) {
    return new MembershipException(RefusalCode.REFUSAL_CODE_MALFORMED, message);
  }
}
