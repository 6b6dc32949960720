package dev.sealift.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.mesh.proto.AttestationEffect;
import dev.sealift.protocol.mesh.proto.ChainHead;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.CompactionQuestion;
import dev.sealift.protocol.mesh.proto.DeviceSeen;
import dev.sealift.protocol.mesh.proto.DevicesRequest;
import dev.sealift.protocol.mesh.proto.EffectiveCompaction;
import dev.sealift.protocol.mesh.proto.FoundFile;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.LookUpRequest;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.mesh.proto.ReclaimHindrance;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.mesh.proto.SpaceSize;
import dev.sealift.protocol.mesh.proto.SpacesRequest;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.OutlinePart;
import dev.sealift.protocol.proto.PayloadAbsence;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a store drops under a compaction, and what keeps it from that. Each store's own test class extends this. */
public abstract class ReclaimContract {
  private static final DeviceId ANNA = SampleLog.device("Anna");
  private static final DeviceId BEN = SampleLog.device("Ben");
  private static final DeviceId CLEO = SampleLog.device("Cleo");
  private static final ReclaimHindrance NOT_STANDING =
      ReclaimHindrance.RECLAIM_HINDRANCE_NOT_STANDING;
  private static final ReclaimHindrance GRACE = ReclaimHindrance.RECLAIM_HINDRANCE_GRACE;
  private static final ReclaimHindrance BEHIND = ReclaimHindrance.RECLAIM_HINDRANCE_DEVICES_BEHIND;
  private static final AttestationEffect ATTESTS = AttestationEffect.ATTESTATION_EFFECT_ATTESTS;
  private static final AttestationEffect CONTESTS = AttestationEffect.ATTESTATION_EFFECT_CONTESTS;
  private static final AttestationEffect OVERRULES = AttestationEffect.ATTESTATION_EFFECT_OVERRULES;

  private SampleLog log;
  private FileStore store;
  private StoreDriver driver;

  /** Opens the store of this test: empty at first, and with what it had after it was closed. */
  protected abstract FileStore open() throws Exception;

  /** As though so much time had gone by since devices were seen; the store is open. */
  protected abstract void age(long millis) throws Exception;

  /** The store is closed. */
  protected abstract void markRestored(InstantSource clock) throws Exception;

  @BeforeEach
  void openStore() throws Exception {
    log = new SampleLog("log " + System.nanoTime());
    reopen();
  }

  private void reopen() throws Exception {
    store = open();
    driver = new StoreDriver(store);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private void restart() throws Exception {
    store.close();
    reopen();
  }

  private static ByteString payload(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static ByteString[] payloads(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> payload("payload " + i))
        .toArray(ByteString[]::new);
  }

  private void committed(List<SampleFile> files) {
    assertThat(driver.append(log, files)).isEqualTo(CommitResult.COMMIT_RESULT_COMMITTED);
  }

  private void genesis() {
    committed(log.next(ANNA, FileKind.FILE_KIND_MEMBERSHIP, payload("genesis")));
  }

  private void events(DeviceId device, int count) {
    committed(log.next(device, FileKind.FILE_KIND_EVENTS, payloads(count)));
  }

  /** One that needs nobody to attest it; its last part is the log's newest file. */
  private long compact(long first, long base, int parts) {
    committed(log.compaction(BEN, first, base, 1, true, payloads(parts)));
    return log.size();
  }

  private long unattested(long first, long base) {
    committed(log.compaction(BEN, first, base, 1, true, false, payloads(1)));
    return log.size();
  }

  private FileId idAt(long sequence) {
    return fileAt(sequence).id();
  }

  private SampleFile fileAt(long sequence) {
    return log.files().get((int) sequence - 1);
  }

  private long say(AttestationEffect effect, DeviceId device, FileId... compactions) {
    committed(log.attestation(device, effect, compactions));
    return log.size();
  }

  /** Genesis by Anna, three files of events by her and one by Ben, who compacts them all, 1 to 5, as file 6. */
  private long logWithACompaction() {
    genesis();
    events(ANNA, 3);
    events(BEN, 1);
    return compact(1, 5, 1);
  }

  private ReclaimRequest.Builder request(long compaction) {
    return StoreDriver.reclaimOf(log, compaction);
  }

  private ReclaimHindrance hindrance(ReclaimRequest.Builder request) {
    ReadReply before = driver.readAll(log);
    ReclaimReply reply = driver.reclaim(request);
    assertThat(reply.getFiles() + reply.getBytes() + reply.getLookedAt()).isZero();
    assertThat(driver.readAll(log)).isEqualTo(before);
    return reply.getHindrance();
  }

  private List<Long> without(boolean headers) {
    List<LogEntry> entries = driver.readAll(log).getEntriesList();
    List<Long> gone = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      boolean isGone = headers
          ? entries.get(i).getSignedHeader().isEmpty()
          : entries.get(i).getAbsence() == PayloadAbsence.PAYLOAD_ABSENCE_RECLAIMED;
      if (isGone) {
        gone.add(i + 1L);
      }
    }
    return gone;
  }

