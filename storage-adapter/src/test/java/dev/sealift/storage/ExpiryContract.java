package dev.sealift.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.ExpireReply;
import dev.sealift.protocol.mesh.proto.LiveFiles;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.LookUpRequest;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.PayloadAbsence;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which payloads a store drops since they have expired, and what it keeps of such files. Each store's own test class extends this. */
public abstract class ExpiryContract {
  private static final DeviceId ANNA = SampleLog.device("Anna");
  private static final DeviceId BEN = SampleLog.device("Ben");

  /** From a file's server time to that of the next, as {@link SampleLog} has it. */
  private static final long STEP_MILLIS = 10;

  private static final PayloadAbsence HERE = PayloadAbsence.PAYLOAD_ABSENCE_UNSPECIFIED;
  private static final PayloadAbsence OWN = PayloadAbsence.PAYLOAD_ABSENCE_OWN;
  private static final PayloadAbsence RECLAIMED = PayloadAbsence.PAYLOAD_ABSENCE_RECLAIMED;
  private static final PayloadAbsence EXPIRED = PayloadAbsence.PAYLOAD_ABSENCE_EXPIRED;

  private SampleLog log;
  private FileStore store;
  private StoreDriver driver;

  /** Opens the store of this test: empty at first, and with what it had after it was closed. */
  protected abstract FileStore open() throws Exception;

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

  /** The log's time goes by. */
  private void events(DeviceId device, int count) {
    committed(log.next(device, FileKind.FILE_KIND_EVENTS, payloads(count)));
  }

  /** They expire when the log has so many files more, each of them. */
  private void expiring(DeviceId device, int count, int filesLater) {
    committed(log.expiring(device, filesLater * STEP_MILLIS, payloads(count)));
  }

  private SampleFile fileAt(long sequence) {
    return log.files().get((int) sequence - 1);
  }

  private long payloadBytes(long... sequences) {
    long bytes = 0;
    for (long sequence : sequences) {
      bytes += fileAt(sequence).payload().size();
    }
    return bytes;
  }

  private List<PayloadAbsence> absences() {
    return driver.readAll(log).getEntriesList().stream()
        .map(LogEntry::getAbsence)
        .toList();
  }

  private CompactionsReply expiry() {
    return driver.compactions(
        StoreDriver.ask(log).setExpiry(true).setMaxExpiring(StoreLimits.MAX_EXPIRING_COUNTED));
  }

  private static ExpireReply reply(long files, long bytes, boolean more, long next) {
    return ExpireReply.newBuilder()
        .setFiles(files)
        .setBytes(bytes)
        .setMore(more)
        .setExpiresAtMillis(next)
        .build();
  }

  // When

  /** By the server time of the last file, to the millisecond, and by no clock. */
  @Test
  void aPayloadGoesOnceTheLogHasReachedItsExpiry() {
    genesis();
    SampleFile soon = log.next(ANNA, FileKind.FILE_KIND_EVENTS, payload("soon")).get(0);
    long nextButOne = soon.serverTimeMillis() + 2 * STEP_MILLIS;
    committed(List.of(soon.expiring(nextButOne)));
    SampleFile later =
        log.next(BEN, FileKind.FILE_KIND_EVENTS, payload("later")).get(0);
    committed(List.of(later.expiring(nextButOne + 1)));
    assertThat(driver.expire(log)).isEqualTo(reply(0, 0, false, nextButOne));
    assertThat(absences()).containsOnly(HERE);

    events(BEN, 1); // its server time is that expiry
    assertThat(fileAt(4).serverTimeMillis()).isEqualTo(nextButOne);
    assertThat(driver.sizeOf(log).getExpired()).isTrue();
    assertThat(driver.expire(log)).isEqualTo(reply(1, payloadBytes(2), false, nextButOne + 1));
    assertThat(absences()).containsExactly(HERE, EXPIRED, HERE, HERE);

    events(BEN, 1);
    assertThat(driver.expire(log)).isEqualTo(reply(1, payloadBytes(3), false, 0));
    assertThat(absences()).containsExactly(HERE, EXPIRED, EXPIRED, HERE, HERE);
  }

