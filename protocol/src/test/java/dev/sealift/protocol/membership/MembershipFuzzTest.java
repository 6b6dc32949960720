package dev.sealift.protocol.membership;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.proto.Genesis;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Join;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.OpenInvitation;
import dev.sealift.protocol.proto.Role;
import java.util.Optional;

/** Chains of membership files that are good but for what the fuzzer makes of them. */
class MembershipFuzzTest {
  private static final int MOST_FILES = 12;
  private static final int DEVICES = 6;

  private final SampleSpace space = new SampleSpace();

  /** Genesis files with any contents, signed by who says that he founds. */
  @FuzzTest
  void found(byte[] genesis) {
    Genesis.Builder founding = SampleFiles.founding(space.founder);
    try {
      founding.mergeFrom(genesis);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    HeaderBody.Builder body = SampleFiles.genesisBody(space.founder)
        .setMembership(MembershipChange.newBuilder().setGenesis(founding));
    try {
      SignedHeader file =
          SignedHeader.sign(body.build(), SampleFiles.PAYLOAD, space.founder.signing());
      Membership founded = Membership.found(file);
      assertThat(founded.devices()).hasSize(1);
      assertThat(founded.device(space.founder.id()).orElseThrow().role())
          .isEqualTo(Role.ROLE_OWNER);
      assertThat(founded.space()).isEqualTo(file.space());
      assertThat(founded.last()).isEqualTo(file.id());
      assertThat(founded.epochCommitment().size()).isEqualTo(Membership.COMMITMENT_BYTES);
    } catch (FormatException | MembershipException refused) {
      // what it may do
    }
  }

  /** Changes of every kind by anybody, at any time, in chains that mostly hang together. */
  @FuzzTest
  void apply(FuzzedDataProvider data) throws MembershipException, FormatException {
    Membership membership = space.founded();
    long millis = SampleSpace.NOW;
    for (int i = 0; i < MOST_FILES && data.remainingBytes() > 0; i++) {
      millis += data.consumeInt(0, 1_000);
      SampleDevice author = SampleDevice.number(data.consumeInt(1, DEVICES));
      SignedHeader file;
      try {
        file = SignedHeader.sign(
            SampleFiles.changeBody(author, space.genesis.space(), change(membership, author, data))
                .build(),
            SampleFiles.PAYLOAD,
            author.signing());
      } catch (FormatException refused) {
        continue;
      }
      membership = next(membership, file, author, millis);
    }
  }

  private static Membership next(
      Membership before, SignedHeader file, SampleDevice author, long millis) {
    Optional<VerifyingKey> key = before.authorKey(file);
    Membership after;
    try {
      after = before.apply(file, millis);
    } catch (MembershipException refused) {
      return before;
    }
    assertThat(key).as("who changes something is known").isPresent();
    assertThat(file.verify(key.orElseThrow())).isTrue();
    assertThat(after.number()).isEqualTo(before.number() + 1);
    assertThat(after.last()).isEqualTo(file.id());
    assertThat(after.space()).isEqualTo(before.space());
    assertThat(after.notary()).isEqualTo(before.notary());
    assertThat(after.rules()).isEqualTo(before.rules());
    int joined = after.devices().size() - before.devices().size();
    int opened = after.invitations() - before.invitations();
    assertThat(joined).isBetween(0, 1);
    assertThat(joined + opened).as("a change does one thing").isEqualTo(1);
    if (opened == 1) {
      assertThat(before.device(author.id())).as("who invites is in the space").isPresent();
    } else {
      requireInvited(before, after, file, millis);
    }
    return after;
  }

  private static void requireInvited(
      Membership before, Membership after, SignedHeader file, long millis) {
    Join join = file.header().membership().orElseThrow().getJoin();
    Device joiner = after.device(file.header().device()).orElseThrow();
    Invitation invitation;
    try {
      invitation = before.invitation(VerifyingKey.parse(join.getInvitation())).orElseThrow();
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
    assertThat(before.device(joiner.id())).isEmpty();
    assertThat(joiner.role()).isEqualTo(invitation.role());
    assertThat(invitation.standing(millis)).isEqualTo(Invitation.Standing.OPEN);
    invitation.member().ifPresent(member -> assertThat(joiner.member()).isEqualTo(member));
  }

  private MembershipChange.Builder change(
      Membership before, SampleDevice author, FuzzedDataProvider data) {
    MembershipChange.Builder change = MembershipChange.newBuilder();
    switch (data.consumeInt(0, 2)) {
      case 0 -> change.setOpenInvitation(opening(author, data));
      case 1 -> change.setJoin(joining(author, data));
      default -> merge(change, data.consumeBytes(data.consumeInt(0, 400)));
    }
    boolean follows = data.consumeInt(0, 7) > 0;
    return change
        .setNumber(follows ? before.number() + 1 : data.consumeLong())
        .setPrevious(
            follows ? before.last().byteString() : ByteString.copyFrom(data.consumeBytes(32)));
  }

  private static void merge(MembershipChange.Builder change, byte[] bytes) {
    try {
      change.mergeFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      // as far as it went
    }
  }

  private OpenInvitation.Builder opening(SampleDevice author, FuzzedDataProvider data) {
    OpenInvitation.Builder open = space
        .open(SampleDevice.number(data.consumeInt(10, 14)))
        .setRoleValue(data.consumeInt(-1, 5))
        .setUses(data.consumeBoolean() ? data.consumeInt(1, 3) : data.consumeInt())
        .setExpiresAtMillis(
            data.consumeBoolean() ? SampleSpace.NOW + data.consumeInt() : data.consumeLong());
    switch (data.consumeInt(0, 3)) {
      case 0 -> open.setMember(author.member().byteString());
      case 1 -> open.setMember(ByteString.copyFrom(data.consumeBytes(17)));
      default -> open.clearMember();
    }
    return open;
  }

  private Join.Builder joining(SampleDevice author, FuzzedDataProvider data) {
    SampleDevice device =
        data.consumeInt(0, 7) > 0 ? author : SampleDevice.number(data.consumeInt(1, DEVICES));
    ByteString member = data.consumeInt(0, 7) > 0
        ? author.member().byteString()
        : SampleDevice.member(data.consumeByte()).byteString();
    Join.Builder join = space.join(device, SampleDevice.number(data.consumeInt(10, 14)), member);
    if (data.consumeInt(0, 7) == 0) {
      byte[] signature = join.getInvitationSignature().toByteArray();
      signature[data.consumeInt(0, signature.length - 1)] ^= data.consumeByte();
      join.setInvitationSignature(ByteString.copyFrom(signature));
    }
    return join;
  }
}