  private List<Long> withoutHeader() {
    return without(true);
  }

  private List<Long> withoutPayload() {
    return without(false);
  }

  private EffectiveCompaction newest() {
    List<EffectiveCompaction> all =
        driver.compactions(StoreDriver.ask(log).setAll(true)).getCompactionsList();
    return all.get(all.size() - 1);
  }

  // What goes

  @Test
  void eventsGoWithPayloadAndHeaderAndTheLastOfAChainKeepsItsHeader() {
    long compaction = logWithACompaction();
    long bytes =
        Stream.of(2L, 3L, 4L, 5L).mapToLong(s -> fileAt(s).payload().size()).sum()
            + Stream.of(2L, 3L, 5L).mapToLong(s -> fileAt(s).header().size()).sum();

    ReclaimReply reply = driver.reclaim(log, compaction);

    assertThat(reply)
        .isEqualTo(ReclaimReply.newBuilder().setFiles(4).setBytes(bytes).build());
    assertThat(withoutPayload()).containsExactly(2L, 3L, 4L, 5L);
    assertThat(withoutHeader()).containsExactly(2L, 3L, 5L); // Anna's chain ends with file 4
    assertThat(driver.readAll(log).getEntries(2))
        .isEqualTo(LogEntry.newBuilder()
            .setServerTimeMillis(fileAt(3).serverTimeMillis())
            .setBase(fileAt(3).base())
            .setFile(idAt(3).byteString())
            .setAbsence(PayloadAbsence.PAYLOAD_ABSENCE_RECLAIMED)
            .build());
    assertThat(driver.entries(StoreDriver.entriesOf(log, 3L)).getEntries(0).getEntry())
        .isEqualTo(driver.readAll(log).getEntries(2));
  }

  /** Once the chain has gone on, the header goes with the next reclaiming. */
  @Test
  void aHeaderThatWasTheLastGoesLater() {
    long compaction = logWithACompaction();
    driver.reclaim(log, compaction);
    events(ANNA, 1);

    assertThat(driver.reclaim(log, compaction))
        .isEqualTo(ReclaimReply.newBuilder()
            .setFiles(1)
            .setBytes(fileAt(4).header().size())
            .build());
    assertThat(withoutHeader()).containsExactly(2L, 3L, 4L, 5L);
  }

  @Test
  void membershipStaysAndWhatIsOutsideTheRange() {
    genesis();
    events(ANNA, 2);
    committed(log.next(CLEO, FileKind.FILE_KIND_MEMBERSHIP, payload("join"), payload("change")));
    events(CLEO, 2);
    events(ANNA, 2);
    long compaction = compact(3, 6, 1);
    events(CLEO, 1);

    driver.reclaim(log, compaction);

    assertThat(withoutPayload()).containsExactly(3L, 6L);
    assertThat(withoutHeader()).containsExactly(3L, 6L);
  }

