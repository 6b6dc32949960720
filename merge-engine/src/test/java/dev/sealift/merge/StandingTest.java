package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.compaction.Attester;
import dev.sealift.protocol.compaction.Standing;
import dev.sealift.protocol.file.Attested;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.MembershipException;
import dev.sealift.protocol.mesh.proto.AdmitFile;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.AdmitRequest;
import dev.sealift.protocol.mesh.proto.AttestationEffect;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.proto.Attestation;
import dev.sealift.protocol.proto.AttestationVerdict;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Role;
import dev.sealift.protocol.proto.SequenceRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the engine tells the store of how compactions stand, and how many it lets begin. */
class StandingTest {
  private static final RefusalCode BAD = RefusalCode.REFUSAL_CODE_BAD_ATTESTATION;
  private static final RefusalCode OPEN = RefusalCode.REFUSAL_CODE_COMPACTIONS_OPEN;

  private final World world = new World();
  private final Author owner = world.owner;

  private Consumer<HeaderBody.Builder> part(long first, int part, int parts) {
    Consumer<HeaderBody.Builder> seen = world.seenNewest();
    long base = world.head().head().size();
    return body -> {
      seen.accept(body);
      body.setKind(FileKind.FILE_KIND_COMPACTION)
          .setGeneration(1)
          .addSupersedes(SequenceRange.newBuilder().setFirst(first).setLast(base))
          .setPart(part)
          .setParts(parts);
    };
  }

  private Upload compaction(Author author) {
    return author.draft(world.space, part(1, 1, 1));
  }

  private FileId compact(Author author) {
    Upload compaction = author.next(world.space, part(1, 1, 1));
    world.receipt(author, compaction);
    return compaction.header().id();
  }

  private static Consumer<HeaderBody.Builder> saying(boolean contested, FileId... compactions) {
    return body -> {
      body.setKind(FileKind.FILE_KIND_ATTESTATION);
      for (FileId compaction : compactions) {
        body.addAttestations(Attestation.newBuilder()
            .setCompaction(compaction.byteString())
            .setVerdict(
                contested
                    ? AttestationVerdict.ATTESTATION_VERDICT_CONTESTED
                    : AttestationVerdict.ATTESTATION_VERDICT_ATTESTED));
      }
    };
  }

  private Upload say(Author author, boolean contested, FileId... compactions) {
    Consumer<HeaderBody.Builder> said = world.seenNewest();
    return author.draft(
        world.space, said.andThen(saying(contested, compactions)), ByteString.EMPTY);
  }

  private AttestationEffect effectOf(Author author, boolean contested, FileId compaction) {
    Upload upload = say(author, contested, compaction);
    world.receipt(author, upload);
    author.goOnFrom(upload);
    CommitFile last = world.log().get(world.log().size() - 1);
    return last.getAttestations(0).getEffect();
  }

  private boolean stands(FileId compaction) {
    return new FakeCompactions(world.log()).stands(compaction.byteString());
  }

  @Test
  void aCompactionInASpaceOfOneDeviceStandsByItself() {
    FileId alone = compact(owner);
    assertThat(stands(alone)).isTrue();
    world.member("writer", Role.ROLE_WRITER);
    FileId other = compact(owner);
    assertThat(stands(other)).isFalse();
  }