  @Test
  void whatHasNoExpiryStaysAndWhatIsOfAnotherSpace() {
    SampleLog other = log;
    genesis();
    expiring(ANNA, 1, 1);
    events(ANNA, 3);
    log = new SampleLog("another " + System.nanoTime());
    events(ANNA, 9);

    assertThat(driver.expire(log)).isEqualTo(ExpireReply.getDefaultInstance());
    assertThat(absences()).containsOnly(HERE);
    assertThat(driver.sizeOf(log).getExpired()).isFalse();
    log = other;
    assertThat(absences()).containsOnly(HERE);
    assertThat(driver.sizeOf(log).getExpired()).isTrue();
    assertThat(driver.expire(log).getFiles()).isEqualTo(1);
  }

  @Test
  void nothingExpiresInASpaceThatIsNotThere() {
    assertThat(driver.expire(new SampleLog("unknown"))).isEqualTo(ExpireReply.getDefaultInstance());
  }

  @Test
  void whatExpiredFirstGoesFirstAndNoMoreThanWasAskedFor() {
    genesis();
    expiring(ANNA, 1, 6); // 2
    expiring(BEN, 2, 1); // 3, 4
    expiring(ANNA, 1, 90); // 5
    events(BEN, 4); // 6 … 9

    ExpireReply first = driver.expire(log, 1);
    assertThat(first.getFiles()).isEqualTo(1);
    assertThat(first.getMore()).isTrue();
    assertThat(first.getExpiresAtMillis()).isEqualTo(fileAt(4).expiresAtMillis());
    assertThat(absences().subList(1, 5)).containsExactly(HERE, EXPIRED, HERE, HERE);

    ExpireReply rest = driver.expire(log, 5);
    assertThat(rest).isEqualTo(reply(2, payloadBytes(2, 4), false, fileAt(5).expiresAtMillis()));
    assertThat(absences().subList(1, 5)).containsExactly(EXPIRED, EXPIRED, EXPIRED, HERE);
    assertThat(driver.expire(log)).isEqualTo(reply(0, 0, false, fileAt(5).expiresAtMillis()));
  }

