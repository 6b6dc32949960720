package dev.sealift.protocol.vectors;

import static dev.sealift.protocol.SampleFiles.NEW_YEAR_MILLIS;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.membership.JoinSignature;
import dev.sealift.protocol.proto.Genesis;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Join;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.OpenInvitation;
import dev.sealift.protocol.proto.RankRule;
import dev.sealift.protocol.proto.Role;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Chains from one genesis. A chain is told as a story: each step adds a file and the next millisecond. */
final class MembershipChains {
  private static final SampleDevice FOUNDER = SampleDevice.number(1);
  private static final SampleDevice JOINER = SampleDevice.number(2);
  private static final SampleDevice THIRD = SampleDevice.number(3);
  private static final SampleDevice INVITATION = SampleDevice.number(10);
  private static final SampleDevice SECOND_INVITATION = SampleDevice.number(11);
  private static final SignedHeader GENESIS = SampleFiles.genesis(FOUNDER);
  private static final long EXPIRY = NEW_YEAR_MILLIS + 1_000;

  private final List<SignedHeader> files = new ArrayList<>();
  private final List<Long> times = new ArrayList<>();

  private MembershipChains(SignedHeader genesis) {
    add(genesis, NEW_YEAR_MILLIS);
  }

  private static MembershipChains founded() {
    return new MembershipChains(GENESIS);
  }

  private MembershipChains add(SignedHeader file, long time) {
    files.add(file);
    times.add(time);
    return this;
  }

  private MembershipChains change(SampleDevice author, Consumer<MembershipChange.Builder> change) {
    MembershipChange.Builder next =
        MembershipChange.newBuilder().setNumber(files.size()).setPrevious(last().byteString());
    change.accept(next);
    return add(
        SampleFiles.sign(SampleFiles.changeBody(author, GENESIS.space(), next), author),
        NEW_YEAR_MILLIS + files.size());
  }

  private FileId last() {
    return files.get(files.size() - 1).id();
  }

  private MembershipChains open(SampleDevice author, OpenInvitation.Builder open) {
    return change(author, change -> change.setOpenInvitation(open));
  }

  private MembershipChains join(SampleDevice device, Join.Builder join) {
    return change(device, change -> change.setJoin(join));
  }

  private MembershipChains at(long time) {
    times.set(times.size() - 1, time);
    return this;
  }