  @Test
  void whatIsSaidOfOneHasItsEffect() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    Author third = world.member("third", Role.ROLE_WRITER);
    FileId compaction = compact(writer);
    assertThat(effectOf(writer, false, compaction))
        .isEqualTo(AttestationEffect.ATTESTATION_EFFECT_UNSPECIFIED);
    assertThat(effectOf(third, false, compaction))
        .isEqualTo(AttestationEffect.ATTESTATION_EFFECT_ATTESTS);
    assertThat(stands(compaction)).isTrue();
    assertThat(effectOf(writer, true, compaction))
        .isEqualTo(AttestationEffect.ATTESTATION_EFFECT_CONTESTS);
    assertThat(stands(compaction)).isFalse();
    assertThat(effectOf(owner, false, compaction))
        .isEqualTo(AttestationEffect.ATTESTATION_EFFECT_OVERRULES);
    assertThat(stands(compaction)).isTrue();
  }

  /** How {@link Standing} has it, read from the headers that devices see. */
  private Standing folded(FileId compaction) {
    Optional<Membership> membership = Optional.empty();
    Optional<Standing> standing = Optional.empty();
    try {
      for (CommitFile file : world.log()) {
        SignedHeader header = SignedHeader.parse(file.getSignedHeader());
        if (file.getKind() == FileKind.FILE_KIND_MEMBERSHIP) {
          membership = Optional.of(
              membership.isEmpty()
                  ? Membership.found(header)
                  : membership.get().apply(header, file.getServerTimeMillis()));
        }
        Membership now = membership.orElseThrow();
        if (header.id().equals(compaction)) {
          Device author = now.device(header.header().device()).orElseThrow();
          standing = Optional.of(
              Standing.of(author.id(), author.member(), now.devices().size() == 1));
        }
        for (Attested said : header.header().attestations()) {
          if (said.compaction().equals(compaction)) {
            Attester by = Attester.of(header.header().device(), now).orElseThrow();
            standing = standing.map(before -> before.after(by, said.isContested()));
          }
        }
      }
    } catch (FormatException | MembershipException e) {
      throw new AssertionError(e);
    }
    return standing.orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void theStoreComesToWhatDevicesFold(long seed) {
    Random random = new Random(seed);
    List<Author> authors = new ArrayList<>(List.of(owner));
    List<FileId> compactions = new ArrayList<>(List.of(compact(owner)));
    for (int i = 0; i < 60; i++) {
      Author author = authors.get(random.nextInt(authors.size()));
      switch (random.nextInt(8)) {
        case 0 ->
          authors.add(world.member(
              "member " + i, random.nextBoolean() ? Role.ROLE_OWNER : Role.ROLE_WRITER));
        case 1 -> {
          Upload compaction = author.draft(
              world.space, part(1 + random.nextInt(Math.min(3, world.log().size())), 1, 1));
          if (world.outcome(author, compaction).hasReceipt()) {
            author.goOnFrom(compaction);
            compactions.add(compaction.header().id());
          }
        }
        default -> {
          FileId compaction = compactions.get(random.nextInt(compactions.size()));
          Upload said = say(author, random.nextInt(3) == 0, compaction);
          if (world.outcome(author, said).hasReceipt()) {
            author.goOnFrom(said);
          }
        }
      }
    }
    assertThat(compactions)
        .allSatisfy(id -> assertThat(stands(id)).isEqualTo(folded(id).stands()));
  }

  @Test
  void onlyOfACompleteCompactionOfTheLogIsAnythingSaid() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    FileId nothing = FileId.of(Hash.of(new byte[] {1}));
    assertThat(world.refusalCode(owner, say(owner, false, nothing))).isEqualTo(BAD);
    assertThat(world.refusalCode(owner, say(owner, true, world.genesis.header().id())))
        .isEqualTo(BAD);
    Consumer<HeaderBody.Builder> second = part(1, 2, 2);
    Upload first = writer.next(world.space, part(1, 1, 2));
    world.receipt(writer, first);
    assertThat(world.refusalCode(owner, say(owner, false, first.header().id()))).isEqualTo(BAD);
    Upload last = writer.next(world.space, second);
    world.receipt(writer, last);
    assertThat(world.refusalCode(owner, say(owner, false, last.header().id(), nothing)))
        .isEqualTo(BAD);
    world.receipt(owner, say(owner, false, last.header().id()));
  }

  /** Something was reclaimed under it: what it supersedes cannot come back. */
  @Test
  void whatIsSealedCannotBeContested() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    FileId compaction = compact(writer);
    assertThat(effectOf(owner, false, compaction))
        .isEqualTo(AttestationEffect.ATTESTATION_EFFECT_OVERRULES);
    world.core.store.seal(compaction);

    assertThat(world.refusalCode(owner, say(owner, true, compaction))).isEqualTo(BAD);
    assertThat(world.refusalCode(writer, say(writer, true, compaction))).isEqualTo(BAD);
    assertThat(effectOf(writer, false, compaction))
        .isEqualTo(AttestationEffect.ATTESTATION_EFFECT_UNSPECIFIED);
  }

  /** The engine was told that nothing speaks against the contest, and then the store reclaims: the commit shows it. */
  @Test
  void aContestThatComesTooLateIsRefusedOnceTheStoreHasSaidSo() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    FileId compaction = compact(writer);
    effectOf(owner, false, compaction);
    int size = world.log().size();
    Upload events = owner.draft(world.space);
    long contest = world.core.send(world.space, writer, say(writer, true, compaction));
    assertThat(world.core.step(CoreHarness.Fate.ANSWERED)).isTrue(); // the look-up
    world.core.store.seal(compaction);
    int conflicts = world.core.store.conflicts();
    long other = world.core.send(world.space, owner, events);
    world.core.settle();

    assertThat(world.core.store.conflicts()).isEqualTo(conflicts + 1);
    assertThat(world.core.reply(contest).getOutcomes(0).getRefusal().getCode()).isEqualTo(BAD);
    assertThat(world.core.reply(other).getOutcomes(0).hasReceipt()).isTrue();
    assertThat(world.log()).hasSize(size + 1);
  }

  @Test
  void nothingIsSaidOfWhatIsSuperseded() {
    FileId inner = compact(owner);
    compact(owner);
    assertThat(world.refusalCode(owner, say(owner, true, inner))).isEqualTo(BAD);
  }

  @Test
  void aDeviceSaysTheSameOnce() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    FileId compaction = compact(writer);
    effectOf(owner, false, compaction);
    assertThat(world.refusalCode(owner, say(owner, false, compaction))).isEqualTo(BAD);
    effectOf(owner, true, compaction);
    assertThat(world.refusalCode(owner, say(owner, true, compaction))).isEqualTo(BAD);
    effectOf(writer, true, compaction);
  }

  /** They are in one draft, of which the store knows nothing. */
  @Test
  void aDeviceSaysTheSameOnceAlsoInOneRequest() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    FileId compaction = compact(writer);
    Upload one = owner.next(world.space, saying(false, compaction), ByteString.EMPTY);
    Upload other = owner.next(world.space, saying(true, compaction), ByteString.EMPTY);
    Upload again = owner.draft(world.space, saying(false, compaction), ByteString.EMPTY);
    AdmitReply reply = world.core.admit(world.space, owner, one, other, again);
    assertThat(reply.getOutcomesList())
        .extracting(Outcome::hasReceipt)
        .containsExactly(true, true, false);
    assertThat(reply.getOutcomes(2).getRefusal().getCode()).isEqualTo(BAD);
  }

  @Test
  void whatBecomesCompleteInARequestCanBeAttestedInIt() {
    world.member("writer", Role.ROLE_WRITER);
    Upload compaction = owner.next(world.space, part(1, 1, 1));
    Upload said = owner.next(world.space, saying(true, compaction.header().id()), ByteString.EMPTY);
    AdmitReply reply = world.core.admit(world.space, owner, compaction, said);
    assertThat(reply.getOutcomesList()).allMatch(Outcome::hasReceipt);
    assertThat(world.log().get(world.log().size() - 1).getAttestations(0).getEffect())
        .isEqualTo(AttestationEffect.ATTESTATION_EFFECT_CONTESTS);
  }

  @Test
  void aDeviceBeginsNoMoreThanMayBeOpen() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    FileId first = compact(writer);
    for (int i = 1; i < HouseRules.MAX_OPEN_COMPACTIONS - 1; i++) {
      compact(writer);
    }
    world.receipt(writer, writer.next(world.space, part(1, 1, 2)));
    assertThat(world.refusalCode(writer, compaction(writer))).isEqualTo(OPEN);
    world.receipt(owner, owner.next(world.space, part(1, 1, 1)));
    effectOf(owner, false, first);
    assertThat(stands(first)).isTrue();
    compact(writer);
    assertThat(world.refusalCode(writer, compaction(writer))).isEqualTo(OPEN);
  }

  @Test
  void noMoreBeginInOneRequestEither() {
    world.member("writer", Role.ROLE_WRITER);
    Upload[] uploads = IntStream.rangeClosed(0, HouseRules.MAX_OPEN_COMPACTIONS)
        .mapToObj(i -> owner.next(world.space, part(1, 1, 1)))
        .toArray(Upload[]::new);
    AdmitReply reply = world.core.admit(world.space, owner, uploads);
    assertThat(reply.getOutcomes(HouseRules.MAX_OPEN_COMPACTIONS).getRefusal().getCode())
        .isEqualTo(OPEN);
    assertThat(reply.getOutcomesList().subList(0, HouseRules.MAX_OPEN_COMPACTIONS))
        .allMatch(Outcome::hasReceipt);
  }

  @Test
  void aDeviceThatIsAloneMayAlwaysBeginOne() {
    for (int i = 0; i <= HouseRules.MAX_OPEN_COMPACTIONS; i++) {
      world.receipt(owner, owner.next(world.space, part(1, 1, 2)));
    }
    assertThat(stands(compact(owner))).isTrue();
  }

  /** What it leaves out is not that there is nothing. */
  @Test
  void anAnswerOfAnOlderStorageAdapterDecidesNothing() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    FileId compaction = compact(writer);
    Upload said = say(owner, true, compaction);
    world.core.store.setOld(true);
    assertThat(world.refusalCode(owner, said))
        .isEqualTo(RefusalCode.REFUSAL_CODE_STORE_UNAVAILABLE);
    assertThat(world.refusalCode(writer, compaction(writer)))
        .isEqualTo(RefusalCode.REFUSAL_CODE_STORE_UNAVAILABLE);
    world.receipt(owner, owner.next(world.space));
    world.core.store.setOld(false);
    assertThat(effectOf(owner, true, compaction))
        .isEqualTo(AttestationEffect.ATTESTATION_EFFECT_CONTESTS);
  }

  private RefusalCode unnoted(Author author, Upload upload) {
    AdmitFile file = upload.admitFile();
    AdmitRequest request = AdmitRequest.newBuilder()
        .setSpace(world.space.byteString())
        .setDevice(author.id().byteString())
        .addFiles(
            file.toBuilder().setPayload(file.getPayload().toBuilder().clearNotesCompactions()))
        .build();
    return world.core.admit(request).getOutcomes(0).getRefusal().getCode();
  }

  /** The storage-adapter of an older version is served by a newer engine while both are rolled out. */
  @Test
  void noneIsTakenWhileTheStoreWouldNotNoteIt() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    assertThat(unnoted(writer, compaction(writer))).isEqualTo(RefusalCode.REFUSAL_CODE_UNSUPPORTED);
    FileId compaction = compact(writer);
    assertThat(unnoted(owner, say(owner, false, compaction)))
        .isEqualTo(RefusalCode.REFUSAL_CODE_UNSUPPORTED);
    assertThat(unnoted(owner, owner.next(world.space)))
        .isEqualTo(RefusalCode.REFUSAL_CODE_UNSPECIFIED);
    assertThat(Stream.of(world.log().get(world.log().size() - 1)))
        .allMatch(file -> file.getKind() == FileKind.FILE_KIND_EVENTS);
  }
}