  @Test
  void ofSupersededCompactionsTheWholeOnesGo() {
    genesis();
    events(ANNA, 3);
    compact(2, 3, 2); // 5, 6
    events(ANNA, 2); // 7, 8
    committed(log.compaction(CLEO, 2, 6, 1, true, payloads(2)).subList(0, 1)); // 9, given up
    events(CLEO, 1); // 10
    List<SampleFile> split = log.compaction(ANNA, 2, 8, 1, true, payloads(2));
    committed(split.subList(0, 1)); // 11
    committed(split.subList(1, 2)); // 12
    long compaction = compact(2, 11, 1); // 13: the split one ends behind its range
    events(ANNA, 1);

    driver.reclaim(log, compaction);

    assertThat(withoutPayload()).containsExactly(2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
    assertThat(newest().getBase()).isEqualTo(11);
    assertThat(driver
            .compactions(StoreDriver.ask(log).setAll(true))
            .getCompactions(0)
            .getPartsList())
        .containsExactly(11L, 12L);

    long next = compact(2, 13, 1);
    driver.reclaim(log, next);
    assertThat(withoutPayload()).contains(11L, 12L, 13L);
  }

  @Test
  void aCompactionThatBeginsBeforeTheRangeStays() {
    genesis();
    events(ANNA, 4);
    compact(2, 3, 1); // 6
    long compaction = compact(3, 6, 1);

    driver.reclaim(log, compaction);

    assertThat(withoutPayload()).containsExactly(3L, 4L, 5L);
  }

  @Test
  void attestationsGoThatNameNothingButWhatIsSupersededForGood() {
    genesis();
    events(ANNA, 2);
    long early = unattested(2, 3); // 4
    long ofEarly = say(ATTESTS, ANNA, idAt(early)); // 5
    long outer = unattested(1, 3); // 6
    say(ATTESTS, ANNA, idAt(early), idAt(outer)); // 7: the outer one begins before the range
    say(
        AttestationEffect.ATTESTATION_EFFECT_UNSPECIFIED,
        ANNA,
        SampleLog.fileNamed("nothing")); // 8
    say(ATTESTS, CLEO, idAt(early)); // 9: the last of its chain
    long compaction = compact(2, 9, 1); // 10
    events(ANNA, 1);

    driver.reclaim(log, compaction);

    assertThat(withoutHeader()).containsExactly(2L, 3L, early, ofEarly, 8L);
    assertThat(withoutPayload()).containsExactly(2L, 3L, early, ofEarly, 8L);
  }

  /** What supersedes that one now may fall. */
  @Test
  void anAttestationStaysWhoseCompactionMayBeLiveAgain() {
    genesis();
    events(ANNA, 2);
    long early = unattested(1, 2); // 4
    long attestation = say(ATTESTS, ANNA, idAt(early)); // 5
    long other = compact(1, 4, 1); // 6 supersedes it, and is not sealed
    events(ANNA, 1); // 7
    long compaction = compact(3, 7, 1); // 8

    driver.reclaim(log, compaction);
    assertThat(withoutHeader()).doesNotContain(attestation);

    driver.reclaim(log, other);
    driver.reclaim(log, compaction);
    assertThat(withoutHeader()).contains(attestation);
  }

  @Test
  void onlyTheSpaceThatWasNamedLosesAnything() {
    SampleLog reclaimed = log;
    long compaction = logWithACompaction();
    log = new SampleLog("other " + System.nanoTime());
    assertThat(logWithACompaction()).isEqualTo(compaction);
    ReadReply before = driver.readAll(log);

    driver.reclaim(reclaimed, compaction);

    assertThat(driver.readAll(log)).isEqualTo(before);
    assertThat(newest().getSealed()).isFalse();
  }

  // What speaks against it

  @Test
  void nothingGoesUnlessItStands() {
    genesis();
    events(ANNA, 2);
    long compaction = unattested(1, 2);
    assertThat(hindrance(request(compaction))).isEqualTo(NOT_STANDING);
    assertThat(hindrance(request(2))).isEqualTo(NOT_STANDING);
    assertThat(hindrance(request(99))).isEqualTo(NOT_STANDING);
    assertThat(driver.reclaim(new SampleLog("unknown"), 1).getHindrance()).isEqualTo(NOT_STANDING);

    say(ATTESTS, ANNA, idAt(compaction));
    say(CONTESTS, CLEO, idAt(compaction));
    assertThat(hindrance(request(compaction))).isEqualTo(NOT_STANDING);
    say(OVERRULES, ANNA, idAt(compaction));
    assertThat(driver.reclaim(log, compaction).getHindrance())
        .isEqualTo(ReclaimHindrance.RECLAIM_HINDRANCE_UNSPECIFIED);
    assertThat(withoutPayload()).containsExactly(2L);
  }

  @Test
  void ofOneWithManyPartsTheLastNamesIt() {
    genesis();
    events(ANNA, 2);
    long last = compact(1, 3, 2);
    assertThat(hindrance(request(last - 1))).isEqualTo(NOT_STANDING);
    assertThat(driver.reclaim(log, last).getFiles()).isEqualTo(2);
  }

  @Test
  void nothingGoesBeforeItStandsForLongEnough() {
    genesis();
    events(ANNA, 2);
    long compaction = unattested(1, 3);
    events(ANNA, 2);
    long attested = say(ATTESTS, CLEO, idAt(compaction));
    events(ANNA, 1);
    long stoodAt = fileAt(attested).serverTimeMillis();

    assertThat(newest().getStoodAtMillis()).isEqualTo(stoodAt);
    assertThat(hindrance(request(compaction).setStoodBeforeMillis(stoodAt))).isEqualTo(GRACE);
    assertThat(driver
            .reclaim(request(compaction).setStoodBeforeMillis(stoodAt + 1))
            .getFiles())
        .isEqualTo(2);
  }

  /** The time before a contest does not count. */
  @Test
  void oneThatWasOverruledStandsSinceThen() {
    genesis();
    events(ANNA, 2);
    long compaction = compact(1, 3, 1);
    assertThat(newest().getStoodAtMillis()).isEqualTo(fileAt(compaction).serverTimeMillis());
    say(CONTESTS, CLEO, idAt(compaction));
    long overruled = say(OVERRULES, ANNA, idAt(compaction));
    say(ATTESTS, CLEO, idAt(compaction));
    say(OVERRULES, ANNA, idAt(compaction));

    assertThat(newest().getStoodAtMillis()).isEqualTo(fileAt(overruled).serverTimeMillis());
  }

  /** A commit may bring what an engine of a restored mesh takes back, days of it at once. */
  @Test
  void sinceWhenOneStandsDoesNotDependOnWhatCameInOneCommit() {
    genesis();
    events(ANNA, 2);
    long compaction = unattested(1, 3);
    FileId named = idAt(compaction);
    SampleLog grown = log.copy();
    for (AttestationEffect effect : List.of(ATTESTS, CONTESTS, OVERRULES, ATTESTS, OVERRULES)) {
      grown.accept(grown.attestation(ANNA, effect, named));
    }
    committed(grown.files().subList((int) compaction, (int) grown.size()));

    assertThat(newest().getStoodAtMillis()).isEqualTo(fileAt(compaction + 3).serverTimeMillis());
  }

  @Test
  void nothingGoesWhileADeviceThatWasSeenIsBehind() {
    long compaction = logWithACompaction();
    ReclaimRequest.Builder request = request(compaction).setSeenSinceMillis(0);
    assertThat(hindrance(request)).isEqualTo(BEHIND);
    assertThat(driver.reclaim(request).getDevicesBehind()).isEqualTo(2);

    driver.record(log, ANNA, compaction);
    driver.record(log, BEN, compaction - 1);
    assertThat(hindrance(request)).isEqualTo(BEHIND);
    assertThat(driver.reclaim(request).getDevicesBehind()).isEqualTo(1);
    driver.record(log, CLEO, 1); // writes nothing, and reads
    driver.record(log, BEN, compaction);
    assertThat(hindrance(request)).isEqualTo(BEHIND);

    driver.record(log, CLEO, compaction);
    assertThat(driver.reclaim(request).getFiles()).isEqualTo(4);
  }

  @Test
  void aDeviceThatWasNotSeenSinceHoldsNothingBack() throws Exception {
    long compaction = logWithACompaction();
    driver.record(log, BEN, compaction);
    age(1_000_000);
    driver.record(log, BEN, compaction);
    long annaSeen = seen(ANNA).getSeenAtMillis();

    assertThat(hindrance(request(compaction).setSeenSinceMillis(annaSeen))).isEqualTo(BEHIND);
    assertThat(
            driver.reclaim(request(compaction).setSeenSinceMillis(annaSeen + 1)).getFiles())
        .isEqualTo(4);
  }

  @Test
  void aDryRunSaysWhatSpeaksAgainstItAndChangesNothing() {
    long compaction = logWithACompaction();
    ReclaimRequest.Builder dry = request(compaction).setMaxFiles(0);

    assertThat(hindrance(dry)).isEqualTo(ReclaimHindrance.RECLAIM_HINDRANCE_UNSPECIFIED);
    assertThat(hindrance(dry.clone().setSeenSinceMillis(0))).isEqualTo(BEHIND);
    assertThat(hindrance(dry.clone().setStoodBeforeMillis(1))).isEqualTo(GRACE);
    assertThat(newest().getSealed()).isFalse();
  }

  /** What devices bring back may contest it. */
  @Test
  void nothingGoesWhileARestoredSpaceHasNotBegunAnew() throws Exception {
    long compaction = logWithACompaction();
    store.close();
    markRestored(InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000)));
    reopen();
    assertThat(hindrance(request(compaction)))
        .isEqualTo(ReclaimHindrance.RECLAIM_HINDRANCE_RECOVERING);

