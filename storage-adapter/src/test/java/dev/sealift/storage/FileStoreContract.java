package dev.sealift.storage;

import static dev.sealift.protocol.mesh.proto.AttestationEffect.ATTESTATION_EFFECT_ATTESTS;
import static dev.sealift.protocol.mesh.proto.AttestationEffect.ATTESTATION_EFFECT_CONTESTS;
import static dev.sealift.protocol.mesh.proto.AttestationEffect.ATTESTATION_EFFECT_OVERRULES;
import static dev.sealift.protocol.mesh.proto.AttestationEffect.ATTESTATION_EFFECT_UNSPECIFIED;
import static dev.sealift.protocol.mesh.proto.CommitResult.COMMIT_RESULT_COMMITTED;
import static dev.sealift.protocol.mesh.proto.CommitResult.COMMIT_RESULT_CONFLICT;
import static dev.sealift.protocol.mesh.proto.CommitResult.COMMIT_RESULT_PAYLOAD_MISSING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.log.TreeGap;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.AttestationEffect;
import dev.sealift.protocol.mesh.proto.AttestedBy;
import dev.sealift.protocol.mesh.proto.ChainHead;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.CompactionQuestion;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.EffectiveCompaction;
import dev.sealift.protocol.mesh.proto.EntriesReply;
import dev.sealift.protocol.mesh.proto.FoundCompaction;
import dev.sealift.protocol.mesh.proto.FoundFile;
import dev.sealift.protocol.mesh.proto.LiveFiles;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.LookUpReply;
import dev.sealift.protocol.mesh.proto.LookUpRequest;
import dev.sealift.protocol.mesh.proto.OpenCompaction;
import dev.sealift.protocol.mesh.proto.OutlineReply;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.mesh.proto.StagedPayload;
import dev.sealift.protocol.mesh.proto.StoredFile;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Gap;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.OutlinePart;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.protocol.proto.ProvenEntry;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link FileStore} must do. A store's own test extends this and says how to open it; what it
 * does beyond the contract (full disks, restarts by force) is tested there.
 */
public abstract class FileStoreContract {
  private static final DeviceId ANNA = SampleLog.device("Anna");
  private static final DeviceId BEN = SampleLog.device("Ben");

  private FileStore store;
  private StoreDriver driver;
  private final SampleLog log = new SampleLog("first");

  /** Opens the store of this test: empty at first, and with what it had after it was closed. */
  protected abstract FileStore open() throws Exception;

  /** Marks this test's store, which is closed, as restored from an older state. */
  protected abstract void markRestored(InstantSource clock) throws Exception;

