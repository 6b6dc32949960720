package dev.sealift.protocol.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.NewerFormatException;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.proto.Attestation;
import dev.sealift.protocol.proto.AttestationVerdict;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.Seen;
import dev.sealift.protocol.proto.SequenceRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A header that keeps all rules but one, for every rule; and, at each bound, the last one that is good. */
class HeaderRulesTest {
  private static final ByteString EMPTY = ByteString.EMPTY;

  private final SampleDevice author = SampleDevice.number(1);
  private final SpaceId space = SampleFiles.genesis(author).space();

  private HeaderBody.Builder events() {
    return SampleFiles.eventsBody(author, space);
  }

  private HeaderBody.Builder compaction() {
    return SampleFiles.compactionBody(author, space);
  }

  private HeaderBody.Builder attestations() {
    return SampleFiles.attestationBody(author, space);
  }

  private HeaderBody.Builder genesis() {
    return SampleFiles.genesisBody(author);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, -1})
  void anotherVersionIsRefused(int version) {
    assertRefused(events().setVersion(version), "version");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 6, -1, 1000})
  void anUnknownKindIsRefused(int kind) {
    assertRefused(events().setKindValue(kind), "kind");
  }

  @ParameterizedTest
  @EnumSource(
      value = FileKind.class,
      names = {
        "FILE_KIND_EVENTS",
        "FILE_KIND_COMPACTION",
        "FILE_KIND_BLOB_CHUNK",
        "FILE_KIND_ATTESTATION"
      })
  void everyKindButMembershipIsTakenWithoutAChange(FileKind kind) throws FormatException {
    assertThat(parsed(of(kind)).kind()).isEqualTo(kind);
    assertRefused(of(kind).setMembership(MembershipChange.getDefaultInstance()), "membership");
  }

  private HeaderBody.Builder of(FileKind kind) {
    return switch (kind) {
      case FILE_KIND_COMPACTION -> compaction();
      case FILE_KIND_ATTESTATION -> attestations();
      default -> events().setKind(kind);
    };
  }

  @Test
  void aMembershipFileWithoutAChangeIsRefused() {
    assertRefused(events().setKind(FileKind.FILE_KIND_MEMBERSHIP), "membership");
  }

  /** A kind of change of a newer version: who cannot judge it must not lose it either. */
  @Test
  void aMembershipFileWithAnUnknownChangeIsWellFormed() throws FormatException {
    FileHeader header = parsed(
        SampleFiles.changeBody(author, space, MembershipChange.newBuilder().setNumber(1)));
    assertThat(header.isGenesis()).isFalse();
    assertThat(header.membership()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 33})
  void aSpaceIsThirtyTwoBytes(int length) {
    assertRefused(events().setSpace(SampleFiles.filled(length, 1)), "SpaceId");
  }

  @Test
  void aGenesisNamesNoSpace() {
    assertRefused(genesis().setSpace(space.byteString()), "genesis");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 33})
  void aDeviceIsThirtyTwoBytes(int length) {
    assertRefused(events().setDevice(SampleFiles.filled(length, 1)), "DeviceId");
  }

  @Test
  void aCounterIsOneToBelowTwoToTheSixtyTwo() throws FormatException {
    assertThat(parsed(later(1L << 61)).counter()).isEqualTo(1L << 61);
    assertThat(parsed(later((1L << 62) - 1)).counter()).isEqualTo((1L << 62) - 1);
    for (long counter : new long[] {0, 1L << 62, Long.MAX_VALUE, -1}) {
      assertRefused(later(counter), "counter");
    }
  }

  private HeaderBody.Builder later(long counter) {
    return SampleFiles.later(events()).setCounter(counter);
  }

  @Test
  void onlyTheFirstFileHasNoneBeforeIt() {
    assertRefused(events().setPrevious(SampleFiles.filled(32, 1)), "first file");
    for (int length : new int[] {0, 31, 33}) {
      assertRefused(
          SampleFiles.later(events()).setPrevious(SampleFiles.filled(length, 1)), "FileId");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE, -1})
  void everyHybridTimeIsWellFormed(long bits) throws FormatException {
    assertThat(parsed(events().setHybridTime(bits)).time().bits()).isEqualTo(bits);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 15, 17, 32})
  void aCollectionIsSixteenBytes(int length) {
    assertRefused(events().setCollection(SampleFiles.filled(length, 1)), "CollectionId");
  }

  @Test
  void anEpochIsOneToBelowTwoToTheThirtyOne() throws FormatException {
    HeaderBody.Builder last =
        events().setEpoch(Integer.MAX_VALUE).setKeyId(SampleFiles.filled(16, 1));
    assertThat(parsed(last).epoch()).isEqualTo(Integer.MAX_VALUE);
    assertRefused(events().setEpoch(0), "epoch");
    assertRefused(events().setEpoch(Integer.MIN_VALUE), "epoch");
  }

  @Test
  void whatIsSealedInALaterEpochNamesItsKeyAndNothingElseDoes() throws FormatException {
    for (int length : new int[] {0, 15, 17}) {
      assertRefused(events().setEpoch(2).setKeyId(SampleFiles.filled(length, 1)), "id of a key");
    }
    assertRefused(events().setKeyId(SampleFiles.filled(16, 1)), "id of a key");
    assertThat(parsed(events().setEpoch(2).setKeyId(SampleFiles.filled(16, 1))).keyId())
        .isEqualTo(SampleFiles.filled(16, 1));
  }

  @Test
  void aCompactionHasAGenerationOfOneToBelowTwoToTheThirtyOne() throws FormatException {
    assertThat(parsed(compaction()).generation()).isEqualTo(1);
    assertThat(parsed(compaction().setGeneration(Integer.MAX_VALUE)).generation())
        .isEqualTo(Integer.MAX_VALUE);
    assertRefused(compaction().setGeneration(0), "generation");
    assertRefused(compaction().setGeneration(Integer.MIN_VALUE), "generation");
  }

  @Test
  void aCompactionSupersedesOneRange() throws FormatException {
    assertThat(parsed(compaction()).supersedes()).containsExactly(new SequenceSpan(3, 9));
    assertThat(parsed(superseding(9, 9)).supersedes()).containsExactly(new SequenceSpan(9, 9));
    assertThat(parsed(superseding(1, 9)).supersedes()).containsExactly(new SequenceSpan(1, 9));
    assertRefused(compaction().clearSupersedes(), "one range");
    assertRefused(compaction().addSupersedes(range(11, 12)), "one range");
    assertRefused(superseding(0, 9), "range");
    assertRefused(superseding(-1, 9), "range");
    assertRefused(superseding(10, 9), "range");
  }

  /** The base is one number, said once. */
  @Test
  void whatACompactionSupersedesEndsAtWhatItsAuthorHadSeen() throws FormatException {
    assertRefused(superseding(3, 8), "ends at what");
    assertRefused(superseding(3, 10), "ends at what");
    assertRefused(compaction().setSeen(events().getSeen()), "ends at what");
    long last = Limits.MAX_SEQUENCE - 1;
    assertThat(parsed(based(superseding(last, last), last)).supersedes())
        .containsExactly(new SequenceSpan(last, last));
    assertRefused(based(superseding(3, last + 1), last + 1), "range");
    assertRefused(based(superseding(3, -1), -1), "range");
  }

  private HeaderBody.Builder superseding(long first, long last) {
    return compaction().clearSupersedes().addSupersedes(range(first, last));
  }

  private static HeaderBody.Builder based(HeaderBody.Builder body, long base) {
    return body.setSeen(body.getSeen().toBuilder().setSequence(base));
  }

  @Test
  void aCompactionIsOneOfItsParts() throws FormatException {
    int most = Limits.MAX_COMPACTION_PARTS;
    FileHeader last = parsed(compaction().setPart(most).setParts(most));
    assertThat(last.part()).isEqualTo(most);
    assertThat(last.parts()).isEqualTo(most);
    assertThat(parsed(compaction().setParts(1)).parts()).isEqualTo(1);
    assertRefused(compaction().setParts(most + 1), "parts");
    assertRefused(compaction().setParts(-1), "parts");
    assertRefused(compaction().setPart(0).setParts(0), "parts");
    assertRefused(compaction().setPart(0), "part");
    assertRefused(compaction().setPart(4), "part");
    assertRefused(compaction().setPart(-1), "part");
  }

  @ParameterizedTest
  @EnumSource(
      value = FileKind.class,
      names = {"FILE_KIND_EVENTS", "FILE_KIND_BLOB_CHUNK", "FILE_KIND_ATTESTATION"})
  void whatIsNoCompactionHasNothingOfOne(FileKind kind) {
    assertRefused(of(kind).setGeneration(1), "only a compaction");
    assertRefused(of(kind).addSupersedes(range(1, 1)), "only a compaction");
    assertRefused(of(kind).setPart(1), "only a compaction");
    assertRefused(of(kind).setParts(1), "only a compaction");
  }

  @Test
  void aMembershipFileHasNothingOfACompaction() {
    assertRefused(genesis().setGeneration(1), "only a compaction");
    assertRefused(genesis().setParts(1), "only a compaction");
  }

  @ParameterizedTest
  @EnumSource(
      value = FileKind.class,
      names = {"FILE_KIND_COMPACTION", "FILE_KIND_ATTESTATION"})
  void whatIsOfTheLogAloneBuildsOnNothingAndStays(FileKind kind) {
    assertRefused(of(kind).addBuildsOn(dot()), "builds on no file");
    assertRefused(of(kind).setExpiresAtMillis(1), "no expiry");
  }

  @Test
  void anAttestationNamesACompactionAndWhatIsSaidOfIt() throws FormatException {
    FileHeader header = parsed(attestations());
    assertThat(header.attestations())
        .extracting(Attested::isContested)
        .containsExactly(false, true);
    assertThat(header.attestations().get(0).compaction().byteString())
        .isEqualTo(SampleFiles.filled(32, 0x61));
    for (int length : new int[] {0, 31, 33}) {
      assertRefused(attested(said(1).setCompaction(SampleFiles.filled(length, 1))), "FileId");
    }
    assertRefused(attested(said(1).clearVerdict()), "verdict");
    assertRefused(attested(said(1).setVerdictValue(3)), "verdict");
    assertRefused(attestations().clearAttestations(), "has one");
    assertRefused(attested(said(1)).addAttestations(said(1)), "once");
  }

  /** Who cannot tell what a newer device says must not take it for a lie of the mesh. */
  @Test
  void anUnknownVerdictIsOfANewerFormat() {
    assertThatThrownBy(() -> parsed(attested(said(1).setVerdictValue(3))))
        .isInstanceOf(NewerFormatException.class);
  }

  @Test
  void atMostSoManyCompactionsAreAttestedInOneFile() throws FormatException {
    HeaderBody.Builder body = attestations().clearAttestations();
    for (int i = 0; i < Limits.MAX_ATTESTATIONS; i++) {
      body.addAttestations(said(i));
    }
    assertThat(parsed(body.clone()).attestations()).hasSize(Limits.MAX_ATTESTATIONS);
    assertRefused(body.addAttestations(said(200)), "too many");
  }

  @Test
  void aFileOfAttestationsHasNoPayload() {
    assertThatThrownBy(
            () -> SignedHeader.sign(attestations().build(), SampleFiles.PAYLOAD, author.signing()))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("no payload");
  }

  @ParameterizedTest
  @EnumSource(
      value = FileKind.class,
      names = {"FILE_KIND_EVENTS", "FILE_KIND_BLOB_CHUNK", "FILE_KIND_COMPACTION"})
  void attestationsStandInTheirOwnKindOfFile(FileKind kind) {
    assertRefused(of(kind).addAttestations(said(1)), "own kind");
  }

  private HeaderBody.Builder attested(Attestation.Builder said) {
    return attestations().clearAttestations().addAttestations(said);
  }

  private static Attestation.Builder said(int of) {
    return SampleFiles.attestation(of, AttestationVerdict.ATTESTATION_VERDICT_ATTESTED);
  }

  private static SequenceRange.Builder range(long first, long last) {
    return SequenceRange.newBuilder().setFirst(first).setLast(last);
  }

  @Test
  void theLogSeenIsASequenceAndTheRootThere() throws FormatException {
    assertThat(parsed(seen(Limits.MAX_SEQUENCE - 1, SampleFiles.filled(32, 2)))
            .seen()
            .sequence())
        .isEqualTo(Limits.MAX_SEQUENCE - 1);
    assertRefused(seen(Limits.MAX_SEQUENCE, SampleFiles.filled(32, 2)), "seen");
    assertRefused(seen(-1, SampleFiles.filled(32, 2)), "seen");
    for (int length : new int[] {0, 31, 33}) {
      assertRefused(seen(3, SampleFiles.filled(length, 2)), "SHA-256");
    }
  }

  @Test
  void theRootOfAnEmptyLogIsTheHashOfNothing() throws FormatException {
    ByteString empty = SeenLog.nothing().root().byteString();
    assertThat(parsed(seen(0, empty)).seen()).isEqualTo(SeenLog.nothing());
    assertRefused(seen(0, SampleFiles.filled(32, 0)), "empty log");
    assertRefused(seen(0, EMPTY), "SHA-256");
    assertRefused(events().clearSeen(), "SHA-256");
  }

  private HeaderBody.Builder seen(long sequence, ByteString root) {
    return events().setSeen(Seen.newBuilder().setSequence(sequence).setRoot(root));
  }

  @Test
  void aFileBuiltOnIsADeviceACounterAndAFile() throws FormatException {
    assertThat(parsed(events().addBuildsOn(dot())).buildsOn()).hasSize(1);
    assertRefused(events().addBuildsOn(dot().setDevice(EMPTY)), "DeviceId");
    assertRefused(events().addBuildsOn(dot().setFile(EMPTY)), "FileId");
    for (long counter : new long[] {0, -1, Limits.MAX_SEQUENCE}) {
      assertRefused(events().addBuildsOn(dot().setCounter(counter)), "counter built on");
    }
  }

  @Test
  void atMostSoManyFilesAreBuiltOn() throws FormatException {
    HeaderBody.Builder body = events();
    for (int i = 0; i < Limits.MAX_BUILDS_ON; i++) {
      body.addBuildsOn(dot());
    }
    assertThat(parsed(body.clone()).buildsOn()).hasSize(Limits.MAX_BUILDS_ON);
    assertRefused(body.addBuildsOn(dot()), "too many");
  }

  private static Dot.Builder dot() {
    return Dot.newBuilder()
        .setDevice(SampleFiles.filled(32, 4))
        .setCounter(1)
        .setFile(SampleFiles.filled(32, 6));
  }

  @Test
  void anExpiryFitsSixtyThreeBits() throws FormatException {
    assertThat(parsed(events().setExpiresAtMillis(Long.MAX_VALUE)).expiresAtMillis())
        .isEqualTo(Long.MAX_VALUE);
    assertRefused(events().setExpiresAtMillis(-1), "expiry");
  }

  /** Its payload holds the keys that whoever comes later needs. */
  @Test
  void aMembershipFileHasNoExpiry() throws FormatException {
    assertRefused(genesis().setExpiresAtMillis(1), "no expiry");
    assertThat(parsed(genesis().setExpiresAtMillis(0)).expiresAtMillis()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 33})
  void aSaltIsThirtyTwoBytes(int length) {
    assertRefused(events().setSalt(SampleFiles.filled(length, 1)), "salt");
  }

  private FileHeader parsed(HeaderBody.Builder body) throws FormatException {
    SignedHeader signed =
        SignedHeader.sign(body.build(), SampleFiles.payload(body), author.signing());
    return SignedHeader.parse(signed.toByteArray()).header();
  }

  private void assertRefused(HeaderBody.Builder body, String because) {
    assertThatThrownBy(
            () -> SignedHeader.sign(body.build(), SampleFiles.payload(body), author.signing()))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(because);
  }
}
