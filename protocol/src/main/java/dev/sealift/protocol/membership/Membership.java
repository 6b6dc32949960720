package dev.sealift.protocol.membership;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
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
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Role;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who is in a space, as its chain of membership files says: the same code for the mesh and for every device.
 *
 * <p>The chain starts at genesis; each change names the one before and is admitted only as the next link. This class checks
 * what a change may do and the signature of an invitation; the signature on the file itself is checked by the caller,
 * once, with {@link #authorKey}. Immutable.
 */
public final class Membership {
  public static final int COMMITMENT_BYTES = 32;

  /** The number of the epoch that a genesis begins. */
  public static final int FIRST_EPOCH = 1;

  private final SpaceId space;
  private final VerifyingKey notary;
  private final SpaceRules rules;
  private final long number;
  private final FileId last;
  private final Roster roster;

  private Membership(
      SpaceId space,
      VerifyingKey notary,
      SpaceRules rules,
      long number,
      FileId last,
      Roster roster) {
    this.space = space;
    this.notary = notary;
    this.rules = rules;
    this.number = number;
    this.last = last;
    this.roster = roster;
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
          Role.ROLE_OWNER,
          Optional.empty());
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
          0,
          file.id(),
          Roster.of(founder, genesis.getEpochCommitment()));
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
      return new Membership(
          space, notary, rules, number + 1, file.id(), after(file, change, serverTimeMillis));
    } catch (FormatException e) {
      throw malformed(e.getMessage());
    }
  }

  private Roster after(SignedHeader file, MembershipChange change, long serverTimeMillis)
      throws MembershipException, FormatException {
    Changes changes = new Changes(space, roster, file, serverTimeMillis);
    return switch (change.getChangeCase()) {
      case OPEN_INVITATION -> changes.opened(change.getOpenInvitation());
      case JOIN -> changes.joined(change.getJoin());
      case REMOVE -> changes.removed(change.getRemove());
      case LEAVE -> changes.left();
      case CHANGE_ROLE -> changes.changed(change.getChangeRole());
      case START_EPOCH -> changes.started(change.getStartEpoch());
      default ->
        throw new MembershipException(
            RefusalCode.REFUSAL_CODE_UNSUPPORTED,
            "a kind of membership change that is not known here");
    };
  }

  /**
   * The key that must have signed {@code file}: its author's, or, in a join, the one that the file itself brings. Empty when
   * the author is not in the space, or the join's keys are malformed or not those of its author.
   */
  public Optional<VerifyingKey> authorKey(SignedHeader file) {
    Device device = roster.devices().get(file.header().device());
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

  /** The number of the current content key. */
  public int epoch() {
    return roster.epochs().current();
  }

  /** What commits who started an epoch to its key, 32 bytes; empty for one that was not yet. */
  public Optional<ByteString> epochCommitment(int epoch) {
    return roster.epochs().commitment(epoch);
  }

  /** The same of the current epoch. */
  public ByteString epochCommitment() {
    return epochCommitment(epoch()).orElseThrow();
  }

  /** Whether a file that is sealed is so under the current key; any other always is. */
  public boolean isCurrent(FileHeader file) {
    return !file.isSealed() || file.epoch() == epoch() && wasCurrent(file);
  }

  /** Whether a file that is sealed is so under a key that is or was the current one. */
  public boolean wasCurrent(FileHeader file) {
    return roster.epochs().isOf(file);
  }

  /** Whether somebody who is out of the space has the current key: until an epoch is started, which any writer may do then. */
  public boolean owesRotation() {
    return roster.owesRotation();
  }

  /** The server time of the last change by which anybody lost access to the space; 0 when nobody has. */
  public long lastLossMillis() {
    return roster.lastLossMillis();
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
    return Optional.ofNullable(roster.devices().get(id));
  }

  public Collection<Device> devices() {
    return Collections.unmodifiableCollection(roster.devices().values());
  }

  /** How a device went that is not in the space any more; empty for one that is, or never was. */
  public Optional<Gone> gone(DeviceId id) {
    return Optional.ofNullable(roster.gone().get(id));
  }

  /** All devices that were in the space and are not any more. */
  public Collection<Gone> gone() {
    return Collections.unmodifiableCollection(roster.gone().values());
  }

  /** A device that is in the space, or as it was last there. */
  public Optional<Device> everDevice(DeviceId id) {
    return device(id).or(() -> gone(id).map(Gone::device));
  }

  /** All devices that are in the space or were. */
  public Stream<Device> everDevices() {
    return roster.everDevices();
  }

  /** Whether a device is in the space, or was. */
  public boolean everHad(DeviceId id) {
    return roster.everHad(id);
  }

  /** Whether the space never had another device than the one that is in it. */
  public boolean isOneDevice() {
    return roster.devices().size() == 1 && roster.gone().isEmpty();
  }

  /** Whether the space never had a device of any other member. */
  public boolean isOnly(MemberId member) {
    return roster.everDevices().allMatch(device -> device.member().equals(member));
  }

  /** All invitations that were ever opened. */
  public Collection<Invitation> everInvitations() {
    return Collections.unmodifiableCollection(roster.invitations().values());
  }

  /** How many invitations were ever opened. */
  public int invitations() {
    return roster.invitations().size();
  }

  /** Whether there is an invitation that was not withdrawn, be it over otherwise. */
  public boolean hasInvitations() {
    return roster.invitations().values().stream().anyMatch(invitation -> !invitation.isWithdrawn());
  }

  public Optional<Invitation> invitation(VerifyingKey signingKey) {
    return Optional.ofNullable(roster.invitations().get(signingKey));
  }

  /** Those by which somebody can still join at a server time. */
  public List<Invitation> openInvitations(long serverTimeMillis) {
    return roster.invitations().values().stream()
        .filter(invitation -> invitation.standing(serverTimeMillis) == Invitation.Standing.OPEN)
        .toList();
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
