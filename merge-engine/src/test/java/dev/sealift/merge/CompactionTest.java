package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.CommitAttestation;
import dev.sealift.protocol.mesh.proto.CompactionPart;
import dev.sealift.protocol.proto.Attestation;
import dev.sealift.protocol.proto.AttestationVerdict;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Role;
import dev.sealift.protocol.proto.SequenceRange;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Compactions and attestations on their way into the log. The engine reads nothing of what they hold. */
class CompactionTest {
  private static final RefusalCode BAD = RefusalCode.REFUSAL_CODE_BAD_SUPERSEDE;

  private World world = new World();

  private Consumer<HeaderBody.Builder> part(int part, int parts) {
    Consumer<HeaderBody.Builder> seen = world.seenNewest();
    long base = world.head().head().size();
    return body -> {
      seen.accept(body);
      body.setKind(FileKind.FILE_KIND_COMPACTION)
          .setGeneration(1)
          .addSupersedes(SequenceRange.newBuilder().setFirst(1).setLast(base))
          .setPart(part)
          .setParts(parts);
    };
  }

  private static Consumer<HeaderBody.Builder> attestation(FileId compaction) {
    return body -> body.setKind(FileKind.FILE_KIND_ATTESTATION)
        .addAttestations(Attestation.newBuilder()
            .setCompaction(compaction.byteString())
            .setVerdict(AttestationVerdict.ATTESTATION_VERDICT_ATTESTED));
  }

  /** Of whatever stands last in the chain of the space's owner. */
  private static Upload attest(Author author, World world, Consumer<HeaderBody.Builder> twist) {
    FileId compaction = world.owner.last().header().id();
    return author.draft(world.space, attestation(compaction).andThen(twist), ByteString.EMPTY);
  }

