package dev.sealift.protocol.membership;

import static dev.sealift.protocol.membership.Refusals.assertMalformed;
import static dev.sealift.protocol.membership.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.proto.Genesis;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Role;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FoundingTest {
  private final SampleSpace space = new SampleSpace();
  private final SampleDevice founder = space.founder;

  @Test
  void aGenesisFoundsASpaceWithItsFounderAsOwner() throws MembershipException {
    Membership membership = space.founded();
    assertThat(membership.space()).isEqualTo(space.genesis.space());
    assertThat(membership.notary()).isEqualTo(SampleFiles.NOTARY);
    assertThat(membership.rules()).isEqualTo(SpaceRules.defaults());
    assertThat(membership.epoch()).isEqualTo(1);
    assertThat(membership.epochCommitment()).isEqualTo(SampleFiles.filled(32, 0x55));
    assertThat(membership.number()).isZero();
    assertThat(membership.last()).isEqualTo(space.genesis.id());
    Device device = membership.device(founder.id()).orElseThrow();
    assertThat(device)
        .isEqualTo(new Device(founder.keys(), founder.member(), Role.ROLE_OWNER, Optional.empty()));
    assertThat(membership.devices()).containsExactly(device);
    assertThat(membership.authorKey(space.genesis)).contains(founder.keys().signing());
  }

  @Test
  void onlyAGenesisFounds() {
    SignedHeader events = sign(SampleFiles.eventsBody(founder, space.genesis.space()));
    assertMalformed("membership", () -> Membership.found(events));
    SignedHeader invitation = sign(SampleFiles.changeBody(
        founder,
        space.genesis.space(),
        MembershipChange.newBuilder().setOpenInvitation(space.open())));
    assertMalformed("genesis", () -> Membership.found(invitation));
  }

  @Test
  void aGenesisIsLinkZeroOfTheChain() {
    assertMalformed("genesis", () -> found(change().setNumber(1)));
    assertMalformed("genesis", () -> found(change().setPrevious(SampleFiles.filled(32, 1))));
  }

  @Test
  void aGenesisIsAFirstFileInEpochOne() {
    assertMalformed("first file", () -> Membership.found(sign(SampleFiles.later(body()))));
    assertMalformed("first file", () -> Membership.found(sign(body().setEpoch(2))));
  }

  @Test
  void aGenesisIsWrittenAndSignedByItsFounder() {
    SampleDevice other = SampleDevice.number(2);
    assertMalformed("founder", () -> found(founding().setFounder(other.keys().toProto())));
    assertRefused(
        RefusalCode.REFUSAL_CODE_BAD_SIGNATURE,
        "signed",
        () -> Membership.found(SampleFiles.sign(body(), other)));
  }

  @Test
  void everyFieldOfAGenesisIsChecked() {
    ByteString wrong = SampleFiles.filled(31, 1);
    assertMalformed("commitment", () -> found(founding().setEpochCommitment(wrong)));
    assertMalformed("MemberId", () -> found(founding().setMember(wrong)));
    assertMalformed("Ed25519", () -> found(founding().setNotary(wrong)));
    assertMalformed("duration", () -> found(founding().clearRules()));
    assertMalformed("X25519", () -> found(founding().clearFounder()));
    ByteString anyoneCanSign = SampleFiles.filled(32, 0);
    assertMalformed("small order", () -> found(founding().setNotary(anyoneCanSign)));
  }

  private HeaderBody.Builder body() {
    return SampleFiles.genesisBody(founder);
  }

  private MembershipChange.Builder change() {
    return MembershipChange.newBuilder().setGenesis(founding());
  }

  private Genesis.Builder founding() {
    return SampleFiles.founding(founder);
  }

  private Membership found(Genesis.Builder genesis) throws MembershipException {
    return found(MembershipChange.newBuilder().setGenesis(genesis));
  }

  private Membership found(MembershipChange.Builder change) throws MembershipException {
    return Membership.found(sign(body().setMembership(change)));
  }

  private SignedHeader sign(HeaderBody.Builder body) {
    return SampleFiles.sign(body, founder);
  }
}