  private Json json() {
    List<Json> steps = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      steps.add(Json.object()
          .hex("signed_header", files.get(i).byteString())
          .u64("server_time_millis", times.get(i)));
    }
    return Json.object().list("files", steps, Json::get);
  }

  private static OpenInvitation.Builder opening() {
    return OpenInvitation.newBuilder()
        .setKeys(INVITATION.keys().toProto())
        .setRole(Role.ROLE_WRITER)
        .setExpiresAtMillis(EXPIRY)
        .setUses(1);
  }

  private static OpenInvitation.Builder secondOpening() {
    return opening().setKeys(SECOND_INVITATION.keys().toProto());
  }

  private static Join.Builder joining(SampleDevice device) {
    return joining(device, INVITATION, device.member());
  }

  private static Join.Builder joining(SampleDevice device, SampleDevice by, MemberId member) {
    byte[] signature = JoinSignature.sign(by.signing(), GENESIS.space(), device.keys(), member);
    return Join.newBuilder()
        .setDevice(device.keys().toProto())
        .setInvitation(by.keys().signing().byteString())
        .setInvitationSignature(ByteString.copyFrom(signature))
        .setMember(member.byteString());
  }

  /** With a second device in the role. */
  private static MembershipChains joinedAs(Role role) {
    return founded()
        .open(FOUNDER, opening().setRole(role).setUses(2))
        .join(JOINER, joining(JOINER));
  }

  static void add(Cases to) {
    good(to);
    refusedGenesis(to);
    refusedLinks(to);
    refusedInvitations(to);
    refusedJoins(to);
  }

  private static void good(Cases to) {
    to.add("a genesis", founded().json());
    to.add(
        "an invitation opened by an owner", founded().open(FOUNDER, opening()).json());
    to.add("a join as a writer", joinedAs(Role.ROLE_WRITER).json());
    to.add(
        "two joins by one invitation",
        joinedAs(Role.ROLE_READER).join(THIRD, joining(THIRD)).json());
    to.add(
        "a join in the last millisecond",
        founded()
            .open(FOUNDER, opening())
            .join(JOINER, joining(JOINER))
            .at(EXPIRY - 1)
            .json());
    to.add(
        "an owner's second device",
        founded()
            .open(
                FOUNDER,
                opening().setRole(Role.ROLE_OWNER).setMember(FOUNDER.member().byteString()))
            .join(JOINER, joining(JOINER, INVITATION, FOUNDER.member()))
            .json());
    to.add(
        "a reader invites a device of her own, as a reader",
        joinedAs(Role.ROLE_READER)
            .open(
                JOINER,
                secondOpening()
                    .setRole(Role.ROLE_READER)
                    .setMember(JOINER.member().byteString()))
            .join(THIRD, joining(THIRD, SECOND_INVITATION, JOINER.member()))
            .json());
    to.add(
        "10,000 uses",
        founded().open(FOUNDER, opening().setUses(Limits.MAX_INVITATION_USES)).json());
    to.add(
        "an invitation whose HPKE key is another's",
        "Only the signing key names an invitation.",
        founded()
            .open(FOUNDER, opening())
            .open(
                FOUNDER,
                secondOpening()
                    .setKeys(SECOND_INVITATION.keys().toProto().toBuilder()
                        .setHpke(INVITATION.keys().hpke())))
            .json());
  }

  private static void refusedGenesis(Cases to) {
    genesis(to, "no founder", SampleFiles.founding(FOUNDER).clearFounder());
    genesis(to, "another founder than the author", SampleFiles.founding(JOINER));
    genesis(to, "a member of 15 bytes", SampleFiles.founding(FOUNDER).setMember(filled(15)));
    genesis(
        to,
        "a notary of small order",
        SampleFiles.founding(FOUNDER).setNotary(SampleFiles.filled(32, 0)));
    genesis(
        to,
        "a commitment of 31 bytes",
        SampleFiles.founding(FOUNDER).setEpochCommitment(filled(31)));
    genesis(to, "no rules", SampleFiles.founding(FOUNDER).clearRules());
    genesis(to, "a clock bound of 0", rules(rules -> rules.clearClockBoundMillis()));
    genesis(
        to,
        "a cut-off of 36,500 days and 1 ms",
        rules(rules -> rules.setCutOffMillis(3_153_600_000_001L)));
    genesis(to, "an unknown rank rule", rules(rules -> rules.setRankRuleValue(2)));
    HeaderBody.Builder number = SampleFiles.genesisBody(FOUNDER);
    number.getMembershipBuilder().setNumber(1);
    to.add(
        "refused genesis: number 1",
        new MembershipChains(SampleFiles.sign(number, FOUNDER)).json());
    HeaderBody.Builder previous = SampleFiles.genesisBody(FOUNDER);
    previous.getMembershipBuilder().setPrevious(filled(32));
    to.add(
        "refused genesis: a previous change",
        new MembershipChains(SampleFiles.sign(previous, FOUNDER)).json());
    to.add(
        "refused genesis: the fourth file of its author",
        new MembershipChains(
                SampleFiles.sign(SampleFiles.later(SampleFiles.genesisBody(FOUNDER)), FOUNDER))
            .json());
    to.add(
        "refused genesis: epoch 2",
        new MembershipChains(
                SampleFiles.sign(SampleFiles.genesisBody(FOUNDER).setEpoch(2), FOUNDER))
            .json());
    to.add(
        "refused genesis: signed by another",
        new MembershipChains(SampleFiles.sign(SampleFiles.genesisBody(FOUNDER), JOINER)).json());
    to.add(
        "a genesis with the arrival rule is well-formed",
        "The mesh of this version does not serve it.",
        new MembershipChains(SampleFiles.sign(
                SampleFiles.genesisBody(FOUNDER)
                    .setMembership(MembershipChange.newBuilder()
                        .setGenesis(rules(rules -> rules.setRankRule(RankRule.RANK_RULE_ARRIVAL)))),
                FOUNDER))
            .json());
  }

  private static Genesis.Builder rules(Consumer<dev.sealift.protocol.proto.Rules.Builder> change) {
    Genesis.Builder genesis = SampleFiles.founding(FOUNDER);
    change.accept(genesis.getRulesBuilder());
    return genesis;
  }

  private static void genesis(Cases to, String what, Genesis.Builder genesis) {
    HeaderBody.Builder body = SampleFiles.genesisBody(FOUNDER)
        .setMembership(MembershipChange.newBuilder().setGenesis(genesis));
    to.add(
        "refused genesis: " + what, new MembershipChains(SampleFiles.sign(body, FOUNDER)).json());
  }

  private static ByteString filled(int length) {
    return SampleFiles.filled(length, 0x61);
  }

  private static void refusedLinks(Cases to) {
    to.add(
        "refused link: a file of events",
        founded()
            .add(
                SampleFiles.sign(SampleFiles.eventsBody(FOUNDER, GENESIS.space()), FOUNDER),
                NEW_YEAR_MILLIS + 1)
            .json());
    SignedHeader otherGenesis =
        SampleFiles.sign(SampleFiles.genesisBody(FOUNDER).setSalt(filled(32)), FOUNDER);
    to.add(
        "refused link: a second genesis, which is another space",
        founded().add(otherGenesis, NEW_YEAR_MILLIS + 1).json());
    to.add(
        "refused link: a number left out",
        founded()
            .change(FOUNDER, change -> change.setNumber(2).setOpenInvitation(opening()))
            .json());
    to.add(
        "refused link: a number again",
        founded()
            .open(FOUNDER, opening())
            .change(FOUNDER, change -> change.setNumber(1).setOpenInvitation(secondOpening()))
            .json());
    to.add(
        "refused link: another previous change",
        founded()
            .change(FOUNDER, change -> change.setPrevious(filled(32)).setOpenInvitation(opening()))
            .json());
    to.add(
        "refused link: an unknown kind of change",
        founded().change(FOUNDER, change -> {}).json());
    SignedHeader byAnother = SampleFiles.sign(
        SampleFiles.changeBody(
            FOUNDER,
            GENESIS.space(),
            MembershipChange.newBuilder()
                .setNumber(1)
                .setPrevious(GENESIS.id().byteString())
                .setOpenInvitation(opening())),
        JOINER);
    to.add(
        "refused link: not signed by its author",
        founded().add(byAnother, NEW_YEAR_MILLIS + 1).json());
  }

  private static void refusedInvitations(Cases to) {
    invitation(to, "no role", opening().clearRole());
    invitation(to, "an unknown role", opening().setRoleValue(4));
    invitation(to, "no uses", opening().clearUses());
    invitation(to, "10,001 uses", opening().setUses(Limits.MAX_INVITATION_USES + 1));
    invitation(to, "no expiry", opening().clearExpiresAtMillis());
    invitation(to, "an expiry of 2^63", opening().setExpiresAtMillis(Long.MIN_VALUE));
    invitation(to, "a member of 15 bytes", opening().setMember(filled(15)));
    invitation(to, "no keys", opening().clearKeys());
    invitation(
        to,
        "a signing key of small order",
        opening()
            .setKeys(
                INVITATION.keys().toProto().toBuilder().setSigning(SampleFiles.filled(32, 0))));
    to.add(
        "refused invitation: a signing key that has named one already",
        founded().open(FOUNDER, opening()).open(FOUNDER, opening().setUses(2)).json());
    to.add(
        "refused invitation: by a stranger", founded().open(JOINER, opening()).json());
    to.add(
        "refused invitation: by a writer, for anybody",
        joinedAs(Role.ROLE_WRITER).open(JOINER, secondOpening()).json());
    to.add(
        "refused invitation: by a writer, for another member",
        joinedAs(Role.ROLE_WRITER)
            .open(JOINER, secondOpening().setMember(FOUNDER.member().byteString()))
            .json());
    to.add(
        "refused invitation: by a writer, for an owner",
        joinedAs(Role.ROLE_WRITER)
            .open(
                JOINER,
                secondOpening()
                    .setRole(Role.ROLE_OWNER)
                    .setMember(JOINER.member().byteString()))
            .json());
    to.add(
        "refused invitation: by a reader, for a writer",
        joinedAs(Role.ROLE_READER)
            .open(JOINER, secondOpening().setMember(JOINER.member().byteString()))
            .json());
  }

  private static void invitation(Cases to, String what, OpenInvitation.Builder open) {
    to.add("refused invitation: " + what, founded().open(FOUNDER, open).json());
  }

  private static void refusedJoins(Cases to) {
    join(to, "by no invitation", joining(JOINER, SECOND_INVITATION, JOINER.member()));
    join(to, "an invitation of 31 bytes", joining(JOINER).setInvitation(filled(31)));
    join(to, "a member of 17 bytes", joining(JOINER).setMember(filled(17)));
    join(to, "keys that are not its author's", joining(THIRD));
    join(
        to,
        "a signature for another member",
        joining(JOINER).setMember(THIRD.member().byteString()));
    join(
        to,
        "a signature for another device",
        joining(JOINER).setInvitationSignature(joining(THIRD).getInvitationSignature()));
    join(to, "no signature", joining(JOINER).clearInvitationSignature());
    join(to, "a member that another device has", joining(JOINER, INVITATION, FOUNDER.member()));
    to.add(
        "refused join: in the millisecond of the expiry",
        founded()
            .open(FOUNDER, opening())
            .join(JOINER, joining(JOINER))
            .at(EXPIRY)
            .json());
    to.add(
        "refused join: the uses are used up",
        founded()
            .open(FOUNDER, opening())
            .join(JOINER, joining(JOINER))
            .join(THIRD, joining(THIRD))
            .json());
    to.add(
        "refused join: used up and expired",
        "Used up comes first.",
        founded()
            .open(FOUNDER, opening())
            .join(JOINER, joining(JOINER))
            .join(THIRD, joining(THIRD))
            .at(EXPIRY)
            .json());
    to.add(
        "refused join: a device that is in the space",
        joinedAs(Role.ROLE_WRITER).join(JOINER, joining(JOINER)).json());
    to.add(
        "refused join: another member than the invitation names",
        founded()
            .open(FOUNDER, opening().setMember(FOUNDER.member().byteString()))
            .join(JOINER, joining(JOINER))
            .json());
  }

  private static void join(Cases to, String what, Join.Builder join) {
    to.add(
        "refused join: " + what,
        founded().open(FOUNDER, opening()).join(JOINER, join).json());
  }
}
