package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.mesh.proto.AdmitFile;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Refusal;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Role;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Every check, from both sides of its boundary. */
class RefusalTest {
  /** The payload's length and hash, and the signature over all of it. */
  private static final int TRAILER_AND_SIGNATURE_BYTES = 4 + 32 + 64;

  private final World world = new World();
  private final Author owner = world.owner;
  private final SpaceId space = world.space;

  private Upload twisted(Consumer<HeaderBody.Builder> twist) {
    return owner.draft(space, twist);
  }

  private RefusalCode codeOf(Upload upload) {
    return world.refusalCode(owner, upload);
  }

  private void admitted(Upload upload) {
    assertThat(world.receipt(owner, upload).getSequence()).isEqualTo(world.log().size());
  }

  private RefusalCode codeOfBytes(AdmitFile file) {
    long id = world.core.send(space, owner.id(), List.of(file));
    world.core.settle();
    return world.core.reply(id).getOutcomes(0).getRefusal().getCode();
  }

  @Test
  void bytesThatAreNoHeaderAreMalformedAndAHeaderIsAdmitted() {
    AdmitFile good = owner.draft(space).admitFile();
    ByteString cut = good.getSignedHeader().substring(1);
    assertThat(codeOfBytes(good.toBuilder().setSignedHeader(cut).build()))
        .isEqualTo(RefusalCode.REFUSAL_CODE_MALFORMED);
    assertThat(codeOfBytes(good.toBuilder().setSignedHeader(ByteString.EMPTY).build()))
        .isEqualTo(RefusalCode.REFUSAL_CODE_MALFORMED);
    admitted(owner.draft(space));
  }

  /** Its device has a newer app than the mesh, and no fault: it must not be told that it has. */
  @Test
  void aHeaderOfAVersionOrKindThatIsNotKnownHereIsUnsupported() {
    AdmitFile good = owner.draft(space).admitFile();
    assertThat(codeOfBytes(withBody(good, body -> body.setVersion(2))))
        .isEqualTo(RefusalCode.REFUSAL_CODE_UNSUPPORTED);
    assertThat(codeOfBytes(withBody(good, body -> body.setKindValue(99))))
        .isEqualTo(RefusalCode.REFUSAL_CODE_UNSUPPORTED);
    assertThat(codeOfBytes(withBody(good, body -> body.setVersion(0))))
        .isEqualTo(RefusalCode.REFUSAL_CODE_MALFORMED);
    assertThat(codeOfBytes(withBody(good, body -> body.setKindValue(0))))
        .isEqualTo(RefusalCode.REFUSAL_CODE_MALFORMED);
  }

  /** The header with another body before its trailer, which nobody can sign here. */
  private static AdmitFile withBody(AdmitFile file, Consumer<HeaderBody.Builder> change) {
    ByteString header = file.getSignedHeader();
    int bodyBytes = header.size() - TRAILER_AND_SIGNATURE_BYTES;
    HeaderBody.Builder body = body(header.substring(0, bodyBytes));
    change.accept(body);
    return file.toBuilder()
        .setSignedHeader(body.build().toByteString().concat(header.substring(bodyBytes)))
        .build();
  }

  private static HeaderBody.Builder body(ByteString bytes) {
    try {
      return HeaderBody.parseFrom(bytes).toBuilder();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFileOfAnotherSpaceIsRefusedThoughTheSpaceIsThere() {
    Author other = new Author("other founder");
    Upload genesis = other.genesis(CoreHarness.NOTARY.verifyingKey());
    SpaceId otherSpace = genesis.header().space();
    world.core.admit(otherSpace, other, genesis);
    assertThat(codeOf(owner.draft(otherSpace))).isEqualTo(RefusalCode.REFUSAL_CODE_WRONG_SPACE);
    assertThat(world.refusalCode(other, genesis)).isEqualTo(RefusalCode.REFUSAL_CODE_WRONG_SPACE);
  }

  @Test
  void aMemberMayBringTheEventsOfAnotherAndTheReceiptIsTheSameForBoth() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    Author reader = world.member("reader", Role.ROLE_READER);
    Upload upload = writer.draft(space);
    long sequence = world.receipt(reader, upload).getSequence();
    assertThat(sequence).isEqualTo(6);
    assertThat(world.receipt(writer, upload).getSequence()).isEqualTo(sequence);
  }

  @Test
  void aStrangerBringsNobodysFiles() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    Upload upload = writer.draft(space);
    assertThat(world.refusalCode(new Author("stranger"), upload))
        .isEqualTo(RefusalCode.REFUSAL_CODE_NOT_A_MEMBER);
  }