  private static HeaderBody.Builder bodyOf(Upload upload) {
    try {
      return HeaderBody.parseFrom(upload.header().associatedData()).toBuilder();
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private void admitted(Author author, Upload upload) {
    assertThat(world.receipt(author, upload).getSequence())
        .isEqualTo(world.log().size());
  }

  private void admitted(Consumer<HeaderBody.Builder> twist) {
    admitted(world.owner, world.owner.next(world.space, twist));
  }

  private void admitted(Consumer<HeaderBody.Builder> twist, ByteString payload) {
    admitted(world.owner, world.owner.next(world.space, twist, payload));
  }

  private RefusalCode codeOf(Consumer<HeaderBody.Builder> twist) {
    return world.refusalCode(world.owner, world.owner.draft(world.space, twist));
  }

  @Test
  void aMeshThatDoesNotTakeThemRefusesThemAsUnsupported() {
    world = new World(new CoreHarness(new FakeStore(), EngineLimits.DEFAULT, SpacePolicy.open()));
    assertThat(codeOf(part(1, 1))).isEqualTo(RefusalCode.REFUSAL_CODE_UNSUPPORTED);
    assertThat(world.refusalCode(world.owner, attest(world.owner, world, body -> {})))
        .isEqualTo(RefusalCode.REFUSAL_CODE_UNSUPPORTED);
  }

  @Test
  void whetherAMeshTakesThemIsToldToWhoIsThereAndToWhoFoundsASpace() {
    CoreHarness not = new CoreHarness(new FakeStore(), EngineLimits.DEFAULT, SpacePolicy.open());
    SpaceId other = new Author("founder")
        .genesis(CoreHarness.NOTARY.verifyingKey())
        .header()
        .space();
    assertThat(world.core.authorize(world.space, world.owner, null).getTakesCompactions())
        .isTrue();
    assertThat(world.core.authorize(other, world.owner, null).getTakesCompactions())
        .isTrue();
    assertThat(not.authorize(other, world.owner, null).getTakesCompactions()).isFalse();
  }

  @Test
  void aCompactionIsAdmittedPartByPart() {
    Consumer<HeaderBody.Builder> second = part(2, 3);
    Consumer<HeaderBody.Builder> third = part(3, 3);
    admitted(part(1, 3));
    admitted(second);
    admitted(third);
    assertThat(world.log().subList(1, 4))
        .allMatch(file -> file.getKind() == FileKind.FILE_KIND_COMPACTION);
  }

  @Test
  void theStoreIsToldWhatItSays() {
    admitted(part(1, 2));
    assertThat(world.log().get(1).getCompaction())
        .isEqualTo(CompactionPart.newBuilder()
            .setFirst(1)
            .setBase(1)
            .setGeneration(1)
            .setPart(1)
            .setParts(2)
            .setHolds(true)
            .build());
    admitted(part(1, 1));
    assertThat(world.log().get(2).getCompaction().getAlone()).isTrue();
    FileId compaction = world.owner.last().header().id();
    admitted(attestation(compaction), ByteString.EMPTY);
    assertThat(world.log().get(3).getAttestationsList())
        .containsExactly(CommitAttestation.newBuilder()
            .setCompaction(compaction.byteString())
            .setVerdict(AttestationVerdict.ATTESTATION_VERDICT_ATTESTED)
            .build());
    Author writer = world.member("writer", Role.ROLE_WRITER);
    admitted(writer, writer.next(world.space));
    assertThat(world.log().get(world.log().size() - 1).hasCompaction()).isFalse();
  }

  @Test
  void itsPartsMayComeInOneRequest() {
    Upload first = world.owner.next(world.space, part(1, 2));
    Upload second = world.owner.next(world.space, part(2, 2));
    AdmitReply reply = world.core.admit(world.space, world.owner, first, second);
    assertThat(reply.getOutcomesList()).hasSize(2).allMatch(Outcome::hasReceipt);
  }

  @Test
  void aPartFollowsTheOneBeforeIt() {
    assertThat(codeOf(part(2, 3))).isEqualTo(BAD);
    Consumer<HeaderBody.Builder> second = part(2, 3);
    Consumer<HeaderBody.Builder> third = part(3, 3);
    admitted(part(1, 3));
    assertThat(codeOf(third)).isEqualTo(BAD);
    admitted(second);
    assertThat(codeOf(second)).isEqualTo(BAD);
    admitted(third);
  }

  @Test
  void aPartSaysWhatTheOneBeforeItSays() {
    Consumer<HeaderBody.Builder> seen = world.seenNewest();
    admitted(world.owner, world.owner.next(world.space));
    Consumer<HeaderBody.Builder> second = part(2, 3);
    admitted(part(1, 3));
    assertThat(codeOf(second.andThen(body -> body.setGeneration(2)))).isEqualTo(BAD);
    assertThat(codeOf(second.andThen(body -> body.setParts(4)))).isEqualTo(BAD);
    assertThat(codeOf(second.andThen(body -> body.getSupersedesBuilder(0).setFirst(2))))
        .isEqualTo(BAD);
    assertThat(codeOf(
            second.andThen(seen).andThen(body -> body.getSupersedesBuilder(0).setLast(1))))
        .isEqualTo(BAD);
    assertThat(codeOf(second.andThen(
            body -> body.getSeenBuilder().setRoot(Hash.of(new byte[] {1}).byteString()))))
        .isEqualTo(BAD);
    admitted(second);
  }

  @Test
  void noOtherFileStandsBetweenItsParts() {
    Consumer<HeaderBody.Builder> second = part(2, 2);
    admitted(part(1, 2));
    admitted(world.owner, world.owner.next(world.space));
    assertThat(codeOf(second)).isEqualTo(BAD);
    Consumer<HeaderBody.Builder> secondOfAnother = part(2, 2);
    admitted(part(1, 2));
    admitted(secondOfAnother);
  }

  @Test
  void whoLeftOneUnfinishedBeginsAnother() {
    admitted(part(1, 3));
    Consumer<HeaderBody.Builder> second = part(2, 2);
    admitted(part(1, 2));
    admitted(second);
  }

  @Test
  void othersFilesMayStandBetweenItsParts() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    Consumer<HeaderBody.Builder> second = part(2, 2);
    admitted(part(1, 2));
    admitted(writer, writer.next(world.space));
    admitted(second);
  }

  /** The chain's last file is not known to an engine that takes the space over: the store has its header. */
  @Test
  void anEngineThatStartsAnewAsksTheStoreWhatAPartFollows() {
    Consumer<HeaderBody.Builder> second = part(2, 3);
    Consumer<HeaderBody.Builder> third = part(3, 3);
    Consumer<HeaderBody.Builder> wrong = third.andThen(body -> body.setGeneration(7));
    admitted(part(1, 3));
    admitted(second);
    CoreHarness anew = new CoreHarness(world.core.store, EngineLimits.DEFAULT);

    AdmitReply refused =
        anew.admit(world.space, world.owner, world.owner.draft(world.space, wrong));
    AdmitReply taken = anew.admit(world.space, world.owner, world.owner.draft(world.space, third));

    assertThat(refused.getOutcomes(0).getRefusal().getCode()).isEqualTo(BAD);
    assertThat(taken.getOutcomes(0).hasReceipt()).isTrue();
  }

  @Test
  void anEngineThatStartsAnewRefusesAPartBehindAnotherKindOfFile() {
    Consumer<HeaderBody.Builder> second = part(2, 2);
    CoreHarness anew = new CoreHarness(world.core.store, EngineLimits.DEFAULT);
    AdmitReply reply = anew.admit(world.space, world.owner, world.owner.draft(world.space, second));
    assertThat(reply.getOutcomes(0).getRefusal().getCode()).isEqualTo(BAD);
  }

  @Test
  void itIsJudgedAsAnyFileIs() {
    assertThat(codeOf(part(1, 1)
            .andThen(
                body -> body.getSeenBuilder().setRoot(Hash.of(new byte[] {1}).byteString()))))
        .isEqualTo(RefusalCode.REFUSAL_CODE_UNKNOWN_HEAD);
    assertThat(codeOf(part(1, 1).andThen(body -> Author.inEpoch(body, 2))))
        .isEqualTo(RefusalCode.REFUSAL_CODE_EPOCH_TOO_OLD);
    long ahead = world.core.nowMillis + SpaceRules.defaults().clockBoundMillis() + 1;
    assertThat(codeOf(part(1, 1)
            .andThen(body -> body.setHybridTime(HybridTime.of(ahead, 0).bits()))))
        .isEqualTo(RefusalCode.REFUSAL_CODE_CLOCK_AHEAD);
    assertThat(codeOf(part(1, 1).andThen(body -> body.setCounter(9))))
        .isEqualTo(RefusalCode.REFUSAL_CODE_CHAIN_GAP);
    Upload forged =
        Author.sign(bodyOf(world.owner.draft(world.space, part(1, 1))), new Author("forger").key());
    assertThat(world.refusalCode(world.owner, forged))
        .isEqualTo(RefusalCode.REFUSAL_CODE_BAD_SIGNATURE);
  }

  @Test
  void onlyWhoMayWriteCompactsAndAttests() {
    Author reader = world.member("reader", Role.ROLE_READER);
    Author writer = world.member("writer", Role.ROLE_WRITER);
    assertThat(world.refusalCode(reader, reader.draft(world.space, part(1, 1))))
        .isEqualTo(RefusalCode.REFUSAL_CODE_NOT_A_MEMBER);
    admitted(part(1, 1));
    assertThat(world.refusalCode(reader, attest(reader, world, body -> {})))
        .isEqualTo(RefusalCode.REFUSAL_CODE_NOT_A_MEMBER);
    admitted(writer, attest(writer, world, body -> {}));
    Author other = world.member("other", Role.ROLE_WRITER);
    admitted(other, other.draft(world.space, part(1, 1)));
  }

  /** Only events are handed over: what a compaction says is of the log, which its author has. */
  @Test
  void nobodyBringsAnothersCompaction() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    Upload compaction = writer.draft(world.space, part(1, 1));
    assertThat(world.refusalCode(world.owner, compaction))
        .isEqualTo(RefusalCode.REFUSAL_CODE_NOT_A_MEMBER);
    admitted(writer, compaction);
  }

  @Test
  void anAttestationIsJudgedAsAnyFileIs() {
    admitted(part(1, 1));
    long ahead = world.core.nowMillis + SpaceRules.defaults().clockBoundMillis() + 1;
    assertThat(world.refusalCode(
            world.owner,
            attest(
                world.owner,
                world,
                body -> body.setHybridTime(HybridTime.of(ahead, 0).bits()))))
        .isEqualTo(RefusalCode.REFUSAL_CODE_CLOCK_AHEAD);
    // Nothing of it is sealed, so it can be of any epoch.
    admitted(world.owner, attest(world.owner, world, body -> body.setEpoch(2)));
  }
}
