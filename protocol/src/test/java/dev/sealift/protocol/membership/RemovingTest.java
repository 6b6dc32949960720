package dev.sealift.protocol.membership;

import static dev.sealift.protocol.membership.Refusals.assertMalformed;
import static dev.sealift.protocol.membership.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.membership.Invitation.Standing;
import dev.sealift.protocol.proto.ChangeRole;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Leave;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.NewEpoch;
import dev.sealift.protocol.proto.OpenInvitation;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Remove;
import dev.sealift.protocol.proto.Role;
import dev.sealift.protocol.proto.StartEpoch;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who goes, who may let go, and which epoch begins with it. */
class RemovingTest {
  private static final long NOW = SampleSpace.NOW + 10;
  private static final ByteString SECOND = SampleFiles.filled(32, 0x56);

  private final SampleSpace space = new SampleSpace();
  private final SampleDevice founder = space.founder;
  private final SampleDevice joiner = space.joiner;

  @Test
  void anOwnerRemovesADevice() throws MembershipException {
    Membership before = space.joinedAs(Role.ROLE_WRITER);
    SignedHeader file = change(before, founder, removing(joiner).setEpoch(second()));
    Membership after = before.apply(file, NOW);
    assertThat(after.device(joiner.id())).isEmpty();
    assertThat(after.authorKey(change(after, joiner, removing(founder)))).isEmpty();
    assertThat(after.everHad(joiner.id())).isTrue();
    assertThat(after.gone(joiner.id()))
        .contains(new Gone(before.device(joiner.id()).orElseThrow(), file.id(), NOW));
    assertThat(after.epoch()).isEqualTo(2);
    assertThat(after.epochCommitment()).isEqualTo(SECOND);
    assertThat(after.epochCommitment(1)).contains(before.epochCommitment());
    assertThat(after.owesRotation()).isFalse();
    assertThat(after.lastLossMillis()).isEqualTo(NOW);
    assertThat(before.device(joiner.id())).isPresent();
    assertThat(before.lastLossMillis()).isZero();
  }

  @Test
  void aMemberGoesWithAllHerDevices() throws MembershipException {
    Membership before = withSecondDevice(Role.ROLE_WRITER);
    Membership after = before.apply(
        change(
            before,
            founder,
            Remove.newBuilder().addMembers(joiner.member().byteString()).setEpoch(second())),
        NOW);
    assertThat(after.devices()).extracting(Device::id).containsExactly(founder.id());
    assertThat(after.gone()).hasSize(2);
    assertThat(after.isOnly(founder.member())).isFalse();
    assertThat(after.isOneDevice()).isFalse();
  }

  @Test
  void aMemberRemovesDevicesOfHerOwnUpToHerRole() throws MembershipException {
    SampleDevice second = SampleDevice.number(3);
    Membership before = withSecondDevice(Role.ROLE_WRITER);
    Membership after =
        before.apply(change(before, joiner, removing(second).setEpoch(second())), NOW);
    assertThat(after.device(second.id())).isEmpty();
    assertNotAllowed(before, joiner, removing(founder).setEpoch(second()));
    Membership withReader = withSecondDevice(Role.ROLE_READER);
    assertNotAllowed(withReader, second, removing(joiner));
  }

  @Test
  void aReadersRemovalStartsNoEpochAndOwesOne() throws MembershipException {
    Membership before = readersWithTwoDevices();
    SampleDevice second = SampleDevice.number(3);
    assertMalformed(
        "chooses no key",
        () -> before.apply(change(before, joiner, removing(second).setEpoch(second())), NOW));
    Membership after = before.apply(change(before, joiner, removing(second)), NOW);
    assertThat(after.epoch()).isEqualTo(1);
    assertThat(after.owesRotation()).isTrue();
  }