  @Test
  void aMembershipChangeIsBroughtByItsAuthorAlone() {
    Author second = world.member("second", Role.ROLE_OWNER);
    Author invitation = new Author("invitation");
    Consumer<HeaderBody.Builder> open = Author.change(world
        .link()
        .setOpenInvitation(Author.invitation(invitation, Role.ROLE_WRITER, Long.MAX_VALUE, 1)));
    Upload upload = second.draft(space, open);
    assertThat(world.refusalCode(owner, upload)).isEqualTo(RefusalCode.REFUSAL_CODE_NOT_A_MEMBER);
    world.receipt(second, upload);
  }

  @Test
  void whatAnotherBringsIsStillSignedByItsAuthor() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    FileHeader next = writer.draft(space).header().header();
    Upload forged = owner.draft(
        space,
        body -> body.setDevice(next.device().byteString())
            .setCounter(next.counter())
            .setPrevious(next.previous().orElseThrow().byteString()));
    assertThat(world.refusalCode(owner, forged)).isEqualTo(RefusalCode.REFUSAL_CODE_BAD_SIGNATURE);
  }

  @Test
  void aFileWaitsForWhatItBuildsOn() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    Upload first = writer.draft(space);
    Upload second = owner.draft(space, Author.buildingOn(first));
    assertThat(world.refusalCode(owner, second))
        .isEqualTo(RefusalCode.REFUSAL_CODE_BUILDS_ON_MISSING);
    world.receipt(owner, first);
    world.receipt(owner, second);
  }

  @Test
  void whatItBuildsOnMayStandBeforeItInOneBatch() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    Upload first = writer.next(space);
    Upload behind = writer.next(space);
    Upload second = owner.draft(space, Author.buildingOn(first));
    AdmitReply reply = world.core.admit(space, owner, first, behind, second);
    world.assertReceiptsVerify(reply, first, behind, second);
    assertThat(reply.getOutcomes(2).hasReceipt()).isTrue();
  }

  @Test
  void whatItBuildsOnMayHaveLongBeenThere() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    Upload first = writer.next(space);
    world.receipt(writer, first);
    world.receipt(writer, writer.next(space));
    world.receipt(owner, owner.next(space, Author.buildingOn(first)));
  }

  @Test
  void whatItBuildsOnMayGetAnotherBehindItInTheSameBatch() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    Upload first = writer.next(space);
    world.receipt(writer, first);
    Upload behind = writer.next(space);
    Upload second = owner.next(space, Author.buildingOn(first));
    AdmitReply reply = world.core.admit(space, owner, behind, second);
    world.assertReceiptsVerify(reply, behind, second);
    assertThat(reply.getOutcomes(1).hasReceipt()).isTrue();
  }

  @Test
  void anotherFileInThePlaceOfWhatItBuildsOnIsNotIt() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    Upload lost = writer.draft(space, body -> body.setExpiresAtMillis(1));
    world.receipt(writer, writer.next(space));
    Upload onLost = owner.draft(space, Author.buildingOn(lost));
    assertThat(world.refusalCode(owner, onLost))
        .isEqualTo(RefusalCode.REFUSAL_CODE_BUILDS_ON_MISSING);
    world.receipt(writer, writer.next(space)); // now the store is asked for it
    assertThat(world.refusalCode(owner, onLost))
        .isEqualTo(RefusalCode.REFUSAL_CODE_BUILDS_ON_MISSING);
  }

  @Test
  void aStrangerIsNotAMember() {
    Author stranger = new Author("stranger");
    assertThat(world.refusalCode(stranger, stranger.draft(space)))
        .isEqualTo(RefusalCode.REFUSAL_CODE_NOT_A_MEMBER);
  }

  @Test
  void aReaderMayNotWriteAndAWriterMay() {
    Author reader = world.member("reader", Role.ROLE_READER);
    Author writer = world.member("writer", Role.ROLE_WRITER);
    assertThat(world.refusalCode(reader, reader.draft(space)))
        .isEqualTo(RefusalCode.REFUSAL_CODE_NOT_A_MEMBER);
    world.receipt(writer, writer.draft(space));
  }

  @Test
  void aWriterMayNotInviteOthersAndAnOwnerMay() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    Author invitation = new Author("invitation");
    Consumer<HeaderBody.Builder> open = Author.change(world
        .link()
        .setOpenInvitation(Author.invitation(invitation, Role.ROLE_WRITER, Long.MAX_VALUE, 1)));
    assertThat(world.refusalCode(writer, writer.draft(space, open)))
        .isEqualTo(RefusalCode.REFUSAL_CODE_NOT_A_MEMBER);
    admitted(owner.draft(space, open));
  }

  @Test
  void aSignatureByAnotherKeyIsBad() {
    HeaderBody.Builder body = bodyOf(owner.draft(space));
    SigningKey other = new Author("other").key();
    assertThat(codeOf(Author.sign(body, other))).isEqualTo(RefusalCode.REFUSAL_CODE_BAD_SIGNATURE);
    admitted(Author.sign(body, owner.key()));
  }

  @Test
  void oneFlippedBitOfASignatureIsBad() {
    AdmitFile good = owner.draft(space).admitFile();
    byte[] bytes = good.getSignedHeader().toByteArray();
    bytes[bytes.length - 40] ^= 1;
    assertThat(codeOfBytes(
            good.toBuilder().setSignedHeader(ByteString.copyFrom(bytes)).build()))
        .isEqualTo(RefusalCode.REFUSAL_CODE_BAD_SIGNATURE);
  }

  @Test
  void aCounterBeyondTheNextIsAGapAndNamesTheNext() {
    Upload second = owner.next(space);
    Upload third = owner.next(space);
    Refusal refusal = world.refusal(owner, third);
    assertThat(refusal.getCode()).isEqualTo(RefusalCode.REFUSAL_CODE_CHAIN_GAP);
    assertThat(refusal.getExpectedCounter()).isEqualTo(2);
    admitted(second);
    admitted(third);
  }

  @Test
  void anotherFileAtATakenCounterIsRefusedAndTheSameIsNot() {
    Upload first = owner.draft(space);
    Upload other =
        twisted(body -> body.setSalt(ByteString.copyFrom(new byte[31]).concat(one())));
    admitted(first);
    Refusal refusal = world.refusal(owner, other);
    assertThat(refusal.getCode()).isEqualTo(RefusalCode.REFUSAL_CODE_COUNTER_TAKEN);
    assertThat(refusal.getExpectedCounter()).isEqualTo(3);
    world.receipt(owner, first);
  }

  private static ByteString one() {
    return ByteString.copyFrom(new byte[] {1});
  }

  @Test
  void theNextFileMustNameTheOneBefore() {
    Upload wrong = twisted(body -> body.setPrevious(Hash.of(new byte[] {1}).byteString()));
    Refusal refusal = world.refusal(owner, wrong);
    assertThat(refusal.getCode()).isEqualTo(RefusalCode.REFUSAL_CODE_WRONG_PREVIOUS);
    assertThat(refusal.getExpectedCounter()).isEqualTo(2);
    admitted(owner.draft(space));
  }

  @Test
  void aFileStampedAtTheClockBoundIsAdmittedAndAMillisecondLaterIsNot() {
    long bound = world.core.nowMillis + Duration.ofMinutes(5).toMillis();
    Refusal refusal = world.refusal(owner, twisted(at(bound + 1)));
    assertThat(refusal.getCode()).isEqualTo(RefusalCode.REFUSAL_CODE_CLOCK_AHEAD);
    assertThat(refusal.getServerTimeMillis()).isEqualTo(world.core.nowMillis);
    admitted(twisted(at(bound)));
  }

  @Test
  void theEndOfHybridTimeIsAheadOfTheClock() {
    assertThat(codeOf(twisted(body -> body.setHybridTime(-1L))))
        .isEqualTo(RefusalCode.REFUSAL_CODE_CLOCK_AHEAD);
  }

  @Test
  void aFileFromLongAgoIsAdmitted() {
    admitted(twisted(body -> body.setHybridTime(0)));
  }

  private static Consumer<HeaderBody.Builder> at(long millis) {
    return body -> body.setHybridTime(HybridTime.of(millis, 0).bits());
  }

  @Test
  void theNewestHeadMayBeSeenAndOneFileMoreMayNot() {
    assertThat(codeOf(twisted(World.seen(2, world.head().head().root()))))
        .isEqualTo(RefusalCode.REFUSAL_CODE_UNKNOWN_HEAD);
    admitted(twisted(world.seenNewest()));
  }

  @Test
  void aHeadWithAnotherRootIsUnknown() {
    assertThat(codeOf(twisted(World.seen(1, Hash.of(new byte[] {1})))))
        .isEqualTo(RefusalCode.REFUSAL_CODE_UNKNOWN_HEAD);
  }

  @Test
  void aHeadTooOldToBeRememberedIsLookedUp() {
    Consumer<HeaderBody.Builder> old = world.seenNewest();
    Consumer<HeaderBody.Builder> oldAndWrong = World.seen(1, Hash.of(new byte[] {1}));
    for (int i = 0; i < RecentRoots.CAPACITY + 1; i++) {
      admitted(owner.next(space));
    }
    int before = world.core.lookUps();
    assertThat(codeOf(twisted(oldAndWrong))).isEqualTo(RefusalCode.REFUSAL_CODE_UNKNOWN_HEAD);
    admitted(twisted(old));
    assertThat(world.core.lookUps()).isGreaterThan(before);
  }

  @Test
  void eventsOfAnotherEpochAreRefused() {
    assertThat(codeOf(twisted(body -> Author.inEpoch(body, 2))))
        .isEqualTo(RefusalCode.REFUSAL_CODE_EPOCH_TOO_OLD);
    admitted(twisted(body -> body.setEpoch(1)));
  }

  @Test
  void aPayloadOfAnotherLengthOrHashIsAMismatch() {
    AdmitFile good = owner.draft(space).admitFile();
    AdmitFile.Builder longer = good.toBuilder();
    longer.getPayloadBuilder().setLength(good.getPayload().getLength() + 1);
    AdmitFile.Builder other = good.toBuilder();
    other.getPayloadBuilder().setSha256(Hash.of(new byte[] {1}).byteString());
    assertThat(codeOfBytes(longer.build())).isEqualTo(RefusalCode.REFUSAL_CODE_PAYLOAD_MISMATCH);
    assertThat(codeOfBytes(other.build())).isEqualTo(RefusalCode.REFUSAL_CODE_PAYLOAD_MISMATCH);
    admitted(owner.draft(space));
  }

  @Test
  void oneLinkOfTheMembershipChainIsTakenOnce() {
    Upload late = owner.draft(
        space,
        Author.change(world
            .link()
            .setOpenInvitation(
                Author.invitation(new Author("i"), Role.ROLE_READER, Long.MAX_VALUE, 1))));
    HeaderBody.Builder body = bodyOf(late).setCounter(3);
    world.invite("first", Role.ROLE_WRITER, 1);
    body.setPrevious(world.log().get(1).getFile());
    assertThat(codeOf(Author.sign(body, owner.key())))
        .isEqualTo(RefusalCode.REFUSAL_CODE_MEMBERSHIP_CONFLICT);
  }

  @Test
  void aJoinByAnUnknownInvitationIsRefused() {
    Author joiner = new Author("joiner");
    Upload join = joiner.join(space, world.link(), new Author("no invitation"));
    assertThat(world.refusalCode(joiner, join))
        .isEqualTo(RefusalCode.REFUSAL_CODE_INVITATION_UNKNOWN);
  }

  @Test
  void anInvitationIsGoodToTheLastMillisecondAndNotInTheNext() {
    Author invitation = world.invite("invitation", Role.ROLE_WRITER, 2);
    Author late = new Author("late");
    Author joiner = new Author("in time");
    long expiry = Author.START_MILLIS + World.INVITATION_MILLIS;
    world.core.nowMillis = expiry;
    assertThat(world.refusalCode(late, late.join(space, world.link(), invitation)))
        .isEqualTo(RefusalCode.REFUSAL_CODE_INVITATION_EXPIRED);
    world.core.nowMillis = expiry - 1;
    assertThat(world
            .receipt(joiner, joiner.join(space, world.link(), invitation))
            .getServerTimeMillis())
        .isEqualTo(expiry - 1);
  }

  @Test
  void anInvitationHasAsManyUsesAsItSays() {
    Author invitation = world.invite("invitation", Role.ROLE_WRITER, 1);
    Author first = new Author("first");
    Upload join = first.join(space, world.link(), invitation);
    world.receipt(first, join);
    world.changed(join);
    Author second = new Author("second");
    assertThat(world.refusalCode(second, second.join(space, world.link(), invitation)))
        .isEqualTo(RefusalCode.REFUSAL_CODE_INVITATION_USED_UP);
  }

  @Test
  void aJoinIsAFirstFile() {
    Author invitation = world.invite("invitation", Role.ROLE_WRITER, 1);
    Author joiner = new Author("joiner");
    Upload second = joiner.draft(
        space,
        body -> Author.change(world.link().setJoin(joiner.joinOf(space, invitation)))
            .accept(body.setCounter(2).setPrevious(world.genesis.header().id().byteString())));
    assertThat(world.refusalCode(joiner, second)).isEqualTo(RefusalCode.REFUSAL_CODE_CHAIN_GAP);
  }

  @Test
  void onlyAGenesisOpensASpaceThatIsNotThere() {
    Author founder = new Author("founder");
    SpaceId unknown = SpaceId.of(Hash.of(new byte[] {9}));
    AdmitReply reply = world.core.admit(unknown, founder, founder.draft(unknown));
    assertThat(reply.getOutcomes(0).getRefusal().getCode())
        .isEqualTo(RefusalCode.REFUSAL_CODE_UNKNOWN_SPACE);
    Upload genesis = founder.genesis(CoreHarness.NOTARY.verifyingKey());
    SpaceId founded = genesis.header().space();
    World.assertVerifies(
        founded,
        World.receiptOf(world.core.admit(founded, founder, genesis)),
        genesis.header().id(),
        world.core.admit(founded, founder, genesis));
  }

  @Test
  void aGenesisForAnotherMeshIsUnsupported() {
    Author founder = new Author("founder");
    assertThat(genesisCode(founder, founder.genesis(founder.key().verifyingKey())))
        .isEqualTo(RefusalCode.REFUSAL_CODE_UNSUPPORTED);
  }

  @Test
  void aGenesisMustBeSignedByItsFounderAndInTime() {
    Author founder = new Author("founder");
    Upload genesis = founder.genesis(CoreHarness.NOTARY.verifyingKey());
    Upload forged = Author.sign(bodyOf(genesis), new Author("forger").key());
    assertThat(genesisCode(founder, forged)).isEqualTo(RefusalCode.REFUSAL_CODE_BAD_SIGNATURE);
    Author early = new Author("early");
    Upload ahead = early.genesis(
        CoreHarness.NOTARY.verifyingKey(),
        SpaceRules.defaults().toProto(),
        at(world.core.nowMillis + Duration.ofMinutes(5).toMillis() + 1));
    assertThat(genesisCode(early, ahead)).isEqualTo(RefusalCode.REFUSAL_CODE_CLOCK_AHEAD);
  }

  private RefusalCode genesisCode(Author founder, Upload genesis) {
    AdmitReply reply = world.core.admit(genesis.header().space(), founder, genesis);
    assertThat(reply.getSignedHead().isEmpty()).isTrue();
    return reply.getOutcomes(0).getRefusal().getCode();
  }

  @Test
  void kindsOfLaterVersionsAreUnsupported() {
    assertThat(codeOf(twisted(body -> body.setKind(FileKind.FILE_KIND_BLOB_CHUNK))))
        .isEqualTo(RefusalCode.REFUSAL_CODE_UNSUPPORTED);
  }

  /** It may have passed: whose events are over when they come brings nothing, and the mesh cannot tell. */
  @Test
  void theStoreIsToldWhenAFileExpires() {
    admitted(owner.next(space, body -> body.setExpiresAtMillis(1)));
    admitted(owner.next(space, body -> body.setExpiresAtMillis(Long.MAX_VALUE)));
    admitted(owner.next(space, body -> body.setExpiresAtMillis(0)));
    List<Long> expiries =
        world.log().stream().map(CommitFile::getExpiresAtMillis).toList();
    assertThat(expiries.subList(expiries.size() - 3, expiries.size()))
        .containsExactly(1L, Long.MAX_VALUE, 0L);
  }

  @Test
  void aRefusedFileIsRefusedAloneButItsChainHasAGap() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    Upload good = owner.next(space);
    Upload bad = owner.next(space, body -> Author.inEpoch(body, 9));
    Upload behind = owner.next(space);
    Upload others = writer.next(space);
    AdmitReply reply = world.core.admit(space, owner, good, bad, behind);
    assertThat(reply.getOutcomes(0).hasReceipt()).isTrue();
    assertThat(reply.getOutcomes(1).getRefusal().getCode())
        .isEqualTo(RefusalCode.REFUSAL_CODE_EPOCH_TOO_OLD);
    assertThat(reply.getOutcomes(2).getRefusal().getCode())
        .isEqualTo(RefusalCode.REFUSAL_CODE_CHAIN_GAP);
    world.receipt(writer, others);
    assertThat(world.log().stream().map(CommitFile::getFile))
        .contains(good.header().id().byteString(), others.header().id().byteString())
        .doesNotContain(bad.header().id().byteString(), behind.header().id().byteString());
  }

  @Test
  void aFileRefusedByACheaperCheckIsNeverVerified() {
    HeaderBody.Builder oldEpoch = Author.inEpoch(bodyOf(owner.draft(space)), 2);
    assertThat(codeOf(Author.sign(oldEpoch, new Author("forger").key())))
        .as("the epoch is told, not the signature")
        .isEqualTo(RefusalCode.REFUSAL_CODE_EPOCH_TOO_OLD);
  }

  @Test
  void nothingIsSeenOfAnEmptyLog() {
    admitted(twisted(World.seen(0, CompactTree.EMPTY_ROOT)));
  }

  private static HeaderBody.Builder bodyOf(Upload upload) {
    try {
      return HeaderBody.parseFrom(upload.header().associatedData()).toBuilder();
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aRequestForNoDeviceIsMalformed() {
    DeviceId device = owner.id();
    long id = world.core.send(space, device, List.of());
    assertThat(world.core.failures).containsKey(id);
  }
}
