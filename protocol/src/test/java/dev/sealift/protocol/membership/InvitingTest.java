package dev.sealift.protocol.membership;

import static dev.sealift.protocol.membership.Refusals.assertMalformed;
import static dev.sealift.protocol.membership.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.proto.DeviceKeys;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.OpenInvitation;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Role;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InvitingTest {
  private final SampleSpace space = new SampleSpace();

  @Test
  void anOwnerOpensAnInvitation() throws MembershipException {
    Membership before = space.founded();
    SignedHeader file = space.opening(before, space.founder, space.open());
    Membership after = before.apply(file, SampleSpace.NOW);
    assertThat(after.number()).isEqualTo(1);
    assertThat(after.last()).isEqualTo(file.id());
    assertThat(after.invitation(space.invitation.keys().signing()))
        .contains(new Invitation(
            space.founder.id(),
            space.invitation.keys(),
            Role.ROLE_WRITER,
            SampleSpace.EXPIRY,
            1,
            Optional.empty(),
            false));
    assertThat(after.devices()).hasSize(1);
  }

  @Test
  void theMembershipBeforeStaysAsItWas() throws MembershipException {
    Membership before = space.founded();
    before.apply(space.opening(before, space.founder, space.open()), SampleSpace.NOW);
    assertThat(before.number()).isZero();
    assertThat(before.invitation(space.invitation.keys().signing())).isEmpty();
  }

  @Test
  void aChangeIsTheNextLinkOrRefused() throws MembershipException {
    Membership before = space.founded();
    for (long number : new long[] {0, 2, -1}) {
      assertConflict(
          before, change().setNumber(number).setPrevious(before.last().byteString()));
    }
    assertConflict(before, change().setNumber(1).setPrevious(SampleFiles.filled(32, 9)));
    assertConflict(before, change().setNumber(1));
  }

  @Test
  void ofTwoChangesAtOnceTheSecondIsRefused() throws MembershipException {
    Membership before = space.founded();
    SampleDevice otherKeys = SampleDevice.number(11);
    SignedHeader second = space.opening(before, space.founder, space.open(otherKeys));
    Membership after = space.invited();
    assertRefused(
        RefusalCode.REFUSAL_CODE_MEMBERSHIP_CONFLICT,
        "last link",
        () -> after.apply(second, SampleSpace.NOW));
  }

  @Test
  void aFileOfEventsIsNoChange() throws MembershipException {
    Membership before = space.founded();
    SignedHeader events = SampleFiles.sign(
        SampleFiles.eventsBody(space.founder, space.genesis.space()), space.founder);
    assertMalformed("membership", () -> before.apply(events, SampleSpace.NOW));
  }

  @Test
  void aChangeOfAnotherSpaceIsRefused() throws MembershipException {
    Membership before = space.founded();
    MembershipChange.Builder change =
        change().setNumber(1).setPrevious(before.last().byteString());
    SignedHeader elsewhere = SampleFiles.sign(
        SampleFiles.changeBody(
            space.founder, SampleFiles.genesis(SampleDevice.number(5)).space(), change),
        space.founder);
    assertRefused(
        RefusalCode.REFUSAL_CODE_WRONG_SPACE,
        "another space",
        () -> before.apply(elsewhere, SampleSpace.NOW));
  }

  @Test
  void aKindOfChangeThatIsNotKnownIsUnsupported() throws MembershipException {
    Membership before = space.founded();
    SignedHeader unknown = space.change(before, space.founder, MembershipChange.newBuilder());
    assertRefused(
        RefusalCode.REFUSAL_CODE_UNSUPPORTED,
        "not known",
        () -> before.apply(unknown, SampleSpace.NOW));
  }

  @Test
  void aStrangerInvitesNobody() throws MembershipException {
    Membership before = space.founded();
    SampleDevice stranger = SampleDevice.number(7);
    SignedHeader file = space.opening(before, stranger, space.open());
    assertThat(before.authorKey(file)).isEmpty();
    assertRefused(
        RefusalCode.REFUSAL_CODE_NOT_A_MEMBER,
        "not in the space",
        () -> before.apply(file, SampleSpace.NOW));
  }

  @Test
  void onlyAnOwnerInvitesOthers() throws MembershipException {
    assertThatCode(() -> inviteAs(Role.ROLE_OWNER, open())).doesNotThrowAnyException();
    for (Role role : List.of(Role.ROLE_READER, Role.ROLE_WRITER)) {
      assertNotAllowed(role, open().setRole(Role.ROLE_READER));
      ByteString founder = space.founder.member().byteString();
      assertNotAllowed(role, open().setRole(Role.ROLE_READER).setMember(founder));
    }
  }

  @Test
  void everybodyInvitesDevicesOfHerOwnWithinHerRole() {
    List<Role> roles = List.of(Role.ROLE_READER, Role.ROLE_WRITER, Role.ROLE_OWNER);
    for (Role own : roles) {
      for (Role given : roles) {
        OpenInvitation.Builder forSelf =
            open().setMember(space.joiner.member().byteString()).setRole(given);
        if (given.getNumber() <= own.getNumber()) {
          assertThatCode(() -> inviteAs(own, forSelf)).doesNotThrowAnyException();
        } else {
          assertNotAllowed(own, forSelf);
        }
      }
    }
  }

  @Test
  void anInvitationGivesARole() {
    for (int role : new int[] {0, 4, -1, Integer.MIN_VALUE}) {
      assertMalformed("role", () -> space.invited(space.open().setRoleValue(role)));
    }
  }

  @Test
  void anInvitationHasABoundedNumberOfUses() throws MembershipException {
    for (int uses : new int[] {1, Limits.MAX_INVITATION_USES}) {
      assertThat(usesOf(space.invited(space.open().setUses(uses)))).isEqualTo(uses);
    }
    for (int uses : new int[] {0, Limits.MAX_INVITATION_USES + 1, -1}) {
      assertMalformed("uses", () -> space.invited(space.open().setUses(uses)));
    }
  }

  @Test
  void anInvitationExpires() throws MembershipException {
    for (long millis : new long[] {1, Long.MAX_VALUE}) {
      space.invited(space.open().setExpiresAtMillis(millis));
    }
    for (long millis : new long[] {0, -1}) {
      assertMalformed("expires", () -> space.invited(space.open().setExpiresAtMillis(millis)));
    }
  }

  @Test
  void everyFieldOfAnInvitationIsChecked() {
    assertMalformed("X25519", () -> space.invited(space.open().clearKeys()));
    DeviceKeys.Builder anyoneCanSign =
        space.invitation.keys().toProto().toBuilder().setSigning(SampleFiles.filled(32, 0));
    assertMalformed("small order", () -> space.invited(space.open().setKeys(anyoneCanSign)));
    assertMalformed(
        "MemberId", () -> space.invited(space.open().setMember(SampleFiles.filled(15, 1))));
  }

  @Test
  void anInvitationsKeyIsUsedOnce() throws MembershipException {
    Membership invited = space.invited();
    SignedHeader again = space.opening(invited, space.founder, space.open().setUses(9));
    assertMalformed("once", () -> invited.apply(again, SampleSpace.NOW));
  }

  private static MembershipChange.Builder change() {
    return MembershipChange.newBuilder().setOpenInvitation(new SampleSpace().open());
  }

  private void assertConflict(Membership before, MembershipChange.Builder change) {
    SignedHeader file = SampleFiles.sign(
        SampleFiles.changeBody(space.founder, space.genesis.space(), change), space.founder);
    assertRefused(
        RefusalCode.REFUSAL_CODE_MEMBERSHIP_CONFLICT,
        "last link",
        () -> before.apply(file, SampleSpace.NOW));
  }

  /** By the second device of the space, which has this role. */
  private Membership inviteAs(Role role, OpenInvitation.Builder open) throws MembershipException {
    Membership before = space.joinedAs(role);
    return before.apply(space.opening(before, space.joiner, open), SampleSpace.NOW + 2);
  }

  private void assertNotAllowed(Role role, OpenInvitation.Builder open) {
    assertRefused(RefusalCode.REFUSAL_CODE_NOT_A_MEMBER, "owner", () -> inviteAs(role, open));
  }

  private OpenInvitation.Builder open() {
    return space.open(SampleDevice.number(11));
  }

  private int usesOf(Membership membership) {
    return membership
        .invitation(space.invitation.keys().signing())
        .orElseThrow()
        .usesLeft();
  }
}