  @Test
  void nobodyRemovesHerself() throws MembershipException {
    Membership before = space.joinedAs(Role.ROLE_OWNER);
    assertMalformed(
        "leaves",
        () -> before.apply(change(before, joiner, removing(joiner).setEpoch(second())), NOW));
    assertMalformed(
        "leaves",
        () -> before.apply(
            change(
                before,
                joiner,
                Remove.newBuilder().addMembers(joiner.member().byteString()).setEpoch(second())),
            NOW));
  }

  @Test
  void whoWasRemovedNeverComesBackAsTheSameDeviceNorMember() throws MembershipException {
    Membership gone = removed(space.joinedAs(Role.ROLE_WRITER));
    SampleDevice keys = SampleDevice.number(12);
    Membership invited = gone.apply(space.opening(gone, founder, space.open(keys)), NOW + 1 - 10);
    assertMalformed(
        "already, or was",
        () -> invited.apply(
            space.joining(
                invited, joiner, space.join(joiner, keys, SampleDevice.member(9).byteString())),
            SampleSpace.NOW + 20));
    SampleDevice again = SampleDevice.number(13);
    assertMalformed(
        "new member",
        () -> invited.apply(
            space.joining(
                invited, again, space.join(again, keys, joiner.member().byteString())),
            SampleSpace.NOW + 20));
  }

  @Test
  void everythingThatIsNamedIsThereOnceAndWithinBounds() throws MembershipException {
    Membership before = space.joinedAs(Role.ROLE_WRITER);
    assertMalformed("names what", () -> apply(before, Remove.newBuilder()));
    assertMalformed(
        "once", () -> apply(before, removing(joiner).addDevices(joiner.id().byteString())));
    assertMalformed("not in the space", () -> apply(before, removing(SampleDevice.number(7))));
    assertMalformed(
        "not in the space",
        () -> apply(before, Remove.newBuilder().addMembers(SampleFiles.filled(16, 7))));
    assertMalformed(
        "no invitation",
        () -> apply(before, Remove.newBuilder().addInvitations(SampleFiles.filled(32, 7))));
    assertMalformed(
        "DeviceId", () -> apply(before, Remove.newBuilder().addDevices(SampleFiles.filled(31, 1))));
    Remove.Builder many = Remove.newBuilder();
    for (int i = 0; i <= Limits.MAX_REMOVED; i++) {
      many.addDevices(SampleFiles.filled(32, i));
    }
    assertMalformed("more than it may", () -> apply(before, many));
  }

  @Test
  void withdrawnInvitationsAdmitNobodyAndStartAnEpoch() throws MembershipException {
    Membership before = space.invited();
    Membership after = before.apply(
        change(
            before,
            founder,
            Remove.newBuilder()
                .addInvitations(space.invitation.keys().signing().byteString())
                .setEpoch(second())),
        SampleSpace.NOW + 1);
    assertThat(after.epoch()).isEqualTo(2);
    assertThat(standing(after)).isEqualTo(Standing.WITHDRAWN);
    assertThat(after.openInvitations(SampleSpace.NOW + 2)).isEmpty();
    assertThat(after.hasInvitations()).isFalse();
    assertRefused(
        RefusalCode.REFUSAL_CODE_INVITATION_UNKNOWN,
        "no such",
        () -> after.apply(space.joining(after, space.join()), SampleSpace.NOW + 2));
    Membership all = before.apply(
        change(before, founder, Remove.newBuilder().setAllInvitations(true).setEpoch(second())),
        SampleSpace.NOW + 1);
    assertThat(standing(all)).isEqualTo(Standing.WITHDRAWN);
  }

  @Test
  void invitationsEndWithThoseWhoKnowThem() throws MembershipException {
    Membership joined = space.joinedAs(Role.ROLE_OWNER);
    SampleDevice opened = SampleDevice.number(11);
    SampleDevice forMember = SampleDevice.number(12);
    SampleDevice others = SampleDevice.number(14);
    Membership before = joined.apply(space.opening(joined, joiner, space.open(opened)), NOW - 3);
    before = before.apply(
        space.opening(
            before, founder, space.open(forMember).setMember(joiner.member().byteString())),
        NOW - 2);
    before = before.apply(space.opening(before, founder, space.open(others)), NOW - 1);
    Membership after = removed(before);
    assertThat(standing(after, opened)).isEqualTo(Standing.WITHDRAWN);
    assertThat(standing(after, forMember)).isEqualTo(Standing.WITHDRAWN);
    assertThat(standing(after, space.invitation))
        .as("that by which it came: it has the secret")
        .isEqualTo(Standing.WITHDRAWN);
    assertThat(standing(after, others)).isEqualTo(Standing.OPEN);
  }