    Incarnation begun = new Incarnation(
        log.space(), 1_800_000_000, log.size(), CompactTree.EMPTY_ROOT, log.size(), 1);
    SigningKey notary = SigningKey.fromSeed(new byte[32]);
    driver.commit(log.commit(List.of(), List.of()).toBuilder()
        .setIncarnation(SignedIncarnation.sign(begun, notary).exact())
        .build());
    assertThat(driver.reclaim(log, compaction).getFiles()).isEqualTo(4);
  }

  // For good

  @Test
  void whatIsSealedStandsForGood() throws Exception {
    long compaction = logWithACompaction();
    assertThat(found(compaction)).isFalse();
    driver.reclaim(log, compaction);
    assertThat(newest().getSealed()).isTrue();
    assertThat(found(compaction)).isTrue();

    SampleLog other = new SampleLog("other " + System.nanoTime());
    List<SampleFile> others = other.next(ANNA, FileKind.FILE_KIND_EVENTS, payload("other"));
    List<CommitResult> results = driver.commit(
        driver.staged(log, log.attestation(CLEO, CONTESTS, idAt(compaction))),
        driver.staged(other, others));
    assertThat(results)
        .containsExactly(CommitResult.COMMIT_RESULT_CONFLICT, CommitResult.COMMIT_RESULT_COMMITTED);

    restart();
    assertThat(driver.append(log, log.attestation(CLEO, CONTESTS, idAt(compaction))))
        .isEqualTo(CommitResult.COMMIT_RESULT_CONFLICT);
    assertThat(newest().getSealed()).isTrue();
    say(ATTESTS, CLEO, idAt(compaction));
    events(ANNA, 1);
  }

  private boolean found(long compaction) {
    return driver
        .lookUp(LookUpRequest.newBuilder()
            .setSpace(log.space().byteString())
            .setSize(log.size())
            .addCompactions(CompactionQuestion.newBuilder()
                .setCompaction(idAt(compaction).byteString())
                .setDevice(CLEO.byteString()))
            .build())
        .getCompactions(0)
        .getSealed();
  }

  /** Whichever comes first, the other one sees it. */
  @Test
  void ofAContestAndAReclaimingAtOnceOneHappens() {
    for (int round = 0; round < 20; round++) {
      log = new SampleLog("race " + System.nanoTime());
      long compaction = logWithACompaction();
      var contest = driver.staged(log, log.attestation(CLEO, CONTESTS, idAt(compaction)));
      CompletableFuture<CommitResult> contested = store
          .commit(StoreDriver.request(contest))
          .toCompletableFuture()
          .thenApply(reply -> reply.getResults(0));
      CompletableFuture<ReclaimReply> reclaimed =
          store.reclaim(request(compaction).build()).toCompletableFuture();

      boolean isContested = StoreDriver.await(contested) == CommitResult.COMMIT_RESULT_COMMITTED;
      assertThat(StoreDriver.await(reclaimed).getHindrance() == NOT_STANDING)
          .isEqualTo(isContested);
      assertThat(withoutPayload().isEmpty()).isEqualTo(isContested);
    }
  }

  /** Under another that falls, a sealed one is what newcomers come by. */
  @Test
  void oneThatIsSealedComesBackWhenWhatSupersededItFalls() {
    long compaction = logWithACompaction();
    driver.reclaim(log, compaction);
    long outer = compact(1, compaction, 1);
    assertThat(newest().getBase()).isEqualTo(compaction);

    say(CONTESTS, CLEO, idAt(outer));

    assertThat(newest().getBase()).isEqualTo(5);
    assertThat(newest().getSealed()).isTrue();
    assertThat(withoutPayload()).doesNotContain(compaction);
  }

  // In steps

  @Test
  void aRequestLooksAtSoManyFilesAndTheNextGoesOn() {
    genesis();
    events(ANNA, 9); // 2 … 10
    long compaction = compact(1, 10, 1);
    ReclaimRequest.Builder request = request(compaction).setMaxFiles(4);

    ReclaimReply first = driver.reclaim(request);
    assertThat(List.of(first.getFiles(), first.getLookedAt())).containsExactly(3L, 4L);
    assertThat(newest().getSealed()).isTrue();
    assertThat(withoutPayload()).containsExactly(2L, 3L, 4L);
    ReclaimReply second = driver.reclaim(request.setAfter(first.getLookedAt()));
    assertThat(List.of(second.getFiles(), second.getLookedAt())).containsExactly(4L, 8L);
    ReclaimReply third = driver.reclaim(request.setAfter(second.getLookedAt()));
    assertThat(List.of(third.getFiles(), third.getLookedAt())).containsExactly(2L, 0L);
    assertThat(withoutPayload()).hasSize(9);
    assertThat(driver.reclaim(request.setAfter(99))).isEqualTo(ReclaimReply.getDefaultInstance());
  }

  @Test
  void doneAgainItDropsNothingMore() throws Exception {
    long compaction = logWithACompaction();
    driver.reclaim(log, compaction);
    LoadSpaceReply loaded = timeless(driver.load(log));

    assertThat(driver.reclaim(log, compaction)).isEqualTo(ReclaimReply.getDefaultInstance());
    restart();
    assertThat(driver.reclaim(log, compaction)).isEqualTo(ReclaimReply.getDefaultInstance());
    assertThat(timeless(driver.load(log))).isEqualTo(loaded);
  }

  // What stays

  private static LoadSpaceReply timeless(LoadSpaceReply reply) {
    return reply.toBuilder().clearStoreTimeMillis().build();
  }

  @Test
  void aSpaceLoadsAsBeforeAndGoesOn() throws Exception {
    long compaction = logWithACompaction();
    LoadSpaceReply before = timeless(driver.load(log));
    long bytes = driver.reclaim(log, compaction).getBytes();
    restart();

    LoadSpaceReply after = timeless(driver.load(log));
    assertThat(after)
        .isEqualTo(
            before.toBuilder().setStoredBytes(before.getStoredBytes() - bytes).build());
    assertThat(after.getChainsList()).extracting(ChainHead::getCounter).contains(4L, 2L);
    for (DeviceId device : List.of(ANNA, BEN, CLEO)) {
      events(device, 1);
    }
    assertThat(driver.load(log).getRoot()).isEqualTo(log.rootAt(log.size()).byteString());
  }

  @Test
  void aFileIsFoundByItsDotWithTheHybridTimeOfItsHeader() {
    long compaction = logWithACompaction();
    LookUpRequest.Builder request = LookUpRequest.newBuilder()
        .setSpace(log.space().byteString())
        .setSize(log.size())
        .addDots(Dot.newBuilder().setDevice(ANNA.byteString()).setCounter(3))
        .addDots(Dot.newBuilder().setDevice(ANNA.byteString()).setCounter(4));
    List<FoundFile> before = driver.lookUp(request.setHeaders(true).build()).getFilesList();

    driver.reclaim(log, compaction);

    List<FoundFile> after = driver.lookUp(request.build()).getFilesList();
    assertThat(after)
        .containsExactly(
            before.get(0).toBuilder()
                .clearSignedHeader()
                .setHybridTime(fileAt(3).hybridTime().bits())
                .build(),
            before.get(1));
    assertThat(driver.lookUp(request.setHeaders(false).build()).getFiles(0).getHybridTime())
        .isZero();
  }

  @Test
  void whatWasReclaimedIsToldSoToItsAuthorAndCostsNoBudget() {
    long compaction = logWithACompaction();
    driver.reclaim(log, compaction);

    ReadReply reply = driver.read(StoreDriver.range(log, 1, 6)
        .setMaxBytes(1000)
        .setOmitPayloadsOf(ANNA.byteString())
        .build());

    assertThat(reply.getEntriesCount()).isEqualTo(5);
    assertThat(reply.getEntries(0).getAbsence())
        .isEqualTo(PayloadAbsence.PAYLOAD_ABSENCE_RECLAIMED);
  }

  /** Else a device that needs what is there could not take it, and no compaction may begin with what it has. */
  @Test
  void aReadEndsBeforeWhatIsGone() {
    long compaction = logWithACompaction();
    driver.reclaim(log, compaction);

    ReadReply reply = driver.read(StoreDriver.range(log, 0, 6).build());

    assertThat(reply.getEntriesList())
        .extracting(LogEntry::getAbsence)
        .containsExactly(PayloadAbsence.PAYLOAD_ABSENCE_UNSPECIFIED);
    assertThat(reply.getConsistencyCount()).isPositive();
  }

  @Test
  void anAttestationThatWasReclaimedIsInAGapOfTheOutline() {
    genesis();
    events(ANNA, 1);
    long early = unattested(1, 2);
    say(ATTESTS, CLEO, idAt(early)); // 4
    say(ATTESTS, ANNA, idAt(early)); // 5: the last of its chain
    events(CLEO, 1);
    long compaction = compact(1, 6, 1);
    driver.reclaim(log, compaction);

    List<OutlinePart> parts =
        driver.outline(StoreDriver.outlineOf(log, 0, log.size())).getPartsList();

    assertThat(parts).extracting(OutlinePart::hasEntry).containsExactly(true, false, true, false);
    assertThat(parts.get(1).getGap().getFiles()).isEqualTo(3);
    assertThat(parts.get(2).getEntry().getSignedHeader()).isEqualTo(fileAt(5).header());
    assertThat(parts.get(2).getEntry().getAbsence())
        .isEqualTo(PayloadAbsence.PAYLOAD_ABSENCE_UNSPECIFIED);
  }

  @Test
  void whatWasSaidOfCompactionsIsStillKnown() {
    genesis();
    events(ANNA, 1);
    long early = unattested(1, 2);
    say(ATTESTS, CLEO, idAt(early));
    events(CLEO, 1);
    long compaction = compact(1, 5, 1);
    driver.reclaim(log, compaction);

    var found = driver
        .lookUp(LookUpRequest.newBuilder()
            .setSpace(log.space().byteString())
            .setSize(log.size())
            .addCompactions(CompactionQuestion.newBuilder()
                .setCompaction(idAt(early).byteString())
                .setDevice(CLEO.byteString()))
            .build())
        .getCompactions(0);
    assertThat(found.getAttested() && found.getSuperseded()).isTrue();
    assertThat(found.getAuthor()).isEqualTo(BEN.byteString());
  }

  // Spaces and devices

  private DeviceSeen seen(DeviceId device) {
    return driver.devices(log).stream()
        .filter(one -> one.getDevice().equals(device.byteString()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aDeviceIsSeenWhenItWritesOrReports() {
    long before = System.currentTimeMillis() - 60_000; // the server's clock may be another
    events(ANNA, 2);
    assertThat(driver.devices(log)).hasSize(1);
    driver.record(log, BEN, 2);

    assertThat(seen(ANNA).getPosition()).isZero();
    assertThat(seen(BEN).getPosition()).isEqualTo(2);
    assertThat(driver.devices(log)).allMatch(device -> device.getSeenAtMillis() > before);
  }

  @Test
  void whenADeviceWasSeenIsNotedAnewOnceItIsStale() throws Exception {
    events(ANNA, 1);
    events(BEN, 1);
    driver.record(log, BEN, 2);
    age(StoreLimits.SEEN_STALE_MILLIS / 2);
    List<DeviceSeen> fresh = driver.devices(log);
    driver.record(log, BEN, 2);
    driver.record(log, BEN, 1);
    events(ANNA, 1);
    assertThat(driver.devices(log)).isEqualTo(fresh);

    age(StoreLimits.SEEN_STALE_MILLIS);
    long stale = seen(ANNA).getSeenAtMillis();
    events(ANNA, 1);
    driver.record(log, BEN, 1);
    assertThat(driver.devices(log))
        .allMatch(device -> device.getSeenAtMillis() >= stale + StoreLimits.SEEN_STALE_MILLIS);
    assertThat(seen(BEN).getPosition()).isEqualTo(2);

    age(StoreLimits.SEEN_STALE_MILLIS / 2);
    long before = seen(BEN).getSeenAtMillis();
    driver.record(log, BEN, 3); // which changes something else
    assertThat(seen(BEN).getSeenAtMillis())
        .isGreaterThanOrEqualTo(before + StoreLimits.SEEN_STALE_MILLIS / 2);
  }

  @Test
  void devicesAreToldByIdBehindOne() {
    events(ANNA, 1);
    events(BEN, 1);
    events(CLEO, 1);
    List<DeviceSeen> all = driver.devices(log);
    assertThat(all)
        .extracting(DeviceSeen::getDevice)
        .isSortedAccordingTo(ByteString.unsignedLexicographicalComparator());
    DevicesRequest.Builder request =
        DevicesRequest.newBuilder().setSpace(log.space().byteString());

    assertThat(StoreDriver.await(
                store.devices(request.setAfter(all.get(0).getDevice()).build()))
            .getDevicesList())
        .isEqualTo(all.subList(1, 3));
    assertThat(StoreDriver.await(
                store.devices(request.setAfter(all.get(2).getDevice()).build()))
            .getDevicesList())
        .isEmpty();
  }

  private List<SpaceSize> spaces(ByteString after, int limit) {
    SpacesRequest request =
        SpacesRequest.newBuilder().setAfter(after).setLimit(limit).build();
    return StoreDriver.await(store.spaces(request)).getSpacesList();
  }

  @Test
  void spacesAreToldByIdBehindOne() {
    assertThat(spaces(ByteString.EMPTY, 0)).isEmpty();
    for (int i = 1; i <= 3; i++) {
      log = new SampleLog("space " + i);
      events(ANNA, i);
    }
    driver.commit(driver
        .staged(
            log.copy(),
            new SampleLog("refused").next(ANNA, FileKind.FILE_KIND_EVENTS, payload("x")))
        .toBuilder()
        .setSpace(new SampleLog("refused").space().byteString())
        .build()); // of no space so far: it conflicts, and there is none

    List<SpaceSize> all = spaces(ByteString.EMPTY, 0);
    assertThat(all)
        .hasSize(3)
        .extracting(SpaceSize::getSpace)
        .isSortedAccordingTo(ByteString.unsignedLexicographicalComparator());
    assertThat(all).extracting(SpaceSize::getSize).containsExactlyInAnyOrder(1L, 2L, 3L);
    assertThat(spaces(ByteString.EMPTY, -1)).isEqualTo(all);
    assertThat(spaces(ByteString.EMPTY, 2)).isEqualTo(all.subList(0, 2));
    assertThat(spaces(all.get(1).getSpace(), 5)).isEqualTo(all.subList(2, 3));
    assertThat(spaces(all.get(2).getSpace(), 5)).isEmpty();
  }
}