  @BeforeEach
  void openStore() throws Exception {
    store = open();
    driver = new StoreDriver(store);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private void restart() throws Exception {
    store.close();
    openStore();
  }

  private static ByteString payload(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static ByteString payload(int bytes) {
    return ByteString.copyFrom(new byte[bytes]);
  }

  private static ByteString[] payloads(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> payload("payload " + i))
        .toArray(ByteString[]::new);
  }

  // Staging

  @Test
  void stagingTellsLengthAndHashInTheOrderOfTheRequest() {
    List<ByteString> payloads = List.of(payload("one"), payload(""), payload(100_000));

    List<StagedPayload> staged = driver.stage(payloads);

    for (int i = 0; i < payloads.size(); i++) {
      byte[] bytes = payloads.get(i).toByteArray();
      assertThat(staged.get(i).getLength()).isEqualTo(bytes.length);
      assertThat(staged.get(i).getSha256()).isEqualTo(Hash.of(bytes).byteString());
    }
    assertThat(staged).extracting(StagedPayload::getToken).doesNotHaveDuplicates();
  }

  @Test
  void aTokenThatNamesNothingLeavesTheSpaceAsItWas() {
    List<SampleFile> files = log.next(ANNA, FileKind.FILE_KIND_EVENTS, payloads(2));
    SpaceCommit good = driver.staged(log, files);
    SpaceCommit.Builder bad = good.toBuilder();
    bad.getFilesBuilder(1).setPayloadToken(payload("no such token"));

    assertThat(driver.commit(bad.build())).containsExactly(COMMIT_RESULT_PAYLOAD_MISSING);
    assertThat(driver.load(log).getFound()).isFalse();
    assertThat(driver.commit(good)).containsExactly(COMMIT_RESULT_COMMITTED);
  }

  @Test
  void aTokenOfAnotherPayloadThanTheCommitSaysIsMissing() {
    SpaceCommit good = driver.staged(log, log.next(ANNA, FileKind.FILE_KIND_EVENTS, payloads(1)));
    SpaceCommit.Builder length = good.toBuilder();
    length.getFilesBuilder(0).setPayloadLength(1);
    SpaceCommit.Builder hash = good.toBuilder();
    hash.getFilesBuilder(0).setPayloadSha256(CompactTree.EMPTY_ROOT.byteString());

    assertThat(driver.commit(length.build())).containsExactly(COMMIT_RESULT_PAYLOAD_MISSING);
    assertThat(driver.commit(hash.build())).containsExactly(COMMIT_RESULT_PAYLOAD_MISSING);
  }

  @Test
  void aConflictKeepsThePayloadForTheNextTry() {
    SampleLog late = log.copy();
    driver.append(log, ANNA, payload("first"));
    List<SampleFile> files = late.next(BEN, FileKind.FILE_KIND_EVENTS, payload("second"));
    List<StagedPayload> staged = driver.stage(List.of(payload("second")));
    assertThat(driver.commit(late.commit(files, staged))).containsExactly(COMMIT_RESULT_CONFLICT);

    late.accept(log.files());
    List<SampleFile> again = late.next(BEN, FileKind.FILE_KIND_EVENTS, payload("second"));

    assertThat(driver.commit(late.commit(again, staged))).containsExactly(COMMIT_RESULT_COMMITTED);
  }

  // Compactions

  private void events(int count) {
    driver.append(log, ANNA, payloads(count));
  }

  /** Its last part is the log's newest file. */
  private FileId compact(long first, long base, int generation, int parts) {
    return compact(first, base, generation, parts, true);
  }

  private FileId compact(long first, long base, int generation, int parts, boolean holds) {
    List<SampleFile> files = log.compaction(BEN, first, base, generation, holds, payloads(parts));
    assertThat(driver.append(log, files)).isEqualTo(COMMIT_RESULT_COMMITTED);
    return files.get(parts - 1).id();
  }

  private List<Long> supersededBy(Long... sequences) {
    return driver
        .compactions(StoreDriver.ask(log).addAllSequences(List.of(sequences)))
        .getSupersededByList();
  }

  private List<EffectiveCompaction> steps(long after) {
    return driver.compactions(StoreDriver.ask(log).setStepsAfter(after)).getCompactionsList();
  }

  @Test
  void aCompactionSupersedesEventsOnceItsLastPartIsThere() {
    driver.append(log, log.next(ANNA, FileKind.FILE_KIND_MEMBERSHIP, payload("genesis")));
    events(3);
    List<SampleFile> files = log.compaction(BEN, 2, 3, 1, true, payloads(2));
    driver.append(log, files.subList(0, 1));
    assertThat(supersededBy(1L, 2L, 3L, 4L)).containsExactly(0L, 0L, 0L, 0L);
    assertThat(steps(0)).isEmpty();

    driver.append(log, files.subList(1, 2));

    assertThat(supersededBy(1L, 2L, 3L, 4L, 5L, 6L, 7L, 0L))
        .containsExactly(0L, 6L, 6L, 0L, 0L, 0L, 0L, 0L);
    assertThat(steps(1))
        .containsExactly(EffectiveCompaction.newBuilder()
            .setFirst(2)
            .setBase(3)
            .setGeneration(1)
            .addParts(5)
            .addParts(6)
            .setBytes(files.stream().mapToLong(part -> part.payload().size()).sum())
            .setStoodAtMillis(log.files().get(5).serverTimeMillis())
            .build());
    assertThat(steps(0)).isEmpty();
  }

  /** What supersedes what is told as of now; a step only as far as the caller's head goes. */
  @Test
  void aCompactionBehindTheHeadIsNoStep() {
    events(3);
    compact(1, 2, 1, 1);
    compact(3, 4, 2, 1);
    var before = driver.compactions(
        StoreDriver.ask(log).setHeadSize(4).setStepsAfter(0).addSequences(2).addSequences(3));
    assertThat(before.getSupersededByList()).containsExactly(4L, 5L);
    assertThat(before.getCompactionsList())
        .extracting(EffectiveCompaction::getBase)
        .containsExactly(2L);
    assertThat(failureOfCompactions(6)).isEqualTo(MeshFailure.UNAVAILABLE);
  }

  private MeshFailure failureOfCompactions(long headSize) {
    return StoreDriver.failureOf(
        store.compactions(StoreDriver.ask(log).setHeadSize(headSize).build()));
  }

  @Test
  void onlyCompactionsWithinItsRangeAreSuperseded() {
    events(4);
    compact(1, 3, 1, 1);
    compact(3, 4, 1, 1);
    events(1);
    compact(2, 7, 2, 1);
    assertThat(supersededBy(1L, 2L, 4L, 5L, 6L)).containsExactly(5L, 5L, 8L, 0L, 8L);
    assertThat(steps(0)).extracting(EffectiveCompaction::getBase).containsExactly(3L, 7L);
  }

  @Test
  void aCompactionOfAnotherLogIsNoStepAndSupersedesNothing() {
    events(3);
    compact(1, 3, 1, 2, false);
    assertThat(steps(0)).isEmpty();
    assertThat(supersededBy(1L, 2L, 3L)).containsExactly(0L, 0L, 0L);
    compact(1, 5, 2, 1);
    assertThat(supersededBy(1L, 4L, 5L)).containsExactly(6L, 6L, 6L);
  }

  @Test
  void stepsLeadAsFarAsTheyCan() {
    events(10);
    compact(1, 4, 1, 1);
    compact(5, 8, 1, 1);
    compact(3, 6, 1, 1);
    compact(9, 10, 1, 1);
    assertThat(steps(0)).extracting(EffectiveCompaction::getBase).containsExactly(4L, 8L, 10L);
    assertThat(steps(3)).extracting(EffectiveCompaction::getBase).containsExactly(6L, 8L, 10L);
    assertThat(steps(8)).extracting(EffectiveCompaction::getBase).containsExactly(10L);
    assertThat(steps(10)).isEmpty();
    assertThat(driver.compactions(StoreDriver.ask(log).setAll(true)).getCompactionsList())
        .extracting(EffectiveCompaction::getBase)
        .containsExactly(4L, 6L, 8L, 10L);
  }

  @Test
  void noMoreStepsAreToldAtOnceThanMayBe() {
    int count = Limits.MAX_STEPS + 2;
    events(count);
    for (int i = 1; i <= count; i++) {
      compact(i, i, 1, 1);
    }
    assertThat(steps(0)).hasSize(Limits.MAX_STEPS);
    assertThat(steps(Limits.MAX_STEPS)).hasSize(2);
  }

  @Test
  void anAttestationGoesWithEverythingThatItNames() {
    events(2);
    FileId one = compact(1, 1, 1, 1);
    FileId other = compact(2, 2, 1, 2);
    driver.append(log, log.attestation(ANNA, one, other));
    driver.append(log, log.attestation(BEN, one, SampleLog.fileNamed("nothing")));
    assertThat(steps(0).get(0).getAttestationsList())
        .containsExactly(attested(6, false), attested(7, false));
    assertThat(steps(0).get(1).getAttestationsList()).containsExactly(attested(6, false));
    driver.append(log, log.attestation(ANNA, SampleLog.fileNamed("nothing")));
    compact(3, 8, 2, 1);
    assertThat(supersededBy(6L, 7L, 8L)).containsExactly(0L, 0L, 9L);

    compact(1, 4, 2, 1);
    assertThat(supersededBy(6L, 7L)).containsExactly(0L, 9L);
    compact(1, 9, 3, 1);
    assertThat(supersededBy(3L, 5L, 6L, 7L, 8L)).containsExactly(10L, 11L, 11L, 11L, 11L);
    assertThat(steps(0).get(0).getAttestationsList()).isEmpty();
  }

  // How compactions stand

  private FileId unattested(long first, long base, int parts) {
    List<SampleFile> files = log.compaction(BEN, first, base, 1, true, false, payloads(parts));
    assertThat(driver.append(log, files)).isEqualTo(COMMIT_RESULT_COMMITTED);
    return files.get(parts - 1).id();
  }

  private void say(AttestationEffect effect, FileId... compactions) {
    assertThat(driver.append(log, log.attestation(ANNA, effect, compactions)))
        .isEqualTo(COMMIT_RESULT_COMMITTED);
  }

  private List<Long> bases() {
    return driver.compactions(StoreDriver.ask(log).setAll(true)).getCompactionsList().stream()
        .map(EffectiveCompaction::getBase)
        .toList();
  }

  private List<OpenCompaction> whatIsOpen() {
    return driver.compactions(StoreDriver.ask(log).setOpen(true)).getOpenList();
  }

  @Test
  void whatNeitherStandsNorIsSupersededIsToldWithWhatIsSaidOfIt() {
    events(3);
    FileId contested = unattested(1, 2, 2); // 4, 5
    unattested(2, 3, 1); // 6
    FileId attested = unattested(3, 3, 1); // 7
    say(AttestationEffect.ATTESTATION_EFFECT_CONTESTS, contested);
    say(AttestationEffect.ATTESTATION_EFFECT_ATTESTS, attested);
    assertThat(whatIsOpen()).extracting(OpenCompaction::getSequence).containsExactly(6L, 5L);
    OpenCompaction told = whatIsOpen().get(1);
    assertThat(told)
        .isEqualTo(OpenCompaction.newBuilder()
            .setSequence(5)
            .setFirst(1)
            .setBase(2)
            .setGeneration(1)
            .setParts(2)
            .setSound(true)
            .setContested(true)
            .setBytes(log.files().get(3).payload().size()
                + log.files().get(4).payload().size())
            .setServerTimeMillis(told.getServerTimeMillis())
            .build());
    assertThat(told.getServerTimeMillis())
        .isBetween(1L, whatIsOpen().get(0).getServerTimeMillis() - 1);
    say(AttestationEffect.ATTESTATION_EFFECT_OVERRULES, contested);
    assertThat(whatIsOpen()).extracting(OpenCompaction::getSequence).containsExactly(6L);
    compact(1, 9, 2, 1);
    assertThat(whatIsOpen()).as("superseded").isEmpty();
  }

  private int begun() {
    return driver
        .lookUp(LookUpRequest.newBuilder()
            .setSpace(log.space().byteString())
            .setSize(log.size())
            .addBegunBy(ANNA.byteString())
            .addBegunBy(BEN.byteString())
            .addBegunBy(SampleLog.device("nobody").byteString())
            .build())
        .getBegunList()
        .get(1);
  }

  @Test
  void aCompactionSupersedesOnceItIsAttested() {
    events(3);
    FileId compaction = unattested(1, 2, 2);
    assertThat(supersededBy(1L, 2L)).containsExactly(0L, 0L);
    assertThat(bases()).isEmpty();

    say(ATTESTATION_EFFECT_UNSPECIFIED, compaction);
    assertThat(bases()).isEmpty();
    say(ATTESTATION_EFFECT_ATTESTS, compaction);

    assertThat(supersededBy(1L, 2L, 3L)).containsExactly(5L, 5L, 0L);
    assertThat(bases()).containsExactly(2L);
  }

  @Test
  void whatIsContestedGivesBackWhatItSuperseded() {
    events(3);
    compact(1, 2, 1, 2);
    FileId compaction = unattested(1, 5, 1);
    say(ATTESTATION_EFFECT_ATTESTS, compaction);
    assertThat(supersededBy(1L, 3L, 4L, 5L)).containsExactly(6L, 6L, 6L, 6L);
    assertThat(bases()).containsExactly(5L);

    say(ATTESTATION_EFFECT_CONTESTS, compaction);

    assertThat(supersededBy(1L, 3L, 4L, 5L)).containsExactly(5L, 0L, 0L, 0L);
    assertThat(bases()).containsExactly(2L);
    say(ATTESTATION_EFFECT_ATTESTS, compaction);
    assertThat(bases()).containsExactly(2L);
  }

  @Test
  void whatIsOverruledSupersedesAgain() throws Exception {
    events(3);
    compact(1, 2, 1, 2);
    FileId compaction = unattested(1, 5, 1);
    say(ATTESTATION_EFFECT_CONTESTS, compaction);
    say(ATTESTATION_EFFECT_ATTESTS, compaction);
    assertThat(bases()).containsExactly(2L);
    say(ATTESTATION_EFFECT_OVERRULES, compaction);
    restart();
    assertThat(supersededBy(1L, 3L, 4L, 5L)).containsExactly(6L, 6L, 6L, 6L);
    assertThat(bases()).containsExactly(5L);
    say(ATTESTATION_EFFECT_CONTESTS, compaction);
    assertThat(bases()).containsExactly(2L);
  }

  @Test
  void oneThatIsContestedTakesNothingFromAnotherThatOverlaps() {
    events(6);
    compact(4, 5, 1, 1);
    FileId one = unattested(1, 7, 1);
    FileId other = unattested(3, 7, 1);
    say(ATTESTATION_EFFECT_ATTESTS, one, other);
    assertThat(supersededBy(2L, 4L, 7L)).containsExactly(8L, 8L, 8L);

    say(ATTESTATION_EFFECT_CONTESTS, one);

    assertThat(supersededBy(2L, 4L, 7L)).containsExactly(0L, 9L, 9L);
    assertThat(bases()).containsExactly(7L);
    say(ATTESTATION_EFFECT_CONTESTS, other);
    assertThat(supersededBy(2L, 4L, 7L)).containsExactly(0L, 7L, 0L);
  }

  /** The outer ones fall one after the other, and each time what they held goes to the next. */
  @Test
  void ofNestedOnesTheInnerOnesComeBack() {
    events(2);
    compact(1, 1, 1, 1);
    FileId middle = unattested(1, 3, 1);
    say(ATTESTATION_EFFECT_ATTESTS, middle);
    FileId outer = unattested(1, 5, 1);
    say(ATTESTATION_EFFECT_ATTESTS, outer);
    assertThat(supersededBy(1L, 2L, 3L, 4L, 5L)).containsExactly(6L, 6L, 6L, 6L, 6L);
    assertThat(bases()).containsExactly(5L);

    say(ATTESTATION_EFFECT_CONTESTS, outer);
    assertThat(supersededBy(1L, 2L, 3L, 4L, 5L)).containsExactly(4L, 4L, 4L, 0L, 0L);
    say(ATTESTATION_EFFECT_CONTESTS, middle);
    assertThat(supersededBy(1L, 2L, 3L, 4L)).containsExactly(3L, 0L, 0L, 0L);
    assertThat(bases()).containsExactly(1L);
    say(ATTESTATION_EFFECT_OVERRULES, outer, middle);
    assertThat(supersededBy(1L, 2L, 3L, 4L, 5L)).containsExactly(6L, 6L, 6L, 6L, 6L);
  }

  /** A superseded one may stand or fall, and supersedes again when what superseded it falls. */
  @Test
  void whatBecomesOfASupersededOneCountsOnceItIsLiveAgain() {
    events(2);
    compact(1, 1, 1, 1);
    FileId inner = unattested(1, 3, 1);
    FileId outer = unattested(1, 4, 1);
    say(ATTESTATION_EFFECT_ATTESTS, outer);
    say(ATTESTATION_EFFECT_ATTESTS, inner);
    assertThat(supersededBy(1L, 3L, 4L)).containsExactly(5L, 5L, 5L);
    say(ATTESTATION_EFFECT_CONTESTS, outer);
    assertThat(supersededBy(1L, 3L, 4L)).containsExactly(4L, 4L, 0L);
  }

  /** A restored mesh gets it all back at once. */
  @Test
  void whatOneCommitSaysOfACompactionComesToTheSame() {
    events(3);
    SampleLog grown = log.copy();
    List<SampleFile> compaction = grown.compaction(BEN, 1, 2, 1, true, false, payloads(2));
    FileId id = compaction.get(1).id();
    grown.accept(compaction);
    grown.accept(grown.attestation(ANNA, ATTESTATION_EFFECT_ATTESTS, id));
    grown.accept(grown.attestation(BEN, ATTESTATION_EFFECT_CONTESTS, id));
    grown.accept(grown.attestation(ANNA, ATTESTATION_EFFECT_OVERRULES, id));
    driver.append(log, grown.files().subList(3, 8));
    assertThat(supersededBy(1L, 2L, 3L)).containsExactly(5L, 5L, 0L);
    say(ATTESTATION_EFFECT_CONTESTS, id);
    assertThat(supersededBy(1L, 2L, 3L)).containsExactly(0L, 0L, 0L);
  }

  @Test
  void noneStandsOfAnotherLogWhateverIsSaidOfIt() {
    events(3);
    FileId compaction = compact(1, 3, 1, 1, false);
    say(ATTESTATION_EFFECT_OVERRULES, compaction);
    assertThat(bases()).isEmpty();
  }

  @Test
  void whatIsSaidOfNothingIsSaidOfNothingThatComesLater() {
    events(1);
    SampleLog later = log.copy();
    later.accept(later.next(ANNA, FileKind.FILE_KIND_EVENTS, payload("one more")));
    say(ATTESTATION_EFFECT_UNSPECIFIED, SampleLog.fileNamed("nothing"));
    say(ATTESTATION_EFFECT_OVERRULES, log.files().get(0).id());
    assertThat(bases()).isEmpty();
  }

  @Test
  void compactionsThatHaveBegunAreCountedUntilTheyStandOrAreSuperseded() {
    events(3);
    List<SampleFile> unfinished = log.compaction(BEN, 1, 3, 1, true, false, payloads(2));
    driver.append(log, unfinished.subList(0, 1));
    assertThat(begun()).isEqualTo(1);
    FileId compaction = unattested(1, 3, 3);
    assertThat(begun()).isEqualTo(2);
    say(ATTESTATION_EFFECT_ATTESTS, compaction);
    assertThat(begun()).isEqualTo(1);
    say(ATTESTATION_EFFECT_CONTESTS, compaction);
    assertThat(begun()).isEqualTo(2);
    compact(1, log.size(), 2, 2);
    assertThat(begun()).isZero();
  }

  private FoundCompaction found(FileId compaction, DeviceId device) {
    return driver
        .lookUp(LookUpRequest.newBuilder()
            .setSpace(log.space().byteString())
            .setSize(log.size())
            .addCompactions(CompactionQuestion.newBuilder()
                .setCompaction(compaction.byteString())
                .setDevice(device.byteString()))
            .build())
        .getCompactions(0);
  }

  @Test
  void aCompactionIsFoundWithWhatADeviceHasSaidOfIt() {
    events(3);
    FileId compaction = unattested(1, 2, 2);
    assertThat(found(log.files().get(3).id(), ANNA))
        .isEqualTo(FoundCompaction.getDefaultInstance());
    assertThat(found(log.files().get(0).id(), ANNA))
        .isEqualTo(FoundCompaction.getDefaultInstance());
    FoundCompaction unsaid =
        FoundCompaction.newBuilder().setAuthor(BEN.byteString()).build();
    assertThat(found(compaction, ANNA)).isEqualTo(unsaid);
    say(ATTESTATION_EFFECT_UNSPECIFIED, compaction);
    assertThat(found(compaction, ANNA))
        .isEqualTo(unsaid.toBuilder().setAttested(true).build());
    assertThat(found(compaction, BEN)).isEqualTo(unsaid);
    say(ATTESTATION_EFFECT_CONTESTS, compaction);
    compact(1, 5, 2, 1);
    assertThat(found(compaction, ANNA))
        .isEqualTo(unsaid.toBuilder()
            .setAttested(true)
            .setContested(true)
            .setSuperseded(true)
            .build());
  }

  /** Every contest comes before what is said for it, and nobody crowds the others out. */
  @Test
  void ofWhatIsSaidOfAStepContestsAreToldAndOfEachAuthorTheNewest() {
    events(2);
    FileId compaction = compact(1, 2, 1, 1);
    say(ATTESTATION_EFFECT_CONTESTS, compaction);
    for (int i = 0; i < StoreLimits.MAX_TOLD_ATTESTATIONS + 2; i++) {
      DeviceId device = SampleLog.device("device " + i);
      driver.append(log, log.attestation(device, ATTESTATION_EFFECT_OVERRULES, compaction));
    }
    say(ATTESTATION_EFFECT_ATTESTS, compaction);
    say(ATTESTATION_EFFECT_ATTESTS, compaction);
    List<AttestedBy> told = steps(0).get(0).getAttestationsList();
    assertThat(told).hasSize(StoreLimits.MAX_TOLD_ATTESTATIONS + 1);
    assertThat(told.get(0)).isEqualTo(attested(4, true));
    assertThat(told.get(1)).isEqualTo(attested(8, false));
    assertThat(told).endsWith(attested(70, false), attested(72, false));
  }

  private static AttestedBy attested(long sequence, boolean contested) {
    return AttestedBy.newBuilder().setSequence(sequence).setContested(contested).build();
  }

  @Test
  void whatIsLiveIsCountedByGeneration() {
    driver.append(log, log.next(ANNA, FileKind.FILE_KIND_MEMBERSHIP, payload("genesis")));
    events(4);
    compact(2, 3, 1, 2);
    compact(4, 4, 7, 1);
    events(2);
    driver.append(log, log.attestation(ANNA, SampleLog.fileNamed("nothing")));
    var reply = driver.compactions(StoreDriver.ask(log).setMaxLive(100));
    assertThat(reply.getLiveList()).containsExactly(live(0, 5, 9, 10), live(1, 6, 7), live(7, 8));
    assertThat(reply.getMoreLive()).isFalse();
  }

  private LiveFiles live(int generation, Integer... sequences) {
    long bytes = Stream.of(sequences)
        .map(sequence -> log.files().get(sequence - 1))
        .mapToLong(file -> file.payload().size())
        .sum();
    return LiveFiles.newBuilder()
        .setGeneration(generation)
        .setFiles(sequences.length)
        .setBytes(bytes)
        .build();
  }

  @Test
  void noMoreLiveFilesAreCountedThanWasAskedFor() {
    events(5);
    compact(4, 4, 1, 1);
    var reply = driver.compactions(StoreDriver.ask(log).setMaxLive(2));
    assertThat(reply.getLiveList()).containsExactly(live(0, 3, 5), live(1, 6));
    assertThat(reply.getMoreLive()).isTrue();
  }

  @Test
  void whatSupersedesWhatOutlivesARestartAndReclaiming() throws Exception {
    events(3);
    compact(1, 2, 1, 2);
    compact(1, 5, 2, 1);
    driver.reclaim(log, 6);
    restart();
    assertThat(supersededBy(1L, 3L, 4L, 5L)).containsExactly(6L, 6L, 6L, 6L);
    assertThat(steps(0)).extracting(EffectiveCompaction::getPartsList).containsExactly(List.of(6L));
    assertThat(driver.readAll(log).getEntries(3).getFile())
        .isEqualTo(log.files().get(3).id().byteString());
  }

  // Outlines and single entries

  /** Takes an outline in as a device does, and ends where it leads. */
  private long follow(CompactTree tree, OutlineReply reply) throws FormatException {
    for (OutlinePart part : reply.getPartsList()) {
      if (part.hasGap()) {
        Gap gap = part.getGap();
        TreeGap.append(tree, gap.getFiles(), hashes(gap.getHashesList()));
      } else {
        SampleFile file = log.files().get((int) tree.size());
        assertThat(part.getEntry().getSignedHeader()).isEqualTo(file.header());
        assertThat(part.getEntry().getPayload()).isEqualTo(file.payload());
        tree.append(log.leaf(file, tree.size() + 1));
      }
    }
    assertThat(tree.root()).isEqualTo(log.rootAt(tree.size()));
    return tree.size();
  }

  private void logWithAnOutline() {
    driver.append(log, log.next(ANNA, FileKind.FILE_KIND_MEMBERSHIP, payload("genesis")));
    events(300);
    driver.append(log, log.next(ANNA, FileKind.FILE_KIND_MEMBERSHIP, payload("change")));
    compact(2, 301, 1, 2);
    driver.append(log, log.attestation(ANNA, SampleLog.fileNamed("any")));
    driver.append(log, log.next(ANNA, FileKind.FILE_KIND_MEMBERSHIP, payload("last")));
    events(5);
  }

  @Test
  void anOutlineHasMembershipAndAttestationsAndGapsBetween() throws FormatException {
    logWithAnOutline();
    OutlineReply reply = driver.outline(StoreDriver.outlineOf(log, 0, log.size()));
    assertThat(reply.getPartsList())
        .extracting(part -> part.hasGap() ? part.getGap().getFiles() : 0)
        .containsExactly(0L, 300L, 0L, 2L, 0L, 0L, 5L);
    assertThat(reply.getConsistencyList()).isEmpty();
    assertThat(follow(new CompactTree(), reply)).isEqualTo(log.size());
  }

  @Test
  void anOutlineEndsWhereItIsToEndAndProvesTheHead() throws FormatException {
    logWithAnOutline();
    OutlineReply reply = driver.outline(StoreDriver.outlineOf(log, 0, 200));
    CompactTree tree = new CompactTree();
    assertThat(follow(tree, reply)).isEqualTo(200);
    assertThat(Proofs.verifyConsistency(
            200,
            log.size(),
            tree.root(),
            log.rootAt(log.size()),
            hashes(reply.getConsistencyList())))
        .isTrue();
    assertThat(follow(tree, driver.outline(StoreDriver.outlineOf(log, 200, 302))))
        .isEqualTo(302);
  }

  /** So that who reads it learns the root there; where it is an entry that ends there, that is learnt anyway. */
  @Test
  void aGapEndsAtEachStop() throws FormatException {
    logWithAnOutline();
    OutlineReply reply = driver.outline(StoreDriver.outlineOf(log, 0, log.size())
        .addStops(1)
        .addStops(100)
        .addStops(250)
        .addStops(301)
        .addStops(308)
        .addStops(5_000));
    assertThat(reply.getPartsList())
        .extracting(part -> part.hasGap() ? part.getGap().getFiles() : 0)
        .containsExactly(0L, 99L, 150L, 51L, 0L, 2L, 0L, 0L, 2L, 3L);
    assertThat(follow(new CompactTree(), reply)).isEqualTo(log.size());
  }

  @Test
  void anOutlineOfManyEntriesComesInPartsThatGoOnFromEachOther() throws FormatException {
    logWithAnOutline();
    CompactTree tree = new CompactTree();
    int replies = 0;
    while (tree.size() < log.size()) {
      follow(
          tree,
          driver.outline(
              StoreDriver.outlineOf(log, tree.size(), log.size()).setMaxEntries(1 + replies % 2)));
      replies++;
    }
    assertThat(replies).isEqualTo(4);
  }

  @Test
  void aSmallBudgetStillBringsOneEntryWithTheGapBeforeIt() {
    logWithAnOutline();
    OutlineReply reply =
        driver.outline(StoreDriver.outlineOf(log, 1, log.size()).setMaxBytes(1));
    assertThat(reply.getPartsList()).extracting(OutlinePart::hasGap).containsExactly(true, false);
  }

  @Test
  void ofALogThatIsShorterThanTheHeadThereIsNoOutline() {
    events(1);
    assertThat(StoreDriver.failureOf(
            store.outline(StoreDriver.outlineOf(log, 0, 1).setHeadSize(2).build())))
        .isEqualTo(MeshFailure.UNAVAILABLE);
    assertThat(StoreDriver.failureOf(
            store.entries(StoreDriver.entriesOf(log, 1L).setHeadSize(2).build())))
        .isEqualTo(MeshFailure.UNAVAILABLE);
  }

  @Test
  void singleEntriesComeWithTheirPaths() throws FormatException {
    logWithAnOutline();
    EntriesReply reply = driver.entries(StoreDriver.entriesOf(log, 1L, 7L, 303L, log.size()));
    assertThat(reply.getEntriesCount()).isEqualTo(4);
    for (ProvenEntry proven : reply.getEntriesList()) {
      SampleFile file = log.files().get((int) proven.getSequence() - 1);
      assertThat(proven.getEntry().getPayload()).isEqualTo(file.payload());
      assertThat(Proofs.verifyInclusion(
              log.leaf(file, proven.getSequence()),
              proven.getSequence() - 1,
              log.size(),
              hashes(proven.getPathList()),
              log.rootAt(log.size())))
          .isTrue();
    }
  }

  @Test
  void singleEntriesAreWithinABudgetButOneComes() {
    driver.append(log, ANNA, payload(500), payload(500), payload(500));
    assertThat(driver
            .entries(StoreDriver.entriesOf(log, 1L, 2L, 3L).setMaxBytes(1))
            .getEntriesList())
        .extracting(ProvenEntry::getSequence)
        .containsExactly(1L);
    assertThat(driver
            .entries(StoreDriver.entriesOf(log, 1L, 2L, 3L).setMaxBytes(2000))
            .getEntriesList())
        .extracting(ProvenEntry::getSequence)
        .containsExactly(1L, 2L);
    assertThat(driver.entries(StoreDriver.entriesOf(log)).getEntriesList()).isEmpty();
  }

  // Committing

  @Test
  void whatIsCommittedIsReadBack() {
    driver.append(log, ANNA, payload("one"), payload(""), payload(Limits.MAX_PAYLOAD_BYTES));
    driver.append(log, BEN, payload("two"));

    assertReads(log, driver.readAll(log), 0);
  }

  private static void assertReads(SampleLog log, ReadReply reply, long after) {
    for (int i = 0; i < reply.getEntriesCount(); i++) {
      SampleFile file = log.files().get((int) after + i);
      LogEntry expected = LogEntry.newBuilder()
          .setSignedHeader(file.header())
          .setServerTimeMillis(file.serverTimeMillis())
          .setBase(file.base())
          .setPayload(file.payload())
          .build();
      assertThat(reply.getEntries(i).equals(expected)).as("entry %d", i).isTrue();
    }
  }

  @Test
  void aCommitOnAnotherHeadConflicts() {
    SampleLog behind = log.copy();
    driver.append(log, ANNA, payload("one"));
    SampleLog other = new SampleLog("other");
    driver.append(other, ANNA, payload("other"));
    SpaceCommit next = driver.staged(log, log.next(BEN, FileKind.FILE_KIND_EVENTS, payload("two")));

    assertThat(driver.append(behind, BEN, payload("two"))).isEqualTo(COMMIT_RESULT_CONFLICT);
    SpaceCommit otherRoot =
        next.toBuilder().setExpectedRoot(other.rootAt(1).byteString()).build();
    assertThat(driver.commit(otherRoot)).containsExactly(COMMIT_RESULT_CONFLICT);
    SampleLog unknown = new SampleLog("unknown");
    SpaceCommit ofUnknown =
        next.toBuilder().setSpace(unknown.space().byteString()).build();
    assertThat(driver.commit(ofUnknown)).containsExactly(COMMIT_RESULT_CONFLICT);
    assertThat(driver.commit(next)).containsExactly(COMMIT_RESULT_COMMITTED);
  }

  @Test
  void theSameCommitAgainConflictsAndTheFileKeepsItsPlace() {
    SampleLog before = log.copy();
    driver.append(log, ANNA, payload("one"));
    FoundFile first = driver.lookUp(lookUp(1, ANNA, 1)).getFiles(0);

    assertThat(driver.append(before, ANNA, payload("one"))).isEqualTo(COMMIT_RESULT_CONFLICT);

    assertThat(driver.load(log).getSize()).isEqualTo(1);
    assertThat(driver.lookUp(lookUp(1, ANNA, 1)).getFiles(0)).isEqualTo(first);
  }

  @Test
  void oneSpacesConflictKeepsNoOtherOut() {
    SampleLog stale = log.copy();
    driver.append(log, ANNA, payload("one"));
    SampleLog second = new SampleLog("second");
    SampleLog third = new SampleLog("third");

    List<CommitResult> results = driver.commit(nextOf(second), nextOf(stale), nextOf(third));

    assertThat(results)
        .containsExactly(COMMIT_RESULT_COMMITTED, COMMIT_RESULT_CONFLICT, COMMIT_RESULT_COMMITTED);
    assertThat(driver.load(second).getSize()).isEqualTo(1);
    assertThat(driver.load(third).getSize()).isEqualTo(1);
  }

  private SpaceCommit nextOf(SampleLog of) {
    return driver.staged(of, of.next(BEN, FileKind.FILE_KIND_EVENTS, payload("next")));
  }

  @Test
  void aCounterThatIsTakenKeepsNoOtherSpaceOut() {
    driver.append(log, ANNA, payload("one"));
    SampleFile taken = log.file(ANNA, 1, FileKind.FILE_KIND_EVENTS, payload("again"), 0);
    SampleLog second = new SampleLog("second");

    assertThat(driver.commit(driver.staged(log, List.of(taken)), nextOf(second)))
        .containsExactly(COMMIT_RESULT_CONFLICT, COMMIT_RESULT_COMMITTED);
    assertThat(driver.load(log).getSize()).isEqualTo(1);
    assertThat(driver.append(log, ANNA, payload("two"))).isEqualTo(COMMIT_RESULT_COMMITTED);
  }

  @Test
  void ofTwoCommitsOnOneHeadAtOnceOneIsIn() {
    List<CompletableFuture<CommitReply>> replies = Stream.of(ANNA, BEN)
        .map(device -> log.next(device, FileKind.FILE_KIND_EVENTS, payload("rival")))
        .map(files -> StoreDriver.request(driver.staged(log, files)))
        .map(request -> store.commit(request).toCompletableFuture())
        .toList();

    assertThat(replies)
        .map(reply -> StoreDriver.await(reply).getResults(0))
        .containsExactlyInAnyOrder(COMMIT_RESULT_COMMITTED, COMMIT_RESULT_CONFLICT);
  }

  @Test
  void commitsOfManySpacesAtOnceAreAllIn() {
    List<SampleLog> logs =
        IntStream.range(0, 200).mapToObj(i -> new SampleLog("space " + i)).toList();
    List<CompletableFuture<CommitReply>> replies = logs.stream()
        .map(each -> StoreDriver.request(nextOf(each)))
        .map(request -> store.commit(request).toCompletableFuture())
        .toList();

    assertThat(replies)
        .allMatch(reply -> StoreDriver.await(reply).getResults(0) == COMMIT_RESULT_COMMITTED);
    assertThat(logs).allMatch(each -> driver.load(each).getSize() == 1);
  }

  // Loading

  @Test
  void aSpaceThatIsNotThereIsNotFound() {
    assertThat(timeless(driver.load(log))).isEqualTo(LoadSpaceReply.getDefaultInstance());
  }

  @Test
  void aSpaceLoadsWithHeadMembershipAndChains() {
    driver.append(log, log.next(ANNA, FileKind.FILE_KIND_MEMBERSHIP, payload("genesis")));
    driver.append(log, ANNA, payloads(3));
    driver.append(log, log.next(BEN, FileKind.FILE_KIND_MEMBERSHIP, payload("join")));

    LoadSpaceReply reply = driver.load(log);

    assertThat(reply.getFound()).isTrue();
    assertThat(reply.getSize()).isEqualTo(5);
    assertThat(reply.getRoot()).isEqualTo(log.rootAt(5).byteString());
    assertThat(reply.getFrontier()).isEqualTo(log.frontier());
    assertThat(reply.getLastServerTimeMillis()).isEqualTo(log.files().get(4).serverTimeMillis());
    assertThat(reply.getMembershipList())
        .extracting(StoredFile::getSequence)
        .containsExactly(1L, 5L);
    assertThat(reply.getMembership(1).getSignedHeader())
        .isEqualTo(log.files().get(4).header());
    assertThat(reply.getChainsList()).containsExactlyInAnyOrder(chain(ANNA, 3), chain(BEN, 4));
  }

  /** Two loads have two times. */
  private static LoadSpaceReply timeless(LoadSpaceReply reply) {
    return reply.toBuilder().clearStoreTimeMillis().build();
  }

  @Test
  void aStoreThatTellsItsTimeTellsItAsItAnswers() {
    SpaceCommit commit = nextOf(log);
    long slack = 60_000; // a store's clock is another machine's at times
    long before = System.currentTimeMillis() - slack;
    long ofCommit =
        StoreDriver.await(store.commit(StoreDriver.request(commit))).getStoreTimeMillis();
    long ofLoad = driver.load(log).getStoreTimeMillis();
    long ofNothing = driver.load(new SampleLog("unknown")).getStoreTimeMillis();
    long after = System.currentTimeMillis() + slack;

    assertThat(List.of(ofCommit, ofLoad, ofNothing))
        .allMatch(time -> time == 0 || (time > before && time < after));
  }

  @Test
  void theAdmissionTokenIsThatOfTheNewestCommitThatBroughtOne() {
    commitWith(payload("first token"));
    assertThat(driver.load(log).getAdmissionToken()).isEqualTo(payload("first token"));
    commitWith(ByteString.EMPTY);
    assertThat(driver.load(log).getAdmissionToken()).isEqualTo(payload("first token"));
    commitWith(payload("second token"));
    assertThat(driver.load(log).getAdmissionToken()).isEqualTo(payload("second token"));
  }

  private void commitWith(ByteString token) {
    List<SampleFile> files = log.next(ANNA, FileKind.FILE_KIND_EVENTS, payload("any"));
    SpaceCommit commit =
        driver.staged(log, files).toBuilder().setAdmissionToken(token).build();
    assertThat(driver.commit(commit)).containsExactly(COMMIT_RESULT_COMMITTED);
    log.accept(files);
  }

  @Test
  void aCommitThatConflictsBringsNoToken() {
    SampleLog behind = log.copy();
    driver.append(log, ANNA, payload("one"));
    SpaceCommit late =
        nextOf(behind).toBuilder().setAdmissionToken(payload("late")).build();

    assertThat(driver.commit(late)).containsExactly(COMMIT_RESULT_CONFLICT);
    assertThat(driver.load(log).getAdmissionToken()).isEqualTo(ByteString.EMPTY);
  }

  @Test
  void anIncarnationBeginsOnceThoughItChangesNoHead() {
    driver.append(log, ANNA, payload("one"));

    assertThat(driver.commit(beginning(1))).containsExactly(COMMIT_RESULT_COMMITTED);
    assertThat(driver.commit(beginning(1))).containsExactly(COMMIT_RESULT_CONFLICT);
    assertThat(driver.commit(beginning(2))).containsExactly(COMMIT_RESULT_COMMITTED);

    assertThat(driver.load(log).getIncarnationsList())
        .containsExactly(beginning(1).getIncarnation(), beginning(2).getIncarnation());
    assertThat(driver.load(log).getSize()).isEqualTo(1);
  }

  @Test
  void incarnationsThatWereLostMayComeWithTheOneThatBeginsAndAreToldInTheirOrder() {
    driver.append(log, ANNA, payload("one"));
    driver.commit(beginning(2));
    SpaceCommit next = beginning(0x9000_0000).toBuilder()
        .addLostIncarnations(beginning(1).getIncarnation())
        .addLostIncarnations(beginning(3).getIncarnation())
        .build();

    assertThat(driver.commit(next)).containsExactly(COMMIT_RESULT_COMMITTED);

    assertThat(driver.load(log).getIncarnationsList())
        .containsExactly(beginning(2).getIncarnation(), next.getIncarnation());
    assertThat(driver.load(log).getLostIncarnationsList())
        .containsExactly(beginning(1).getIncarnation(), beginning(3).getIncarnation());
  }

  @Test
  void incarnationsThatWereLostComeWithTheFilesThatTheyExcuseAndBeginNothing() throws Exception {
    driver.append(log, ANNA, payload("one"));
    driver.commit(beginning(2));
    SpaceCommit files = nextOf(log).toBuilder()
        .addLostIncarnations(beginning(1).getIncarnation())
        .addLostIncarnations(beginning(0x9000_0000).getIncarnation())
        .build();

    assertThat(driver.commit(files.toBuilder().setExpectedIncarnation(1).build()))
        .containsExactly(COMMIT_RESULT_CONFLICT);
    assertThat(driver.load(log).getLostIncarnationsList()).isEmpty();
    assertThat(driver.commit(files.toBuilder().setExpectedIncarnation(2).build()))
        .containsExactly(COMMIT_RESULT_COMMITTED);

    store.close();
    openStore();
    assertThat(driver.load(log).getSize()).isEqualTo(2);
    assertThat(driver.load(log).getIncarnationsList())
        .containsExactly(beginning(2).getIncarnation());
    assertThat(driver.load(log).getLostIncarnationsList())
        .isEqualTo(files.getLostIncarnationsList());
  }

  @Test
  void aSpaceThatIsBroughtBackWholeBringsItsLostIncarnationsAtOnce() {
    SpaceCommit genesis = nextOf(log).toBuilder()
        .addLostIncarnations(beginning(1).getIncarnation())
        .build();

    assertThat(driver.commit(genesis)).containsExactly(COMMIT_RESULT_COMMITTED);

    assertThat(driver.load(log).getLostIncarnationsList())
        .containsExactly(beginning(1).getIncarnation());
  }

  @Test
  void incarnationsThatWereLostMayComeByThemselvesAndOnce() {
    driver.append(log, ANNA, payload("one"));
    SpaceCommit told = beginning(1).toBuilder()
        .clearIncarnation()
        .addLostIncarnations(beginning(1).getIncarnation())
        .build();
    SpaceCommit twice = nextOf(log).toBuilder()
        .addLostIncarnations(beginning(1).getIncarnation())
        .build();

    assertThat(driver.commit(told)).containsExactly(COMMIT_RESULT_COMMITTED);
    assertThat(driver.commit(twice)).containsExactly(COMMIT_RESULT_CONFLICT);

    assertThat(driver.load(log).getSize()).isEqualTo(1);
    assertThat(driver.load(log).getLostIncarnationsList())
        .containsExactly(beginning(1).getIncarnation());
  }

  @Test
  void aCommitThatExpectsAnotherNumberOfLostIncarnationsConflicts() {
    driver.append(log, ANNA, payload("one"));
    driver.commit(beginning(1).toBuilder()
        .clearIncarnation()
        .addLostIncarnations(beginning(1).getIncarnation())
        .build());

    assertThat(driver.commit(beginning(2).toBuilder().setExpectedLost(0).build()))
        .containsExactly(COMMIT_RESULT_CONFLICT);
    assertThat(driver.commit(beginning(2).toBuilder().setExpectedLost(1).build()))
        .containsExactly(COMMIT_RESULT_COMMITTED);
  }

  @Test
  void aLookUpTellsWhatMayChangeWithoutTheLog() throws Exception {
    driver.append(log, ANNA, payload("one"));
    LookUpRequest request =
        LookUpRequest.newBuilder().setSpace(log.space().byteString()).setSize(1).build();
    LookUpReply before = driver.lookUp(request);
    restoredAt(0x9000_0000L);
    driver.commit(beginning(0x9000_0000).toBuilder()
        .addLostIncarnations(beginning(1).getIncarnation())
        .build());
    LookUpReply after = driver.lookUp(request);

    assertThat(before.hasIncarnation() && before.hasLost() && before.hasRestored())
        .isTrue();
    assertThat(List.of(before.getIncarnation(), before.getLost(), before.getRestored()))
        .containsExactly(0, 0, 0);
    assertThat(List.of(after.getIncarnation(), after.getLost(), after.getRestored()))
        .containsExactly(0x9000_0000, 1, 0x9000_0000);
  }

  @Test
  void numbersOfRestorationsRiseAboveIncarnationsThatWereLost() throws Exception {
    driver.append(log, ANNA, payload("one"));
    driver.commit(nextOf(log).toBuilder()
        .addLostIncarnations(beginning(1_900_000_000).getIncarnation())
        .build());

    assertThat(restoredAt(1_800_000_000L)).isEqualTo(1_900_000_001);
  }

  @Test
  void aRestorationIsNumberedByItsTime() throws Exception {
    driver.append(log, ANNA, payload("one"));
    assertThat(driver.load(log).getRestored()).isZero();

    assertThat(restoredAt(1_800_000_000L)).isEqualTo(1_800_000_000);
    assertThat(restoredAt(0x9000_0000L)).isEqualTo(0x9000_0000); // unsigned
    assertThat(driver.load(new SampleLog("unknown")).getRestored()).isEqualTo(0x9000_0000);
  }

  @Test
  void numbersOfRestorationsRiseThoughTheClockDoesNot() throws Exception {
    assertThat(restoredAt(1_800_000_000L)).isEqualTo(1_800_000_000);
    assertThat(restoredAt(1_800_000_000L)).isEqualTo(1_800_000_001);
    assertThat(restoredAt(1_700_000_000L)).isEqualTo(1_800_000_002);
    driver.append(log, ANNA, payload("one"));
    driver.commit(beginning(1_900_000_000));
    assertThat(restoredAt(1_800_000_100L)).isEqualTo(1_900_000_001);
  }

  @Test
  void aCommitThatExpectsAnotherIncarnationConflicts() {
    driver.append(log, ANNA, payload("one"));
    driver.commit(beginning(0x9000_0000));

    assertThat(driver.commit(nextOf(log).toBuilder().setExpectedIncarnation(0).build()))
        .containsExactly(COMMIT_RESULT_CONFLICT);
    assertThat(driver.commit(
            beginning(0x9000_0001).toBuilder().setExpectedIncarnation(1).build()))
        .containsExactly(COMMIT_RESULT_CONFLICT);
    assertThat(driver.commit(
            nextOf(log).toBuilder().setExpectedIncarnation(0x9000_0000).build()))
        .containsExactly(COMMIT_RESULT_COMMITTED);
  }

  @Test
  void aCommitThatKnowsNothingOfARestorationConflicts() throws Exception {
    driver.append(log, ANNA, payload("one"));
    restoredAt(1_800_000_000L);
    SampleLog founded = new SampleLog("founded");

    assertThat(driver.commit(
            nextOf(log).toBuilder().setExpectedRestored(0).build(),
            nextOf(founded).toBuilder().setExpectedRestored(0).build()))
        .containsExactly(COMMIT_RESULT_CONFLICT, COMMIT_RESULT_CONFLICT);
    assertThat(driver.commit(
            nextOf(log).toBuilder().setExpectedRestored(1_800_000_000).build(),
            nextOf(founded).toBuilder()
                .setExpectedIncarnation(0)
                .setExpectedRestored(1_800_000_000)
                .build()))
        .containsExactly(COMMIT_RESULT_COMMITTED, COMMIT_RESULT_COMMITTED);
  }

  @Test
  void anEngineOfAnOlderVersionExpectsNoIncarnation() throws Exception {
    driver.append(log, ANNA, payload("one"));
    restoredAt(1_800_000_000L);
    driver.commit(beginning(1_800_000_000));

    assertThat(driver.commit(nextOf(log))).containsExactly(COMMIT_RESULT_COMMITTED);
  }

  @Test
  void ofAnIncarnationAndAFileAtOnceOneIsIn() {
    driver.append(log, ANNA, payload("one"));
    List<CompletableFuture<CommitReply>> replies = Stream.of(beginning(7), nextOf(log))
        .map(commit -> commit.toBuilder().setExpectedIncarnation(0).build())
        .map(commit -> store.commit(StoreDriver.request(commit)).toCompletableFuture())
        .toList();

    assertThat(replies)
        .map(reply -> StoreDriver.await(reply).getResults(0))
        .containsExactlyInAnyOrder(COMMIT_RESULT_COMMITTED, COMMIT_RESULT_CONFLICT);
  }

  @Test
  void aStoreWithASpaceThatCanBeginNoMoreIsNotMarked() throws Exception {
    driver.append(log, ANNA, payload("one"));
    for (int number = 1; number < Limits.MAX_INCARNATIONS; number++) {
      driver.commit(beginning(number));
    }
    int last = restoredAt(1_800_000_000L);
    driver.commit(beginning(last));

    store.close();
    assertThatThrownBy(() -> markRestored(InstantSource.system()))
        .isInstanceOf(StoreOpenException.RestoredTooOften.class)
        .hasMessageContaining("recover --empty");
    openStore();
    assertThat(driver.load(log).getRestored()).isEqualTo(last);
  }

  private int restoredAt(long unixSeconds) throws Exception {
    store.close();
    markRestored(InstantSource.fixed(Instant.ofEpochSecond(unixSeconds)));
    openStore();
    return driver.load(log).getRestored();
  }

  private SpaceCommit beginning(int number) {
    SigningKey notary = SigningKey.fromSeed(new byte[32]);
    SpaceCommit.Builder commit = log.commit(List.of(), List.of()).toBuilder();
    Incarnation begun =
        new Incarnation(log.space(), number, log.size(), CompactTree.EMPTY_ROOT, log.size(), 1);
    return commit.setIncarnation(SignedIncarnation.sign(begun, notary).exact()).build();
  }

  private ChainHead chain(DeviceId device, int index) {
    SampleFile file = log.files().get(index);
    return ChainHead.newBuilder()
        .setDevice(device.byteString())
        .setCounter(file.counter())
        .setFile(file.id().byteString())
        .build();
  }

  // Reading

  @Test
  void aReadStopsAtTheHeadThatTheCallerHolds() {
    driver.append(log, ANNA, payloads(5));

    assertThat(driver.read(log, 1, 3).getEntriesCount()).isEqualTo(2);
    assertThat(driver.read(log, 3, 3)).isEqualTo(ReadReply.getDefaultInstance());
    assertThat(driver.read(log, 0, 0)).isEqualTo(ReadReply.getDefaultInstance());
  }

  @Test
  void aHeadThatTheStoreHasNotReachedIsUnavailable() {
    driver.append(log, ANNA, payload("one"));

    assertThat(StoreDriver.failureOf(store.read(StoreDriver.range(log, 0, 2).build())))
        .isEqualTo(MeshFailure.UNAVAILABLE);
    SampleLog unknown = new SampleLog("unknown");
    assertThat(StoreDriver.failureOf(store.read(StoreDriver.range(unknown, 0, 1).build())))
        .isEqualTo(MeshFailure.UNAVAILABLE);
  }

  @Test
  void aReadKeepsToItsBytesAndBringsOneFileAtLeast() {
    driver.append(log, ANNA, payload(1000), payload(2000), payload(100), payload(5000));
    long all = driver.readAll(log).getSerializedSize();
    int longest = 0;
    for (int budget = 0; budget < all + 1000; budget += 50) {
      ReadReply reply =
          driver.read(StoreDriver.range(log, 0, 4).setMaxBytes(budget).build());
      int entries = reply.getEntriesCount();
      long bytes =
          reply.getEntriesList().stream().mapToLong(LogEntry::getSerializedSize).sum();

      assertThat(entries).isGreaterThanOrEqualTo(Math.max(1, longest));
      assertThat(entries == 1 || bytes <= budget).isTrue();
      longest = entries;
    }
    assertThat(longest).isEqualTo(4);
  }

  @Test
  void aReadKeepsToItsFiles() {
    driver.append(log, ANNA, payloads(5));

    assertThat(readFiles(0)).isEqualTo(1);
    assertThat(readFiles(1)).isEqualTo(1);
    assertThat(readFiles(4)).isEqualTo(4);
    assertThat(readFiles(5)).isEqualTo(5);
    assertThat(readFiles(-1)).isEqualTo(5); // the largest unsigned number
  }

  private int readFiles(int most) {
    return driver.read(StoreDriver.range(log, 0, 5).setMaxFiles(most).build()).getEntriesCount();
  }

  @Test
  void thePayloadsOfOneDeviceAreLeftOutAndCostNoBudget() {
    driver.append(log, ANNA, payload(5000), payload(5000));
    driver.append(log, BEN, payload("Ben's"));

    ReadReply reply = driver.read(StoreDriver.range(log, 0, 3)
        .setMaxBytes(2000)
        .setOmitPayloadsOf(ANNA.byteString())
        .build());

    assertThat(reply.getEntriesList())
        .extracting(LogEntry::getAbsence)
        .containsExactly(
            PayloadAbsence.PAYLOAD_ABSENCE_OWN,
            PayloadAbsence.PAYLOAD_ABSENCE_OWN,
            PayloadAbsence.PAYLOAD_ABSENCE_UNSPECIFIED);
    assertThat(reply.getEntries(0).getPayload().isEmpty()).isTrue();
    assertThat(reply.getEntries(0).getSignedHeader())
        .isEqualTo(log.files().get(0).header());
    assertThat(reply.getEntries(2).getPayload()).isEqualTo(payload("Ben's"));
  }

  @Test
  void aReadProvesThatTheHeadGrewFromWhereItStopped() {
    growOverTiles();
    for (long head : new long[] {1, 2, 255, 256, 257, 511, 512, 513, 600}) {
      for (long after = 0; after < head; after += 1 + head / 7) {
        assertConsistent(
            driver.read(StoreDriver.range(log, after, head).setMaxFiles(3).build()), after, head);
      }
    }
  }

  private void assertConsistent(ReadReply reply, long after, long head) {
    assertReads(log, reply, after);
    long reached = after + reply.getEntriesCount();
    List<Hash> proof = hashes(reply.getConsistencyList());
    assertThat(
            Proofs.verifyConsistency(reached, head, log.rootAt(reached), log.rootAt(head), proof))
        .as("from %d to %d", reached, head)
        .isTrue();
  }

  /** 600 files in batches of all sizes, so that tiles fill in the middle of a batch and at its end. */
  private void growOverTiles() {
    int[] batches = {1, 2, 13, 64, 64, 64, 48, 1, 63, 64, 64, 63, 1, 1, 64, 23};
    for (int batch : batches) {
      assertThat(driver.append(log, ANNA, payloads(batch))).isEqualTo(COMMIT_RESULT_COMMITTED);
    }
    assertThat(log.size()).isEqualTo(600);
  }

  private static List<Hash> hashes(List<ByteString> bytes) {
    return bytes.stream().map(FileStoreContract::hash).toList();
  }

  private static Hash hash(ByteString bytes) {
    try {
      return Hash.parse(bytes);
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  // Looking up

  private LookUpRequest lookUp(long size, DeviceId device, long... counters) {
    LookUpRequest.Builder request =
        LookUpRequest.newBuilder().setSpace(log.space().byteString()).setSize(size);
    for (long counter : counters) {
      request.addDots(Dot.newBuilder().setDevice(device.byteString()).setCounter(counter));
    }
    return request.build();
  }

  @Test
  void aFileIsFoundByItsDotWithThePathToTheHead() {
    growOverTiles();
    for (long size : new long[] {1, 255, 256, 257, 512, 600}) {
      for (long counter = 1; counter <= size; counter += 1 + size / 9) {
        assertIncluded(driver.lookUp(lookUp(size, ANNA, counter)).getFiles(0), counter, size);
      }
    }
  }

  private void assertIncluded(FoundFile found, long sequence, long size) {
    SampleFile file = log.files().get((int) sequence - 1);
    assertThat(found.getFile()).isEqualTo(file.id().byteString());
    assertThat(found.getReceipt().getSequence()).isEqualTo(sequence);
    assertThat(found.getReceipt().getServerTimeMillis()).isEqualTo(file.serverTimeMillis());
    assertThat(found.getReceipt().getBase()).isEqualTo(file.base());
    List<Hash> path = hashes(found.getReceipt().getPathList());
    Hash leaf = log.leaf(file, sequence);
    assertThat(Proofs.verifyInclusion(leaf, sequence - 1, size, path, log.rootAt(size)))
        .as("file %d of %d", sequence, size)
        .isTrue();
  }

  @Test
  void aFileIsFoundWithItsHeaderIfThatIsAskedFor() {
    driver.append(log, ANNA, payloads(3));
    LookUpRequest request = lookUp(3, ANNA, 2);

    FoundFile with = driver.lookUp(request.toBuilder().setHeaders(true).build()).getFiles(0);

    assertThat(with.getSignedHeader()).isEqualTo(log.files().get(1).header());
    assertThat(driver.lookUp(request).getFiles(0))
        .isEqualTo(with.toBuilder().clearSignedHeader().build());
  }

  @Test
  void whatTheLogDoesNotHaveAtThatSizeIsNotFound() {
    driver.append(log, ANNA, payloads(3));

    assertThat(driver.lookUp(lookUp(2, ANNA, 3, 4, 0)).getFilesList())
        .containsOnly(FoundFile.getDefaultInstance())
        .hasSize(3);
    assertThat(driver.lookUp(lookUp(3, BEN, 1)).getFilesList())
        .containsExactly(FoundFile.getDefaultInstance());
    assertThat(StoreDriver.failureOf(store.lookUp(lookUp(4, ANNA, 1))))
        .isEqualTo(MeshFailure.UNAVAILABLE);
  }

  @Test
  void rootsOfPastSizesAreThoseThatTheLogHad() {
    growOverTiles();
    List<Long> sizes = List.of(0L, 1L, 16L, 255L, 256L, 257L, 512L, 599L, 600L);

    LookUpReply reply = driver.lookUp(
        lookUp(600, ANNA).toBuilder().addAllRootSizes(sizes).addRootSizes(601).build());

    for (int i = 0; i < sizes.size(); i++) {
      assertThat(hash(reply.getRoots(i))).isEqualTo(log.rootAt(sizes.get(i)));
    }
    assertThat(reply.getRoots(sizes.size())).isEqualTo(ByteString.EMPTY);
  }

  // Positions

  @Test
  void positionsOnlyRise() {
    driver.append(log, ANNA, payloads(5));
    driver.record(log, BEN, 2);
    driver.record(log, ANNA, 5);
    driver.record(log, BEN, 4);
    driver.record(log, BEN, 3);

    assertThat(driver.positions(log))
        .containsExactlyInAnyOrder(position(ANNA, 5), position(BEN, 4));
  }

  @Test
  void aPositionOfNoSpaceOrBeyondTheLogIsIgnored() {
    driver.record(log, ANNA, 1);
    assertThat(driver.positions(log)).isEmpty();
    driver.append(log, ANNA, payloads(2));
    driver.record(log, ANNA, 0);
    driver.record(log, ANNA, 3);

    assertThat(driver.positions(log)).isEmpty();
  }

  @Test
  void ofSignedPositionsTheNewestOfEachDeviceStaysAsItCame() {
    driver.append(log, ANNA, payloads(5));
    driver.record(log, BEN, 2, StoreDriver.signed(2, 20));
    driver.record(log, ANNA, 5, StoreDriver.signed(5, 10));
    driver.record(log, BEN, 4, StoreDriver.signed(4, 19)); // signed before: its sequence counts
    driver.record(log, ANNA, 5, StoreDriver.signed(3, 11)); // signed later: of a log gone back
    driver.record(log, ANNA, 5);

    assertThat(driver.signedPositions(log, ByteString.EMPTY, 5))
        .containsExactlyInAnyOrder(StoreDriver.signed(2, 20), StoreDriver.signed(3, 11));
    assertThat(driver.positions(log))
        .containsExactlyInAnyOrder(position(ANNA, 5), position(BEN, 4));
  }

  @Test
  void whatWasSignedAtTheBeginningOfTimeIsNewerThanNothing() {
    driver.append(log, ANNA, payloads(2));
    driver.record(log, BEN, 1, StoreDriver.signed(1, 0));
    driver.record(log, BEN, 2);

    assertThat(driver.signedPositions(log, ByteString.EMPTY, 2))
        .containsExactly(StoreDriver.signed(1, 0));
  }

  /** Times are unsigned. Of one device a request may have several. */
  @Test
  void theNewestOfARequestIsToldByItsTimeAlone() {
    driver.append(log, ANNA, payloads(3));
    driver.record(
        StoreDriver.position(log, BEN, 3, StoreDriver.signed(3, 7)),
        StoreDriver.position(log, BEN, 1, StoreDriver.signed(1, -1)),
        StoreDriver.position(log, BEN, 2, StoreDriver.signed(2, Long.MAX_VALUE)));

    assertThat(driver.signedPositions(log, ByteString.EMPTY, 3))
        .containsExactly(StoreDriver.signed(1, -1));
    assertThat(driver.positions(log)).containsExactly(position(BEN, 3));
  }

  @Test
  void aSignedPositionBeyondTheLogOrTheHeadAskedForIsNotTold() {
    driver.append(log, ANNA, payloads(3));
    driver.record(log, BEN, 4, StoreDriver.signed(4, 1));
    assertThat(driver.signedPositions(log, ByteString.EMPTY, 4)).isEmpty();
    driver.record(log, BEN, 3, StoreDriver.signed(3, 1));

    assertThat(driver.signedPositions(log, ByteString.EMPTY, 2)).isEmpty();
    assertThat(driver.signedPositions(log, ByteString.EMPTY, 3)).hasSize(1);
    assertThat(driver.signedPositions(new SampleLog("another"), ByteString.EMPTY, 3))
        .isEmpty();
  }

  @Test
  void signedPositionsComeInPagesByDevice() {
    driver.append(log, ANNA, payloads(1));
    int devices = Limits.MAX_POSITIONS + 3;
    DevicePosition[] all = new DevicePosition[devices];
    for (int i = 0; i < devices; i++) {
      all[i] = StoreDriver.position(log, device(i), 1, StoreDriver.signed(1, i + 1));
    }
    driver.record(all);

    List<ByteString> first = driver.signedPositions(log, ByteString.EMPTY, 1);
    List<ByteString> second =
        driver.signedPositions(log, device(Limits.MAX_POSITIONS - 1).byteString(), 1);
    assertThat(first).hasSize(Limits.MAX_POSITIONS);
    assertThat(first.get(0)).isEqualTo(StoreDriver.signed(1, 1));
    assertThat(second)
        .containsExactly(
            StoreDriver.signed(1, devices - 2),
            StoreDriver.signed(1, devices - 1),
            StoreDriver.signed(1, devices));
    assertThat(driver.signedPositions(log, device(devices - 1).byteString(), 1)).isEmpty();
  }

  private static DeviceId device(int number) {
    byte[] id = new byte[DeviceId.BYTES];
    ByteBuffer.wrap(id).putInt(number);
    try {
      return DeviceId.of(id);
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  private DevicePosition position(DeviceId device, long sequence) {
    return DevicePosition.newBuilder()
        .setSpace(log.space().byteString())
        .setDevice(device.byteString())
        .setSequence(sequence)
        .build();
  }

  // Restarting

  @Test
  void everythingButWhatWasStagedSurvivesARestart() throws Exception {
    driver.append(log, log.next(ANNA, FileKind.FILE_KIND_MEMBERSHIP, payload("genesis")));
    growBy(300);
    driver.record(log, BEN, 2, StoreDriver.signed(2, 1));
    SpaceCommit staged = nextOf(log);
    LoadSpaceReply loaded = driver.load(log);
    ReadReply read = driver.readAll(log);

    restart();

    assertThat(timeless(driver.load(log))).isEqualTo(timeless(loaded));
    assertThat(driver.readAll(log).equals(read)).isTrue();
    assertThat(driver.positions(log)).containsExactly(position(BEN, 2));
    assertThat(driver.signedPositions(log, ByteString.EMPTY, 301))
        .containsExactly(StoreDriver.signed(2, 1));
    assertIncluded(driver.lookUp(lookUp(301, ANNA, 150)).getFiles(0), 150, 301);
    assertThat(driver.commit(staged)).containsExactly(COMMIT_RESULT_PAYLOAD_MISSING);
    assertThat(driver.append(log, ANNA, payload("more"))).isEqualTo(COMMIT_RESULT_COMMITTED);
  }

  private void growBy(int files) {
    for (int i = 0; i < files; i += 60) {
      driver.append(log, ANNA, payloads(60));
    }
  }

  @Test
  void aClosedStoreIsUnavailable() {
    SpaceCommit commit = nextOf(log);
    store.close();

    assertThat(StoreDriver.failureOf(store.commit(StoreDriver.request(commit))))
        .isEqualTo(MeshFailure.UNAVAILABLE);
    assertThat(StoreDriver.failureOf(store.read(StoreDriver.range(log, 0, 0).build())))
        .isEqualTo(MeshFailure.UNAVAILABLE);
  }
}