  @Test
  void anybodyWithdrawsWhatSheOpenedAndAnOwnerAnything() throws MembershipException {
    Membership joined = space.joinedAs(Role.ROLE_WRITER);
    SampleDevice own = SampleDevice.number(11);
    Membership before = joined.apply(
        space.opening(joined, joiner, space.open(own).setMember(joiner.member().byteString())),
        NOW - 1);
    Membership after = before.apply(change(before, joiner, withdrawing(own)), NOW);
    assertThat(standing(after, own)).isEqualTo(Standing.WITHDRAWN);
    assertThat(standing(before.apply(change(before, founder, withdrawing(own)), NOW), own))
        .isEqualTo(Standing.WITHDRAWN);
    assertNotAllowed(before, joiner, withdrawing(space.invitation));
    assertNotAllowed(
        before, joiner, Remove.newBuilder().setAllInvitations(true).setEpoch(second()));
  }

  @Test
  void aDeviceLeavesAndTheSpaceOwesAnEpoch() throws MembershipException {
    Membership before = space.joinedAs(Role.ROLE_WRITER);
    Membership after = before.apply(leaving(before, joiner), NOW);
    assertThat(after.device(joiner.id())).isEmpty();
    assertThat(after.gone(joiner.id())).isPresent();
    assertThat(after.epoch()).isEqualTo(1);
    assertThat(after.owesRotation()).isTrue();
    assertThat(after.lastLossMillis()).isEqualTo(NOW);
    Membership paid = after.apply(starting(after, founder, second()), NOW + 1);
    assertThat(paid.owesRotation()).isFalse();
    assertThat(paid.epoch()).isEqualTo(2);
    assertThat(paid.lastLossMillis()).isEqualTo(NOW);
  }

  @Test
  void theLastOwnerStays() throws MembershipException {
    Membership before = space.joinedAs(Role.ROLE_WRITER);
    assertRefused(
        RefusalCode.REFUSAL_CODE_LAST_OWNER,
        "owner",
        () -> before.apply(leaving(before, founder), NOW));
    assertRefused(
        RefusalCode.REFUSAL_CODE_LAST_OWNER,
        "owner",
        () -> before.apply(role(before, founder, founder, Role.ROLE_WRITER), NOW));
    Membership two = space.joinedAs(Role.ROLE_OWNER);
    assertThat(two.apply(leaving(two, founder), NOW).devices()).hasSize(1);
  }

  @Test
  void anOwnerChangesRoles() throws MembershipException {
    Membership before = space.joinedAs(Role.ROLE_WRITER);
    for (Role role : List.of(Role.ROLE_READER, Role.ROLE_OWNER)) {
      Membership after = before.apply(role(before, founder, joiner, role), NOW);
      assertThat(after.device(joiner.id()).orElseThrow().role()).isEqualTo(role);
      assertThat(after.epoch()).isEqualTo(1);
    }
    assertMalformed(
        "another role", () -> before.apply(role(before, founder, joiner, Role.ROLE_WRITER), NOW));
    assertMalformed(
        "another role",
        () -> before.apply(role(before, founder, joiner, Role.ROLE_UNSPECIFIED), NOW));
    assertMalformed(
        "not in the space",
        () -> before.apply(role(before, founder, SampleDevice.number(7), Role.ROLE_READER), NOW));
    assertRefused(
        RefusalCode.REFUSAL_CODE_NOT_A_MEMBER,
        "only an owner",
        () -> before.apply(role(before, joiner, founder, Role.ROLE_READER), NOW));
  }