  /** What devices bring back belongs to an earlier time of the log, by which it may not have expired. */
  @Test
  void nothingExpiresWhileARestoredSpaceHasNotBegunAnew() throws Exception {
    genesis();
    expiring(ANNA, 2, 1);
    events(ANNA, 1);
    store.close();
    markRestored(InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000)));
    reopen();
    ReadReply before = driver.readAll(log);
    ExpireReply refused = driver.expire(log);
    assertThat(refused)
        .isEqualTo(reply(0, 0, false, fileAt(2).expiresAtMillis()).toBuilder()
            .setRecovering(true)
            .build());
    assertThat(driver.readAll(log)).isEqualTo(before);

    Incarnation begun = new Incarnation(
        log.space(), 1_800_000_000, log.size(), CompactTree.EMPTY_ROOT, log.size(), 1);
    SigningKey notary = SigningKey.fromSeed(new byte[32]);
    driver.commit(log.commit(List.of(), List.of()).toBuilder()
        .setIncarnation(SignedIncarnation.sign(begun, notary).exact())
        .build());
    assertThat(driver.expire(log).getFiles()).isEqualTo(2);
  }

  /** As when a device brings back to a restored mesh, in its old place, what has expired long since. */
  @Test
  void aFileThatComesWithItsPayloadAfterItsExpiryHasItUntilItIsAskedFor() {
    genesis();
    SampleFile old = log.next(ANNA, FileKind.FILE_KIND_EVENTS, payload("old")).get(0);
    committed(List.of(old.expiring(1)));
    assertThat(driver.readAll(log).getEntries(1).getPayload()).isEqualTo(payload("old"));
    assertThat(driver.sizeOf(log).getExpired()).isTrue();

    assertThat(driver.expire(log)).isEqualTo(reply(1, 3, false, 0));
    assertThat(absences()).containsExactly(HERE, EXPIRED);
  }

  // What is told

  @Test
  void itIsToldWhenTheNextExpiresAndHowManyAreLeft() {
    genesis();
    assertThat(expiry())
        .isEqualTo(CompactionsReply.newBuilder()
            .setServerTimeMillis(fileAt(1).serverTimeMillis())
            .build());
    expiring(ANNA, 3, 5); // 2 … 4
    events(BEN, 3); // 5 … 7
    assertThat(expiry().getExpiresAtMillis()).isEqualTo(fileAt(2).expiresAtMillis());
    assertThat(expiry().getServerTimeMillis()).isEqualTo(fileAt(7).serverTimeMillis());
    assertThat(expiry().getExpiring()).isEqualTo(3);
    assertThat(expiry().getMoreExpiring()).isFalse();
    CompactionsReply counted = driver.compactions(StoreDriver.ask(log).setMaxExpiring(2));
    assertThat(counted.getExpiring()).isEqualTo(2);
    assertThat(counted.getMoreExpiring()).isTrue();
    assertThat(counted.getServerTimeMillis() + counted.getExpiresAtMillis()).isZero();

    driver.expire(log);
    assertThat(expiry().getExpiresAtMillis()).isEqualTo(fileAt(3).expiresAtMillis());
    assertThat(expiry().getExpiring()).isEqualTo(2);
  }

  @Test
  void itsEntryHasTheHeaderAndSaysThatItExpired() {
    genesis();
    expiring(ANNA, 1, 1);
    events(BEN, 1);
    driver.expire(log);

    LogEntry entry = driver.readAll(log).getEntries(1);
    assertThat(entry)
        .isEqualTo(LogEntry.newBuilder()
            .setSignedHeader(fileAt(2).header())
            .setServerTimeMillis(fileAt(2).serverTimeMillis())
            .setBase(fileAt(2).base())
            .setAbsence(EXPIRED)
            .build());
    assertThat(driver.entries(StoreDriver.entriesOf(log, 2L)).getEntries(0).getEntry())
        .isEqualTo(entry);
  }

  /** It is no stretch of its own, as what was reclaimed is: who reads goes on behind it. */
  @Test
  void aReadGoesOnBehindItAndTellsItToItsAuthorToo() {
    genesis();
    expiring(ANNA, 2, 1);
    events(ANNA, 2);
    driver.expire(log);

    ReadReply reply = driver.read(StoreDriver.range(log, 0, log.size())
        .setOmitPayloadsOf(ANNA.byteString())
        .build());

    assertThat(reply.getEntriesList())
        .extracting(LogEntry::getAbsence)
        .containsExactly(OWN, EXPIRED, EXPIRED, OWN, OWN);
  }

  @Test
  void whatIsGoneCostsNoBudget() {
    genesis();
    ByteString large = ByteString.copyFrom(new byte[100_000]);
    committed(log.expiring(ANNA, STEP_MILLIS, large, large, large));
    events(ANNA, 1);
    driver.expire(log);

    ReadReply reply =
        driver.read(StoreDriver.range(log, 0, log.size()).setMaxBytes(10_000).build());

    assertThat(reply.getEntriesCount()).isEqualTo(5);
  }

  // What stays, and what is reckoned

  private static LoadSpaceReply timeless(LoadSpaceReply reply) {
    return reply.toBuilder().clearStoreTimeMillis().build();
  }

  @Test
  void itsBytesAreTakenFromWhatTheSpaceStoresAndItLoadsAndGoesOn() throws Exception {
    genesis();
    expiring(ANNA, 3, 1);
    events(BEN, 2);
    LoadSpaceReply before = timeless(driver.load(log));
    ExpireReply reply = driver.expire(log);
    assertThat(reply.getBytes()).isEqualTo(payloadBytes(2, 3, 4));
    store.close();
    reopen();

    assertThat(timeless(driver.load(log)))
        .isEqualTo(before.toBuilder()
            .setStoredBytes(before.getStoredBytes() - reply.getBytes())
            .build());
    assertThat(driver.expire(log)).isEqualTo(ExpireReply.getDefaultInstance());
    events(ANNA, 1);
    assertThat(driver.load(log).getRoot()).isEqualTo(log.rootAt(log.size()).byteString());
  }

  @Test
  void itIsALiveFileStillOfNoBytes() {
    genesis();
    expiring(ANNA, 2, 1);
    events(BEN, 2);
    driver.expire(log);

    assertThat(driver.compactions(StoreDriver.ask(log).setMaxLive(100)).getLiveList())
        .containsExactly(
            LiveFiles.newBuilder().setFiles(4).setBytes(payloadBytes(4, 5)).build());
  }

  @Test
  void itIsFoundByItsDotWithItsHeader() {
    genesis();
    expiring(ANNA, 1, 1);
    events(ANNA, 1);
    LookUpRequest request = LookUpRequest.newBuilder()
        .setSpace(log.space().byteString())
        .setSize(log.size())
        .addDots(Dot.newBuilder().setDevice(ANNA.byteString()).setCounter(2))
        .setHeaders(true)
        .build();
    var before = driver.lookUp(request);
    driver.expire(log);
    assertThat(driver.lookUp(request)).isEqualTo(before);
  }

  // With reclaiming

  private long compact(long first, long base) {
    committed(log.compaction(BEN, first, base, 1, true, payloads(1)));
    return log.size();
  }

  @Test
  void reclaimingLaterTakesTheHeaderAndThenItIsReclaimed() {
    genesis();
    expiring(ANNA, 2, 1); // 2, 3
    expiring(BEN, 1, 1); // 4
    events(ANNA, 1); // 5
    driver.expire(log);
    long compaction = compact(1, 5);

    var reclaimed = driver.reclaim(log, compaction);

    long headers =
        IntStream.of(2, 3, 4).mapToLong(s -> fileAt(s).header().size()).sum();
    assertThat(reclaimed.getBytes()).isEqualTo(headers + payloadBytes(5));
    assertThat(absences()).containsExactly(HERE, RECLAIMED, RECLAIMED, RECLAIMED, RECLAIMED, HERE);
    assertThat(driver.load(log).getStoredBytes())
        .isEqualTo(
            IntStream.of(1, 5, 6).mapToLong(s -> fileAt(s).header().size()).sum()
                + payloadBytes(1, 6));
  }

  @Test
  void aChainsLastFileThatExpiredStaysSoUnderACompaction() {
    genesis();
    expiring(ANNA, 1, 1); // 2
    events(BEN, 1);
    driver.expire(log);
    long compaction = compact(1, 3);

    driver.reclaim(log, compaction);

    assertThat(absences()).containsExactly(HERE, EXPIRED, RECLAIMED, HERE);
    assertThat(driver.readAll(log).getEntries(1).getSignedHeader())
        .isEqualTo(fileAt(2).header());
  }

  /** Its payload is reckoned once. */
  @Test
  void whatWasReclaimedBeforeDoesNotExpire() {
    genesis();
    expiring(ANNA, 2, 3); // 2, and 3 is the last of its chain
    long compaction = compact(1, 3);
    driver.reclaim(log, compaction);
    assertThat(expiry().getExpiring()).isZero();
    events(BEN, 4);
    long stored = driver.load(log).getStoredBytes();

    assertThat(driver.sizeOf(log).getExpired()).isFalse();
    assertThat(driver.expire(log)).isEqualTo(ExpireReply.getDefaultInstance());
    assertThat(driver.load(log).getStoredBytes()).isEqualTo(stored);
    assertThat(absences().subList(1, 3)).containsExactly(RECLAIMED, RECLAIMED);
  }
}
