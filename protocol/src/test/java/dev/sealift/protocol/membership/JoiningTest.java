package dev.sealift.protocol.membership;

import static dev.sealift.protocol.membership.Refusals.assertMalformed;
import static dev.sealift.protocol.membership.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.proto.Join;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Role;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JoiningTest {
  private static final long NOW = SampleSpace.NOW;

  private final SampleSpace space = new SampleSpace();
  private final SampleDevice joiner = space.joiner;

  @Test
  void aDeviceJoinsByAnInvitation() throws MembershipException {
    Membership before = space.invited();
    SignedHeader file = space.joining(before, space.join());
    assertThat(before.authorKey(file)).contains(joiner.keys().signing());
    Membership after = before.apply(file, NOW + 1);
    assertThat(after.device(joiner.id()))
        .contains(new Device(
            joiner.keys(),
            joiner.member(),
            Role.ROLE_WRITER,
            Optional.of(space.invitation.keys().signing())));
    assertThat(after.devices())
        .extracting(Device::id)
        .containsExactly(space.founder.id(), joiner.id());
    assertThat(after.number()).isEqualTo(2);
    assertThat(after.last()).isEqualTo(file.id());
    assertThat(before.device(joiner.id())).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Role.class,
      names = {"ROLE_READER", "ROLE_WRITER", "ROLE_OWNER"})
  void theInvitationSaysTheRole(Role role) throws MembershipException {
    Device device = space.joinedAs(role).device(joiner.id()).orElseThrow();
    assertThat(device.role()).isEqualTo(role);
    assertThat(device.mayWrite()).isEqualTo(role != Role.ROLE_READER);
    assertThat(device.mayChangeMembers()).isEqualTo(role == Role.ROLE_OWNER);
  }

  @Test
  void anUnknownInvitationIsRefused() throws MembershipException {
    Membership founded = space.founded();
    assertRefused(
        RefusalCode.REFUSAL_CODE_INVITATION_UNKNOWN,
        "no such",
        () -> founded.apply(space.joining(founded, space.join()), NOW));
  }

  /** By server time, which no device can shift. */
  @Test
  void anInvitationIsGoodUntilTheMillisecondBeforeItExpires() throws MembershipException {
    Membership invited = space.invited();
    SignedHeader join = space.joining(invited, space.join());
    assertThat(invited.apply(join, SampleSpace.EXPIRY - 1).device(joiner.id())).isPresent();
    assertRefused(
        RefusalCode.REFUSAL_CODE_INVITATION_EXPIRED,
        "expired",
        () -> invited.apply(join, SampleSpace.EXPIRY));
  }

  @Test
  void anInvitationIsGoodForAsManyJoinsAsItSays() throws MembershipException {
    Membership membership = space.invited(space.open().setUses(2));
    for (int n = 20; n < 22; n++) {
      SampleDevice device = SampleDevice.number(n);
      membership = membership.apply(joining(membership, device), NOW);
    }
    Membership usedUp = membership;
    assertThat(usedUp.devices()).hasSize(3);
    assertRefused(
        RefusalCode.REFUSAL_CODE_INVITATION_USED_UP,
        "no uses left",
        () -> usedUp.apply(joining(usedUp, SampleDevice.number(22)), NOW));
  }

  @Test
  void anInvitationThatIsUsedUpIsSaidToBeEvenWhenItHasExpired() throws MembershipException {
    Membership joined = space.joinedAs(Role.ROLE_WRITER);
    assertRefused(
        RefusalCode.REFUSAL_CODE_INVITATION_USED_UP,
        "no uses left",
        () -> joined.apply(joining(joined, SampleDevice.number(22)), SampleSpace.EXPIRY));
  }

  @Test
  void ofTwoJoinsAtOnceTheSecondIsToldToDoItAgain() throws MembershipException {
    Membership invited = space.invited(space.open().setUses(2));
    SignedHeader second = joining(invited, SampleDevice.number(20));
    Membership after = invited.apply(space.joining(invited, space.join()), NOW);
    assertRefused(
        RefusalCode.REFUSAL_CODE_MEMBERSHIP_CONFLICT, "last link", () -> after.apply(second, NOW));
  }

  @Test
  void aDeviceThatIsInTheSpaceJoinsNoSecondTime() throws MembershipException {
    Membership invited = space.invited(space.open().setUses(2));
    Membership joined = invited.apply(space.joining(invited, space.join()), NOW);
    SignedHeader again = space.joining(joined, space.join());
    assertThat(joined.authorKey(again)).contains(joiner.keys().signing());
    assertMalformed("already", () -> joined.apply(again, NOW));
  }

  @Test
  void aJoinIsWrittenByTheDeviceThatJoins() throws MembershipException {
    Membership invited = space.invited();
    SignedHeader forAnother = space.joining(invited, SampleDevice.number(9), space.join());
    assertThat(invited.authorKey(forAnother)).isEmpty();
    assertMalformed("device that joins", () -> invited.apply(forAnother, NOW));
  }

  @Test
  void aJoinIsSignedByItsInvitation() throws MembershipException {
    Membership invited = space.invited();
    byte[] good = space.join().getInvitationSignature().toByteArray();
    good[10] ^= 1;
    assertBadSignature(invited, space.join().setInvitationSignature(ByteString.copyFrom(good)));
    assertBadSignature(invited, space.join().clearInvitationSignature());
    Join.Builder byAnother = space.join(joiner, SampleDevice.number(9), member(joiner));
    assertBadSignature(invited, byAnother.setInvitation(space.join().getInvitation()));
  }

  /** The signature covers the member, so that nobody on the way can make the device another's. */
  @Test
  void theMemberCannotBeChangedOnTheWay() throws MembershipException {
    Membership invited = space.invited();
    assertBadSignature(invited, space.join().setMember(SampleFiles.filled(16, 0x99)));
  }

  @Test
  void aJoinForAnotherSpaceIsNoGoodHere() throws MembershipException {
    Membership invited = space.invited();
    byte[] elsewhere = JoinSignature.sign(
        space.invitation.signing(),
        SampleFiles.genesis(SampleDevice.number(6)).space(),
        joiner.keys(),
        joiner.member());
    assertBadSignature(
        invited, space.join().setInvitationSignature(ByteString.copyFrom(elsewhere)));
  }

  @Test
  void anInvitationForAMemberMakesNoOther() throws MembershipException {
    ByteString founder = member(space.founder);
    Membership invited = space.invited(space.open().setMember(founder));
    assertMalformed(
        "another member", () -> invited.apply(space.joining(invited, space.join()), NOW));
    Join.Builder own = space.join(joiner, space.invitation, founder);
    Device device =
        invited.apply(space.joining(invited, own), NOW).device(joiner.id()).orElseThrow();
    assertThat(device.member()).isEqualTo(space.founder.member());
  }

  @Test
  void anInvitationForANewMemberGivesNobodyASecondDevice() throws MembershipException {
    Membership invited = space.invited();
    Join.Builder asFounder = space.join(joiner, space.invitation, member(space.founder));
    assertMalformed("new member", () -> invited.apply(space.joining(invited, asFounder), NOW));
  }

  @Test
  void everyFieldOfAJoinIsChecked() throws MembershipException {
    Membership invited = space.invited();
    ByteString wrong = SampleFiles.filled(31, 1);
    assertMalformed("X25519", () -> apply(invited, space.join().clearDevice()));
    assertMalformed("Ed25519", () -> apply(invited, space.join().setInvitation(wrong)));
    assertMalformed("MemberId", () -> apply(invited, space.join().setMember(wrong)));
  }

  @Test
  void aStrangersFileThatIsNoGoodJoinHasNoAuthor() throws MembershipException {
    Membership invited = space.invited();
    assertThat(invited.authorKey(space.joining(invited, space.join().clearDevice())))
        .isEmpty();
    assertThat(invited.authorKey(space.change(invited, joiner, MembershipChange.newBuilder())))
        .isEmpty();
    assertThat(invited.authorKey(
            SampleFiles.sign(SampleFiles.eventsBody(joiner, space.genesis.space()), joiner)))
        .isEmpty();
  }

  private Membership apply(Membership before, Join.Builder join) throws MembershipException {
    return before.apply(space.joining(before, join), NOW);
  }

  private void assertBadSignature(Membership before, Join.Builder join) {
    assertRefused(RefusalCode.REFUSAL_CODE_BAD_SIGNATURE, "invitation", () -> apply(before, join));
  }

  private SignedHeader joining(Membership before, SampleDevice device) {
    return space.joining(before, device, space.join(device, space.invitation, member(device)));
  }

  private static ByteString member(SampleDevice device) {
    return device.member().byteString();
  }
}