  @Test
  void aLowerRoleEndsWhatTheDeviceCouldNotOpenAnyMore() throws MembershipException {
    Membership joined = space.joinedAs(Role.ROLE_OWNER);
    SampleDevice anybody = SampleDevice.number(11);
    SampleDevice own = SampleDevice.number(12);
    Membership before = joined.apply(space.opening(joined, joiner, space.open(anybody)), NOW - 2);
    before = before.apply(
        space.opening(before, joiner, space.open(own).setMember(joiner.member().byteString())),
        NOW - 1);
    Membership writer = before.apply(role(before, founder, joiner, Role.ROLE_WRITER), NOW);
    assertThat(standing(writer, anybody)).isEqualTo(Standing.WITHDRAWN);
    assertThat(standing(writer, own)).isEqualTo(Standing.OPEN);
    Membership reader = before.apply(role(before, founder, joiner, Role.ROLE_READER), NOW);
    assertThat(standing(reader, own)).isEqualTo(Standing.WITHDRAWN);
  }

  @Test
  void anEpochFollowsTheOneBefore() throws MembershipException {
    Membership before = space.joinedAs(Role.ROLE_WRITER);
    for (int number : new int[] {0, 1, 3, -1}) {
      assertMalformed(
          "follows",
          () -> before.apply(starting(before, founder, second().setNumber(number)), NOW));
    }
    for (ByteString commitment :
        List.of(SampleFiles.filled(31, 1), ByteString.EMPTY, before.epochCommitment())) {
      assertMalformed(
          "32 bytes",
          () -> before.apply(starting(before, founder, second().setCommitment(commitment)), NOW));
    }
    for (int previous : new int[] {2, -1, 3}) {
      assertMalformed(
          "goes on",
          () -> before.apply(starting(before, founder, second().setPrevious(previous)), NOW));
    }
    assertMalformed("follows", () -> before.apply(change(before, founder, removing(joiner)), NOW));
    assertThat(before
            .apply(starting(before, founder, second().setPrevious(0)), NOW)
            .epoch())
        .isEqualTo(2);
  }

  @Test
  void aWriterStartsAnEpochOnlyThatIsOwedAndGoesOnFromTheOneBefore() throws MembershipException {
    Membership before = withSecondDevice(Role.ROLE_READER);
    assertRefused(
        RefusalCode.REFUSAL_CODE_NOT_A_MEMBER,
        "not owed",
        () -> before.apply(starting(before, joiner, second()), NOW));
    Membership owing = before.apply(leaving(before, SampleDevice.number(3)), NOW);
    assertMalformed(
        "goes on", () -> owing.apply(starting(owing, joiner, second().setPrevious(0)), NOW + 1));
    assertThat(owing.apply(starting(owing, joiner, second()), NOW + 1).owesRotation())
        .isFalse();
    Membership readers = readersWithTwoDevices();
    Membership left = readers.apply(leaving(readers, SampleDevice.number(3)), NOW);
    assertRefused(
        RefusalCode.REFUSAL_CODE_NOT_A_MEMBER,
        "not owed",
        () -> left.apply(starting(left, joiner, second()), NOW + 1));
  }

  @Test
  void filesAreOfTheCurrentEpochByNumberAndKey() throws MembershipException {
    Membership first = space.joinedAs(Role.ROLE_WRITER);
    SignedHeader old = events(1, ByteString.EMPTY);
    SignedHeader now = events(2, FileHeader.keyId(2, SECOND));
    SignedHeader other = events(2, SampleFiles.filled(16, 3));
    assertThat(first.isCurrent(old.header())).isTrue();
    assertThat(first.isCurrent(now.header())).isFalse();
    Membership second = first.apply(starting(first, founder, second()), NOW);
    assertThat(second.isCurrent(old.header())).isFalse();
    assertThat(second.wasCurrent(old.header())).isTrue();
    assertThat(second.isCurrent(now.header())).isTrue();
    assertThat(second.isCurrent(other.header())).isFalse();
    assertThat(second.wasCurrent(other.header())).isFalse();
    assertThat(second.isCurrent(space.genesis.header())).as("it is not sealed").isTrue();
  }

