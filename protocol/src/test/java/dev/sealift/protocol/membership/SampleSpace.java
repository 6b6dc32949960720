package dev.sealift.protocol.membership;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.proto.Join;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.OpenInvitation;
import dev.sealift.protocol.proto.Role;

/** A space with its founder, and the changes that may follow. Times are in milliseconds of server time. */
final class SampleSpace {
  static final long NOW = SampleFiles.NEW_YEAR_MILLIS;
  static final long EXPIRY = NOW + 1_000;

  final SampleDevice founder = SampleDevice.number(1);
  final SampleDevice invitation = SampleDevice.number(10);
  final SampleDevice joiner = SampleDevice.number(2);
  final SignedHeader genesis = SampleFiles.genesis(founder);

  Membership founded() throws MembershipException {
    return Membership.found(genesis);
  }

  /** Open to one new writer. */
  Membership invited() throws MembershipException {
    return invited(open());
  }

  Membership invited(OpenInvitation.Builder open) throws MembershipException {
    Membership founded = founded();
    return founded.apply(opening(founded, founder, open), NOW);
  }

  /** With a second device, whose role is given. */
  Membership joinedAs(Role role) throws MembershipException {
    Membership invited = invited(open().setRole(role));
    return invited.apply(joining(invited, join()), NOW + 1);
  }

  OpenInvitation.Builder open() {
    return open(invitation);
  }

  OpenInvitation.Builder open(SampleDevice keys) {
    return OpenInvitation.newBuilder()
        .setKeys(keys.keys().toProto())
        .setRole(Role.ROLE_WRITER)
        .setExpiresAtMillis(EXPIRY)
        .setUses(1);
  }

  Join.Builder join() {
    return join(joiner, invitation, joiner.member().byteString());
  }

  Join.Builder join(SampleDevice device, SampleDevice by, ByteString member) {
    byte[] signature = JoinSignature.sign(
        by.signing(), genesis.space(), device.keys(), SampleDevice.member(member.byteAt(0)));
    return Join.newBuilder()
        .setDevice(device.keys().toProto())
        .setInvitation(by.keys().signing().byteString())
        .setInvitationSignature(ByteString.copyFrom(signature))
        .setMember(member);
  }

  SignedHeader opening(Membership before, SampleDevice author, OpenInvitation.Builder open) {
    return change(before, author, MembershipChange.newBuilder().setOpenInvitation(open));
  }

  SignedHeader joining(Membership before, Join.Builder join) {
    return joining(before, joiner, join);
  }

  SignedHeader joining(Membership before, SampleDevice author, Join.Builder join) {
    return change(before, author, MembershipChange.newBuilder().setJoin(join));
  }

  SignedHeader change(Membership before, SampleDevice author, MembershipChange.Builder change) {
    change.setNumber(before.number() + 1).setPrevious(before.last().byteString());
    return SampleFiles.sign(SampleFiles.changeBody(author, genesis.space(), change), author);
  }
}