  private SignedHeader events(int epoch, ByteString keyId) {
    HeaderBody.Builder body = SampleFiles.eventsBody(founder, space.genesis.space());
    return SampleFiles.sign(body.setEpoch(epoch).setKeyId(keyId), founder);
  }

  private static NewEpoch.Builder second() {
    return NewEpoch.newBuilder().setNumber(2).setCommitment(SECOND).setPrevious(1);
  }

  private static Remove.Builder removing(SampleDevice device) {
    return Remove.newBuilder().addDevices(device.id().byteString());
  }

  private static Remove.Builder withdrawing(SampleDevice invitation) {
    return Remove.newBuilder()
        .addInvitations(invitation.keys().signing().byteString())
        .setEpoch(second());
  }

  private SignedHeader change(Membership before, SampleDevice author, Remove.Builder remove) {
    return space.change(before, author, MembershipChange.newBuilder().setRemove(remove));
  }

  private Membership apply(Membership before, Remove.Builder remove) throws MembershipException {
    return before.apply(change(before, founder, remove.setEpoch(second())), NOW);
  }

  private Membership removed(Membership before) throws MembershipException {
    return apply(before, removing(joiner));
  }

  private SignedHeader leaving(Membership before, SampleDevice who) {
    return space.change(
        before, who, MembershipChange.newBuilder().setLeave(Leave.getDefaultInstance()));
  }

  private SignedHeader role(Membership before, SampleDevice author, SampleDevice whose, Role role) {
    return space.change(
        before,
        author,
        MembershipChange.newBuilder()
            .setChangeRole(
                ChangeRole.newBuilder().setDevice(whose.id().byteString()).setRole(role)));
  }

  private SignedHeader starting(Membership before, SampleDevice author, NewEpoch.Builder epoch) {
    return space.change(
        before,
        author,
        MembershipChange.newBuilder().setStartEpoch(StartEpoch.newBuilder().setEpoch(epoch)));
  }

  private void assertNotAllowed(Membership before, SampleDevice author, Remove.Builder remove) {
    assertRefused(
        RefusalCode.REFUSAL_CODE_NOT_A_MEMBER,
        "only an owner",
        () -> before.apply(change(before, author, remove), NOW));
  }

  private Standing standing(Membership membership) {
    return standing(membership, space.invitation);
  }

  private static Standing standing(Membership membership, SampleDevice invitation) {
    return membership
        .invitation(invitation.keys().signing())
        .orElseThrow()
        .standing(SampleSpace.NOW);
  }

  /** A writer's second device, whose role is given. */
  private Membership withSecondDevice(Role role) throws MembershipException {
    return withSecondDevice(space.joinedAs(Role.ROLE_WRITER), role);
  }

  private Membership readersWithTwoDevices() throws MembershipException {
    return withSecondDevice(space.joinedAs(Role.ROLE_READER), Role.ROLE_READER);
  }

  private Membership withSecondDevice(Membership joined, Role role) throws MembershipException {
    SampleDevice keys = SampleDevice.number(20);
    SampleDevice second = SampleDevice.number(3);
    OpenInvitation.Builder open =
        space.open(keys).setRole(role).setMember(joiner.member().byteString());
    Membership invited = joined.apply(space.opening(joined, founder, open), SampleSpace.NOW + 2);
    return invited.apply(
        space.joining(invited, second, space.join(second, keys, joiner.member().byteString())),
        SampleSpace.NOW + 3);
  }

  @Test
  void aFounderCameByNoInvitation() throws MembershipException {
    Membership joined = space.joinedAs(Role.ROLE_WRITER);
    assertThat(joined.device(founder.id()).orElseThrow().joinedBy()).isEmpty();
    assertThat(joined.device(joiner.id()).orElseThrow().joinedBy())
        .isEqualTo(Optional.of(space.invitation.keys().signing()));
  }
}
