package dev.sealift.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.LostValue;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.value.Value;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.Vault;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.evidence.ShownReceipt;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.link.InviteLink;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.Refusal;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Role;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A device and a mesh that was restored from an older state, once or more often. */
class RestoredMeshTest {
  private static final int FIRST = 1_800_000_000;
  private static final int SECOND = FIRST + 3600;
  private static final int THIRD = SECOND + 3600;

  /** A restored mesh is asked again and again; a test needs not wait for it. */
  private static final long PAUSE_NANOS = 1_000_000;

  /** How long what is held waits at first; for ever, as far as a test goes that does not ask for none. */
  private static final long HOLD_MILLIS = 900_000;

  /** Draws the longest wait, or none, of each span that it is asked for. */
  private static final class Spans implements RandomGenerator {
    private final Queue<Long> asked = new ConcurrentLinkedQueue<>();
    private volatile boolean none;

    @Override
    public long nextLong() {
      throw new AssertionError("a wait has a bound");
    }

    @Override
    public long nextLong(long bound) {
      asked.add(bound);
      return none ? 0 : bound - 1;
    }
  }

  @TempDir
  Path folder;

  private final Spans spans = new Spans();

  private final FakeMesh mesh = new FakeMesh();
  private final Rogue rogue = new Rogue(mesh);
  private final List<Home> homes = new ArrayList<>();

  /** One device. */
  private final class Home {
    private final Path folder;
    private final SpaceStore store;
    private final DeviceKeyPair keys;
    private final MeshClock clock = new MeshClock(System::currentTimeMillis);
    private final SpaceRecords records;
    private Replica replica;
    private SyncLoop loop;
    private volatile SyncReport last = new SyncReport(SyncState.OFFLINE, 0, 0, 0, Optional.empty());
    private volatile Optional<MeshViolationError> violation = Optional.empty();
    private volatile boolean toldTooEarly;

    Home(InviteLink link) throws FormatException, IOException {
      this(Files.createDirectory(folderOfNextHome()), DeviceKeyPair.generate());
      Rogue.start(store, records, link);
      start();
    }

    private Home(Path folder, DeviceKeyPair keys) {
      this.folder = folder;
      this.keys = keys;
      store = SpaceStore.open(folder.resolve("space.db"), keys.id(), clock);
      records = new SpaceRecords(store, Vault.open(folder.resolve("vault"), null));
      homes.add(this);
    }

    /** A copy of this home as it is now, which is not at work yet. */
    Home copy() throws IOException {
      loop.close();
      Path to = Files.createDirectory(folderOfNextHome());
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
        for (Path file : files) {
          Files.copy(file, to.resolve(file.getFileName()));
        }
      }
      restart();
      return new Home(to, keys);
    }

    /** From what is in the store. */
    private void start() {
      replica = new Replica(keys, store, records, clock, new Silent());
      loop = new SyncLoop(
          replica,
          mesh,
          FakeMesh.ADDRESS,
          () -> 0,
          this::report,
          millis -> LockSupport.parkNanos(PAUSE_NANOS),
          new Patience(100, 60_000),
          new Backoff(spans, HOLD_MILLIS, 4 * HOLD_MILLIS));
      loop.start();
    }

    /** As when the app was closed and opened again; what it was told before counts no more. */
    void restart() {
      loop.close();
      last = new SyncReport(SyncState.OFFLINE, 0, 0, 0, Optional.empty());
      violation = Optional.empty();
      start();
    }

    private void report(SyncReport report) {
      last = report;
      toldTooEarly |= report.state() == SyncState.UP_TO_DATE && store.displacedCount() > 0;
      report
          .problem()
          .filter(MeshViolationError.class::isInstance)
          .ifPresent(problem -> violation = Optional.of((MeshViolationError) problem));
    }

    void write(String key) {
      write(key, "v");
    }

    void write(String key, String text) {
      try (Batch batch = store.batch()) {
        batch.patch(Rogue.TABLE, key, Map.of("text", Value.of(text)));
        batch.commit();
      }
      loop.news();
    }

    void awaitUpToDateWith(FakeLog log) {
      Await.until(
          "it is up to date, or has caught the mesh",
          () -> violation.isPresent()
              || last.state() == SyncState.UP_TO_DATE && last.position() == log.size());
      assertThat(violation.map(MeshViolationError::getMessage)).isEmpty();
    }

    long rows() {
      return store.count(Rogue.TABLE);
    }
  }

  private static final class Silent implements Progress {
    @Override
    public void applied(long position) {}

    @Override
    public void durable(HybridTime upTo) {}
  }

  private Path folderOfNextHome() {
    return folder.resolve("home " + homes.size());
  }

  /** There is a row already. */
  private Home join() throws Exception {
    rogue.admit(rogue.put("1", "one"));
    return join(rogue.invite(Role.ROLE_WRITER, 1));
  }

  private Home join(String link) throws Exception {
    return new Home(InviteLink.parse(link));
  }

  @AfterEach
  void end() {
    homes.stream().filter(home -> home.loop != null).forEach(home -> home.loop.close());
    homes.forEach(home -> home.store.close());
    assertThat(mesh.complaints()).isEmpty();
  }

  /** The mesh has this log now, and no connection. */
  private void put(FakeLog log) {
    mesh.add(log);
    mesh.cutAll();
  }

  @Test
  void anIncarnationThatTheMeshHasLostIsBroughtBackWithTheFilesOfIt() throws Exception {
    Home device = join();
    device.awaitUpToDateWith(rogue.log());
    FakeLog copy = rogue.log().upTo(rogue.log().size());
    SignedIncarnation first = rogue.log().begin(FIRST, copy.size());
    mesh.cutAll();
    device.write("in the first incarnation");
    device.awaitUpToDateWith(rogue.log());
    Await.until("its file is there", () -> rogue.log().size() == copy.size() + 1);

    copy.recover(true);
    put(copy);
    Await.until("it is brought back", () -> copy.size() == rogue.log().size());
    assertThat(copy.told()).containsOnly(first.exact());
    mesh.down(); // nobody sees it halfway
    copy.add(first);
    copy.begin(SECOND, copy.size());
    copy.recover(false);
    mesh.up();

    device.write("afterwards");
    Await.until("its next file is there", () -> copy.size() == rogue.log().size() + 1);
    device.awaitUpToDateWith(copy);
    assertThat(device.rows()).isEqualTo(3);
  }

  @Test
  void whoHasNothingToBringStillTellsOfALostIncarnationOnce() throws Exception {
    Home device = join();
    device.awaitUpToDateWith(rogue.log());
    FakeLog copy = rogue.log().upTo(rogue.log().size());
    SignedIncarnation first = rogue.log().begin(FIRST, copy.size());
    mesh.cutAll();
    Await.until("it is told", () -> device.replica.log().incarnation() == FIRST);

    copy.recover(true);
    put(copy);
    Await.until("it tells", () -> !copy.told().isEmpty());

    assertThat(copy.told()).containsOnly(first.exact());
    assertThat(device.violation).isEmpty();
  }

  /** The mesh took back what was before the first incarnation began; this device was in that, and comes too late to say so. */
  @Test
  void whoWasInAnIncarnationThatTheMeshHasLostGoesBackToWhereItBegan() throws Exception {
    Home device = join();
    device.awaitUpToDateWith(rogue.log());
    FakeLog copy = rogue.log().upTo(rogue.log().size());
    rogue.log().begin(FIRST, copy.size());
    mesh.cutAll();
    device.write("a");
    Await.until("its file is there", () -> rogue.log().size() == copy.size() + 1);
    device.awaitUpToDateWith(rogue.log());
    device.write("b");
    Await.until("its file is there", () -> rogue.log().size() == copy.size() + 2);
    device.awaitUpToDateWith(rogue.log());

    // Another way, longer than what this device holds.
    for (int i = 0; i < 3; i++) {
      Rogue.Made other = rogue.put("other " + i, "v", copy.lastOf(rogue.id()), copy.seen());
      copy.append(other.header(), other.payload());
    }
    copy.begin(SECOND, copy.size());
    put(copy);

    Await.until("its files are there", () -> copy.size() >= rogue.log().size() + 2);
    device.awaitUpToDateWith(copy);
    assertThat(device.rows()).isEqualTo(6);
  }

  /** The device comes to the mesh after another one has told of the incarnation that both were in. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void whoWasInAnIncarnationThatTheMeshWasToldOfLaterGoesBackToWhereItBegan(int files)
      throws Exception {
    Home device = join();
    device.awaitUpToDateWith(rogue.log());
    long common = rogue.log().size();
    FakeLog copy = rogue.log().upTo(common);
    SignedIncarnation first = writeInAnIncarnation(device, files);

    goAnotherWay(copy, 2);
    copy.begin(SECOND, copy.size());
    copy.add(first);
    copy.begin(THIRD, common);
    put(copy);

    device.awaitUpToDateWith(copy);
    assertThat(copy.size()).isEqualTo(common + 2 + files);
    assertThat(device.rows()).isEqualTo(1 + 2 + files);
  }

  /** As one that came by a step over old files does not know their ids. */
  @Test
  void whoDoesNotKnowWhatTheMeshWasRestoredToGoesBackToTheBeginning() throws Exception {
    Home device = join();
    device.awaitUpToDateWith(rogue.log());
    FakeLog copy = rogue.log().upTo(rogue.log().size());
    for (int i = 0; i < 3; i++) {
      long before = rogue.log().size();
      device.write("own " + i);
      Await.until("its file is there", () -> rogue.log().size() > before);
      device.awaitUpToDateWith(rogue.log());
    }
    device.loop.close();
    forgetOldIds(device, rogue.log().size() - 1);
    device.restart();

    copy.begin(FIRST, copy.size());
    put(copy);
    device.awaitUpToDateWith(copy);
    Await.until("its files are there again", () -> copy.size() == rogue.log().size());
    device.awaitUpToDateWith(copy);
    assertThat(device.rows()).isEqualTo(4);
    assertThat(device.records.edge().size()).isZero();
    assertThat(device.store.hasEndsAt(copy.size())).isTrue();
    assertThat(device.store.fileAt(1)).isPresent();
  }

  /** As one that came by a step does not hold the files in front of it; here no mesh has a step. */
  @Test
  void whoCannotWorkOutItsRowsAnewTakesInTheLogAnew() throws Exception {
    Home device = join();
    device.awaitUpToDateWith(rogue.log());
    append(rogue.put("1", "by another"));
    device.awaitUpToDateWith(rogue.log());
    long held = rogue.log().size();
    writeFiles(device, "before");
    FakeLog copy = rogue.log().upTo(rogue.log().size());
    append(rogue.put("2", "lost with it"));
    writeFiles(device, "after");
    Hash digest = device.store.visibleDigest();
    device.loop.close();
    execute(
        device,
        "DELETE FROM _sealift_file WHERE sequence = " + held,
        "INSERT INTO _sealift_setting(name, value) VALUES ('store.stepped', x'')");
    device.restart();

    copy.begin(FIRST, copy.size());
    int connects = mesh.connects();
    put(copy);
    device.awaitUpToDateWith(copy);
    assertThat(mesh.connects() - connects).as("it asks more than once").isGreaterThan(2);
    Await.until("what was lost is there again", () -> copy.size() == rogue.log().size());
    device.awaitUpToDateWith(copy);
    assertThat(device.store.needsFullStep()).isFalse();
    assertThat(device.store.visibleDigest()).isEqualTo(digest);
    assertThat(device.last.problem()).isEmpty();
    device.write("later");
    Await.until("its file is there", () -> copy.size() > rogue.log().size());
  }

  private void append(Rogue.Made made) {
    rogue.log().append(made.header(), made.payload());
    mesh.cutAll();
  }

  private static void forgetOldIds(Home device, long size) throws Exception {
    CompactTree front = new HeldTree(
            device.store, device.records.space().orElseThrow(), new CompactTree())
        .upTo(size);
    try (Batch batch = device.store.batch()) {
      device.records.putEdge(batch, front);
      batch.commit();
    }
    execute(
        device,
        "UPDATE _sealift_log SET root = NULL WHERE sequence <= " + size,
        "UPDATE _sealift_log AS l SET file = NULL WHERE sequence <= " + size
            + " AND EXISTS (SELECT 1 FROM _sealift_log n WHERE n.device = l.device AND n.counter = l.counter + 1)");
  }

  private static void execute(Home device, String... statements) throws SQLException {
    try (Connection db =
            DriverManager.getConnection("jdbc:sqlite:" + device.folder.resolve("space.db"));
        Statement statement = db.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The first, which begins at the log's present size. */
  private SignedIncarnation writeInAnIncarnation(Home device, int files) {
    SignedIncarnation first = rogue.log().begin(FIRST, rogue.log().size());
    mesh.cutAll();
    for (int i = 0; i < files; i++) {
      long before = rogue.log().size();
      device.write("own " + i);
      Await.until("its file is there", () -> rogue.log().size() > before);
      device.awaitUpToDateWith(rogue.log());
    }
    return first;
  }

  private void goAnotherWay(FakeLog log, int files) {
    for (int i = 0; i < files; i++) {
      Rogue.Made other = rogue.put("other " + i, "v", log.lastOf(rogue.id()), log.seen());
      log.append(other.header(), other.payload());
    }
  }

  /** One device wrote over what the other one had; between the two now stands a file that neither had when it wrote. */
  @Test
  void inboxAndMergeDigestAreThoseOfTheLogAsItIsAfterwards() throws Exception {
    rogue.admit(rogue.put("1", "one"));
    String link = rogue.invite(Role.ROLE_WRITER, 3);
    Home one = join(link);
    one.awaitUpToDateWith(rogue.log());
    Home other = join(link);
    other.awaitUpToDateWith(rogue.log());
    FakeLog copy = rogue.log().upTo(rogue.log().size());
    one.write("1", "two");
    Await.until("its file is there", () -> rogue.log().size() == copy.size() + 1);
    other.awaitUpToDateWith(rogue.log());
    other.write("1", "three");
    Await.until("its file is there", () -> rogue.log().size() == copy.size() + 2);
    one.awaitUpToDateWith(rogue.log());
    assertThat(one.store.inbox(10)).isEmpty();

    long common = copy.size();
    goAnotherWay(copy, 1);
    copy.begin(FIRST, common);
    put(copy);
    Await.until("both are there again", () -> copy.size() == common + 3);
    Home late = join(link);
    late.awaitUpToDateWith(copy);
    one.awaitUpToDateWith(copy);
    other.awaitUpToDateWith(copy);

    assertThat(late.store.inbox(10)).extracting(LostValue::value).containsExactly(Value.of("two"));
    for (Home home : List.of(one, other)) {
      assertThat(home.store.inbox(10)).isEqualTo(late.store.inbox(10));
      assertThat(home.store.mergeDigest()).isEqualTo(late.store.mergeDigest());
      assertThat(home.store.visibleDigest()).isEqualTo(late.store.visibleDigest());
    }
  }

  /** What a device has packed after a restoration that it had not heard of, it makes again, also because another copy of its home wrote: by what it saw then it would have seen as many files of another log. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsMadeAgainHasNotSeenWhatItsAuthorHasNot(boolean anotherCopyWrote) throws Exception {
    Home device = join();
    device.awaitUpToDateWith(rogue.log());
    FakeLog copy = rogue.log().upTo(rogue.log().size());
    long common = copy.size();
    rogue.admit(rogue.put("1", "that was lost"));
    device.awaitUpToDateWith(rogue.log());
    Home twin = device.copy();
    device.loop.close();
    copy.begin(FIRST, common);
    Rogue.Made other = rogue.put("1", "never seen", copy.lastOf(rogue.id()), copy.seen());
    copy.append(other.header(), other.payload());
    long since = Math.max(
        copy.head().head().serverTimeMillis(), other.header().header().time().millis());
    Await.until("it is later for the device", () -> device.clock.getAsLong() > since);
    device.write("1", "on what was lost");
    assertThat(device.replica.handOver().files()).hasSize(1);
    put(copy);
    if (anotherCopyWrote) {
      twin.start();
      twin.write("by the other copy");
      Await.until("its file is there", () -> copy.size() == common + 2);
      twin.loop.close();
    }

    long before = copy.size();
    device.start();
    Await.until("its file is there", () -> copy.size() == before + 1);
    device.awaitUpToDateWith(copy);

    assertThat(device.store.inbox(10))
        .extracting(LostValue::value)
        .containsExactly(Value.of("never seen"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anIncarnationOfAnotherLogUpToWhereTheOneHeldBeganIsAFork(boolean told) throws Exception {
    Home device = join();
    device.awaitUpToDateWith(rogue.log()); // with its own join
    rogue.admit(rogue.put("2", "two"));
    device.awaitUpToDateWith(rogue.log());
    FakeLog forged = rogue.log().upTo(rogue.log().size() - 1);
    SignedIncarnation first = writeInAnIncarnation(device, 1);
    goAnotherWay(forged, 1);
    if (told) {
      forged.add(first);
    }
    forged.begin(SECOND, forged.size());

    put(forged);

    awaitCaught(device, Violation.FORKED);
  }

  @Test
  void anotherLogOfOneIncarnationIsAFork() throws Exception {
    Home device = join();
    device.awaitUpToDateWith(rogue.log());
    FakeLog forged = rogue.log().upTo(rogue.log().size());
    forged.add(writeInAnIncarnation(device, 1));
    goAnotherWay(forged, 1);

    put(forged);

    awaitCaught(device, Violation.FORKED);
  }

  // Others' files

  /** The device holds two files of the rogue that the mesh has lost for good, and is told so at its next connection. */
  private FakeLog loseTwoFilesHeldBy(Home device) {
    device.awaitUpToDateWith(rogue.log()); // with its own join
    FakeLog copy = rogue.log().upTo(rogue.log().size());
    rogue.admit(rogue.put("2", "lost"));
    rogue.admit(rogue.put("3", "lost too"));
    device.awaitUpToDateWith(rogue.log());
    copy.begin(FIRST, copy.size());
    return copy;
  }

  /** How often files of the rogue were put, each of which is refused so. */
  private AtomicInteger refuse(RefusalCode code) {
    AtomicInteger puts = new AtomicInteger();
    mesh.refuse(file -> {
      boolean theirs = file.header().device().equals(rogue.id());
      puts.addAndGet(theirs ? 1 : 0);
      return theirs ? Optional.of(Refusal.newBuilder().setCode(code).build()) : Optional.empty();
    });
    return puts;
  }

  /** Connects once more, and has come to an end when a row that it wrote is there. */
  private void syncOnceMore(Home device, FakeLog log) {
    mesh.cutAll();
    long before = log.size();
    device.write("own " + before);
    Await.until("its file is there", () -> log.size() > before);
    device.awaitUpToDateWith(log);
  }

  @Test
  void itIsNotUpToDateBeforeTheMeshHasOthersLostFilesAgain() throws Exception {
    Home device = join();
    FakeLog copy = loseTwoFilesHeldBy(device);
    mesh.holdAnswers();
    put(copy);

    Await.until("one is put", () -> mesh.heldAnswers() == 1);
    assertThat(device.store.displacedCount()).isEqualTo(2);
    mesh.releaseAnswers();

    device.awaitUpToDateWith(copy);
    assertThat(device.toldTooEarly).isFalse();
    assertThat(copy.size()).isEqualTo(rogue.log().size());
    assertThat(device.store.displacedCount()).isZero();
  }

  /** The log's files do not get to devices; all else does. */
  private void withholdFiles() {
    mesh.wire(
        (connection, toDevice, frame) -> toDevice && frame.hasFiles() ? List.of() : List.of(frame));
  }

  /** A mesh that has begun anew gives a receipt for one of two lost files that the device puts, and shows it to nobody. */
  private FakeLog giveAReceiptFor(Home device) throws Exception {
    FakeLog copy = loseTwoFilesHeldBy(device);
    long sequence = copy.size() + 1;
    withholdFiles();
    put(copy);
    Await.until("it has a receipt", () -> device.replica.log().knownSize() == sequence);
    return copy;
  }

  private static void awaitCaught(Home device, Violation at) {
    Await.until("it is caught", () -> device.violation.isPresent());
    assertThat(device.violation.orElseThrow().violation()).isEqualTo(at);
  }

  @Test
  void othersLostFilesAreKeptUntilTheLogShowsThemThoughThereIsAReceipt() throws Exception {
    Home device = join();
    FakeLog copy = giveAReceiptFor(device);
    long sequence = copy.size();

    assertThat(device.store.displacedCount()).isEqualTo(2);
    assertThat(device.records.receipt(sequence).map(ShownReceipt::file))
        .contains(copy.file(sequence).file().id());
    assertThat(device.last.state()).isNotEqualTo(SyncState.UP_TO_DATE);

    mesh.wire(Wire.HONEST);
    mesh.cutAll();
    device.awaitUpToDateWith(copy);
    assertThat(copy.size()).isEqualTo(sequence + 1);
    assertThat(device.store.displacedCount()).isZero();
    assertThat(device.records.receipt(sequence)).isEmpty();
  }

  @Test
  void aMeshThatLosesAnothersFileAfterItsReceiptIsCaughtAlsoAfterARestart() throws Exception {
    Home device = join();
    FakeLog copy = giveAReceiptFor(device);
    FakeLog without = copy.upTo(copy.size() - 1);
    copy.incarnations().forEach(without::add);
    mesh.wire(Wire.HONEST);

    put(without);
    awaitCaught(device, Violation.ROLLED_BACK);
    device.restart();

    awaitCaught(device, Violation.ROLLED_BACK);
    assertThat(device.store.displacedCount()).isEqualTo(2);
  }

  @Test
  void aReceiptForAPlaceThatIsHeldAndIsAnothersIsNoReceipt() throws Exception {
    Home device = join();
    FakeLog copy = loseTwoFilesHeldBy(device);
    long held = copy.size();
    FakeLog forged = copy.upTo(held - 1);
    copy.incarnations().forEach(forged::add);
    for (long sequence = held + 1; sequence <= held + 2; sequence++) {
      FakeLog.Stored lost = rogue.log().file(sequence);
      forged.append(lost.file(), lost.payload());
    }
    mesh.wire((connection, toDevice, frame) -> frame.hasPutResult()
        ? List.of(frame.toBuilder()
            .setPutResult(frame.getPutResult().toBuilder()
                .setSignedHead(forged.head().byteString())
                .setOutcomes(0, Outcome.newBuilder().setReceipt(forged.receiptAt(held))))
            .build())
        : List.of(frame));

    put(copy);

    awaitCaught(device, Violation.RECEIPT_NOT_HONOURED);
    assertThat(device.store.displacedCount()).isEqualTo(2);
  }

  /** What another copy of its home wrote is not this home's own, though its key has signed it. */
  @Test
  void whatAnotherCopyOfItsHomeWroteIsKeptWhenItHasBeenBroughtBack() throws Exception {
    Home lost = join();
    lost.awaitUpToDateWith(rogue.log());
    Home backup = lost.copy();
    FakeLog copy = rogue.log().upTo(rogue.log().size());
    writeFiles(lost, "a", "b");
    lost.loop.close();
    backup.start();
    backup.awaitUpToDateWith(rogue.log());

    copy.begin(FIRST, copy.size());
    put(copy);
    Await.until("they are there", () -> copy.size() == rogue.log().size());
    backup.awaitUpToDateWith(copy);

    assertThat(backup.store.displacedCount()).isZero();
    assertThat(backup.store.files(1, 100, 1 << 20)).hasSize((int) copy.size());
  }

  @Test
  void newWritesDoNotTakeThePlacesOfWhatAnotherCopyOfItsHomeWrote() throws Exception {
    Home lost = join();
    lost.awaitUpToDateWith(rogue.log());
    FakeLog copy = rogue.log().upTo(rogue.log().size());
    writeFiles(lost, "own");
    Home backup = lost.copy();
    writeFiles(lost, "a", "b");
    lost.loop.close();
    backup.start();
    backup.awaitUpToDateWith(rogue.log());

    copy.begin(FIRST, copy.size());
    mesh.down();
    backup.write("new");
    mesh.add(copy);
    mesh.up();

    Await.until("all are there", () -> copy.size() == rogue.log().size() + 1);
    backup.awaitUpToDateWith(copy);
    assertThat(copy.files().subList(0, (int) rogue.log().size()))
        .extracting(FakeLog.Stored::file)
        .isEqualTo(rogue.log().files().stream().map(FakeLog.Stored::file).toList());
  }

  private void writeFiles(Home device, String... keys) {
    for (String key : keys) {
      long before = rogue.log().size();
      device.write(key);
      Await.until("its file is there", () -> rogue.log().size() > before);
      device.awaitUpToDateWith(rogue.log());
    }
  }

  @Test
  void aMeshThatIsRestoredAfterTheReceiptIsGivenTheFileOnceMore() throws Exception {
    Home device = join();
    FakeLog copy = giveAReceiptFor(device);
    long sequence = copy.size();
    FakeLog without = copy.upTo(sequence - 1);
    copy.incarnations().forEach(without::add);
    without.begin(SECOND, without.size());
    AtomicInteger puts = refuse(RefusalCode.REFUSAL_CODE_NOT_A_MEMBER);
    mesh.wire(Wire.HONEST);
    put(without);
    Await.until("it is put", () -> puts.get() > 0);

    assertThat(device.records.receipt(sequence)).isEmpty();
    mesh.refuse(file -> Optional.empty());
    mesh.cutAll();
    Await.until("both are there", () -> without.size() == sequence + 1);
    device.awaitUpToDateWith(without);
    assertThat(device.store.displacedCount()).isZero();
  }

  @Test
  void whatMayHaveAPlaceLaterIsPutAgainOnTheSameConnectionMoreAndMoreRarely() throws Exception {
    spans.none = true;
    Home device = join();
    FakeLog copy = loseTwoFilesHeldBy(device);
    AtomicInteger puts = refuse(RefusalCode.REFUSAL_CODE_NOT_A_MEMBER);
    put(copy);
    Await.until("it is put again", () -> puts.get() > 4);
    int connects = mesh.connects();
    Await.until("it is told", () -> device.last.problem().isPresent());
    assertThat(device.last.problem().orElseThrow().code()).isEqualTo(ErrorCode.MESH_BUSY);
    assertThat(spans.asked)
        .startsWith(HOLD_MILLIS, 2 * HOLD_MILLIS, 4 * HOLD_MILLIS, 4 * HOLD_MILLIS);

    mesh.refuse(file -> Optional.empty());

    Await.until("they are there", () -> copy.size() == rogue.log().size());
    device.awaitUpToDateWith(copy);
    assertThat(device.store.displacedCount()).isZero();
    assertThat(device.last.problem()).isEmpty();
    assertThat(mesh.connects()).isEqualTo(connects);
  }

  /** A change of the members names the one before it. Here that one is not back yet when its turn comes. */
  @Test
  void aLostJoiningWaitsForTheInvitationThatItBuildsOn() throws Exception {
    spans.none = true;
    Home device = join();
    device.awaitUpToDateWith(rogue.log());
    FakeLog copy = rogue.log().upTo(rogue.log().size());
    Home other = join(rogue.invite(Role.ROLE_WRITER, 1));
    other.awaitUpToDateWith(rogue.log());
    device.awaitUpToDateWith(rogue.log());
    other.loop.close();
    AtomicInteger puts = refuse(RefusalCode.REFUSAL_CODE_NOT_A_MEMBER);
    copy.begin(FIRST, copy.size());
    put(copy);
    Await.until("the invitation is put more than once", () -> puts.get() > 1);

    mesh.refuse(file -> Optional.empty());

    Await.until("both are there", () -> copy.size() == rogue.log().size());
    device.awaitUpToDateWith(copy);
    assertThat(device.store.displacedCount()).isZero();
    assertThat(device.last.problem()).isEmpty();
  }

  @Test
  void ownFilesDoNotWaitForOthersThatAreRefused() throws Exception {
    Home device = join();
    FakeLog copy = loseTwoFilesHeldBy(device);
    refuse(RefusalCode.REFUSAL_CODE_NOT_A_MEMBER);
    put(copy);
    Await.until("it is told", () -> device.last.problem().isPresent());
    long before = copy.size();

    device.write("own");

    Await.until("its file is there", () -> copy.size() > before);
    device.awaitUpToDateWith(copy);
    assertThat(device.last.problem().orElseThrow().code()).isEqualTo(ErrorCode.MESH_BUSY);
  }

  /** What it goes on from came directly once, and stood in the log; and is not taken back. */
  @ParameterizedTest
  @EnumSource(
      value = RefusalCode.class,
      names = {"REFUSAL_CODE_NOT_A_MEMBER", "REFUSAL_CODE_EPOCH_TOO_OLD"})
  void ownFilesDoNotWaitForWhatTheyBuildOnIfThatIsRefused(RefusalCode code) throws Exception {
    Home device = join();
    device.awaitUpToDateWith(rogue.log());
    FakeLog copy = rogue.log().upTo(rogue.log().size());
    device.loop.close();
    Rogue.Made first = rogue.put("2", "given");
    Rogue.Made second =
        rogue.put("2", "given too", Optional.of(first.header()), rogue.log().seen());
    assertThat(HandOvers.takeOver(device.replica, first, second)).isEqualTo(2);
    device.write("2", "on it");
    assertThat(device.replica.handOver().files()).hasSize(3);
    device.start();
    Await.until("all is there", () -> rogue.log().size() == copy.size() + 3);
    device.awaitUpToDateWith(rogue.log());
    copy.begin(FIRST, copy.size());
    long before = copy.size();
    refuse(code);
    put(copy);

    Await.until("its file is there", () -> copy.size() == before + 1);
    Await.until("it is told", () -> device.last.problem().isPresent());
    Await.until("it knows so", () -> device.store.outboxCount() == 0);
  }

  @Test
  void whatIsRefusedForGoodIsToldUntilItsAuthorHasGoneOn() throws Exception {
    Home device = join();
    FakeLog copy = loseTwoFilesHeldBy(device);
    refuse(RefusalCode.REFUSAL_CODE_EPOCH_TOO_OLD);
    put(copy);
    awaitToldForGood(device);
    device.awaitUpToDateWith(copy);
    device.restart();
    awaitToldForGood(device);

    Rogue.Made instead = rogue.put("2", "instead", copy.lastOf(rogue.id()), copy.seen());
    copy.append(instead.header(), instead.payload());
    mesh.push();

    device.awaitUpToDateWith(copy);
    assertThat(device.last.problem()).isEmpty();
    assertThat(device.store.displacedCount()).isZero();
  }

  private static void awaitToldForGood(Home device) {
    Await.until(
        "it is told",
        () -> device
            .last
            .problem()
            .filter(problem -> problem.code() == ErrorCode.FILE_REFUSED)
            .isPresent());
  }

  @Test
  void whatIsRefusedForGoodIsPutOnceAndWhatStandsBehindItNever() throws Exception {
    Home device = join();
    FakeLog copy = loseTwoFilesHeldBy(device);
    AtomicInteger puts = refuse(RefusalCode.REFUSAL_CODE_EPOCH_TOO_OLD);
    put(copy);

    syncOnceMore(device, copy);
    syncOnceMore(device, copy);

    assertThat(puts).hasValue(1);
    assertThat(device.store.displacedCount()).isEqualTo(2); // they are kept, and shown
  }

  @Test
  void whatMayHaveAPlaceLaterIsPutOnceAConnection() throws Exception {
    Home device = join();
    FakeLog copy = loseTwoFilesHeldBy(device);
    AtomicInteger puts = refuse(RefusalCode.REFUSAL_CODE_NOT_A_MEMBER);
    put(copy);
    syncOnceMore(device, copy);
    int before = puts.get();
    syncOnceMore(device, copy);
    assertThat(puts).hasValue(before + 1);

    mesh.refuse(file -> Optional.empty());
    syncOnceMore(device, copy);

    assertThat(device.store.displacedCount()).isZero();
    assertThat(copy.lastOf(rogue.id())).isEqualTo(rogue.log().lastOf(rogue.id()));
  }

  @Test
  void aFullSpaceIsToldAndHasTheRestWhenThereIsRoom() throws Exception {
    Home device = join();
    FakeLog copy = loseTwoFilesHeldBy(device);
    refuse(RefusalCode.REFUSAL_CODE_OVER_QUOTA);
    put(copy);
    Await.until(
        "it is told",
        () -> device
            .last
            .problem()
            .filter(problem -> problem.code() == ErrorCode.OVER_QUOTA)
            .isPresent());
    assertThat(device.last.state()).isEqualTo(SyncState.SYNCING);

    mesh.refuse(file -> Optional.empty());
    mesh.cutAll();

    Await.until("they are there", () -> copy.size() == rogue.log().size());
    device.awaitUpToDateWith(copy);
    assertThat(device.store.displacedCount()).isZero();
  }

  /** Others write all the time, so that it is never up to date. */
  @Test
  void whatIsHeldAfterTheMeshHasTakenSomethingWaitsAsShortlyAsAtFirst() throws Exception {
    Home device = join();
    device.awaitUpToDateWith(rogue.log());
    spans.none = true;
    withholdFiles();
    rogue.admit(rogue.put("2", "that it never gets"));
    refuseAll(RefusalCode.REFUSAL_CODE_OVER_QUOTA);
    device.write("a");
    Await.until("it is tried again and again", () -> spans.asked.size() > 4);
    long before = rogue.log().size();
    mesh.refuse(file -> Optional.empty());
    Await.until("it is taken", () -> rogue.log().size() > before);
    Await.until("it is told", () -> device.last.problem().isEmpty());
    assertThat(device.last.state()).isEqualTo(SyncState.SYNCING);

    spans.asked.clear();
    refuseAll(RefusalCode.REFUSAL_CODE_OVER_QUOTA);
    device.write("b");

    Await.until("it is held", () -> spans.asked.size() > 1);
    assertThat(spans.asked).startsWith(HOLD_MILLIS, 2 * HOLD_MILLIS);
  }

  @Test
  void ownFilesThatAreTakenMakeOthersThatAreRefusedWaitNoShorter() throws Exception {
    spans.none = true;
    Home device = join();
    FakeLog copy = loseTwoFilesHeldBy(device);
    refuse(RefusalCode.REFUSAL_CODE_NOT_A_MEMBER);
    put(copy);
    Await.until("it is put again", () -> spans.asked.size() > 2);

    for (int i = 0; i < 100; i++) {
      long before = copy.size();
      device.write("own " + i);
      Await.until("its file is there", () -> copy.size() > before);
    }

    assertThat(spans.asked.stream().filter(span -> span == HOLD_MILLIS)).hasSize(1);
  }

  private void refuseAll(RefusalCode code) {
    mesh.refuse(file -> Optional.of(Refusal.newBuilder().setCode(code).build()));
  }

  @Test
  void aFileWithoutWhichItsAuthorHasGoneOnNeedsNoMoreSending() throws Exception {
    Home device = join();
    FakeLog copy = loseTwoFilesHeldBy(device);
    Rogue.Made instead = rogue.put("2", "instead", copy.lastOf(rogue.id()), copy.seen());
    copy.append(instead.header(), instead.payload());
    put(copy);

    device.awaitUpToDateWith(copy);

    assertThat(copy.lastOf(rogue.id())).contains(instead.header());
    assertThat(device.store.displacedCount()).isZero();
  }

  @Test
  void aHeadOfAnotherWayIsNoForkWhileTheMeshRecovers() throws Exception {
    Home device = join();
    device.awaitUpToDateWith(rogue.log());
    FakeLog copy = rogue.log().upTo(rogue.log().size());
    SignedIncarnation first = rogue.log().begin(FIRST, copy.size());
    mesh.cutAll();
    device.write("a");
    Await.until("its file is there", () -> rogue.log().size() == copy.size() + 1);
    device.awaitUpToDateWith(rogue.log());
    Rogue.Made other = rogue.put("other", "v", copy.lastOf(rogue.id()), copy.seen());
    copy.append(other.header(), other.payload());

    copy.recover(true);
    put(copy);
    Await.until("it tells", () -> !copy.told().isEmpty());
    mesh.down(); // nobody sees it halfway
    copy.add(first);
    copy.begin(SECOND, first.incarnation().size());
    copy.recover(false);
    mesh.up();

    Await.until("its file is there", () -> copy.size() == first.incarnation().size() + 2);
    device.awaitUpToDateWith(copy);
    assertThat(device.rows()).isEqualTo(3);
  }

  /** Restored first to before an incarnation of which this device never heard, and then to a copy that was made in that one. */
  @Test
  void aHeadOfAnIncarnationNeverHeardOfIsNoForkWhileTheMeshRecovers() throws Exception {
    Home device = join();
    device.awaitUpToDateWith(rogue.log());
    FakeLog copy = rogue.log().upTo(rogue.log().size());
    copy.begin(FIRST, copy.size());
    goAnotherWay(copy, 1);
    device.write("a");
    Await.until("its file is there", () -> rogue.log().size() == copy.size());
    rogue.log().begin(SECOND, rogue.log().size());
    mesh.cutAll();
    Await.until("it is told", () -> device.replica.log().incarnation() == SECOND);
    device.awaitUpToDateWith(rogue.log());

    copy.recover(true);
    put(copy);
    Await.until("it tells", () -> !copy.told().isEmpty());

    assertThat(device.violation).isEmpty();
  }

  /** Restored twice to the same copy; others have brought back what came in between, while this device was away. */
  @Test
  void aHeadOverWhatStoodInALostIncarnationNeverHeardOfIsNoForkWhileTheMeshRecovers()
      throws Exception {
    Home device = join();
    device.awaitUpToDateWith(rogue.log());
    FakeLog copy = rogue.log().upTo(rogue.log().size());
    FakeLog lost = rogue.log().upTo(rogue.log().size());
    SignedIncarnation begun = lost.begin(FIRST, lost.size());
    device.write("a");
    Await.until("its file is there", () -> rogue.log().size() == copy.size() + 1);
    device.awaitUpToDateWith(rogue.log());

    goAnotherWay(copy, 1); // as it did in the incarnation that is lost
    copy.addLost(begun);
    copy.recover(true);
    int connects = mesh.connects();
    put(copy);
    Await.until("it comes", () -> mesh.connects() > connects + 1);

    assertThat(device.violation).isEmpty();
    assertThat(device.last.problem().orElseThrow().code()).isEqualTo(ErrorCode.MESH_BUSY);
  }

  /** The incarnation of a link's head is heard of, though its beginning is not known yet. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoComesByALinkCatchesAnotherLogOfTheLinksSizeAlsoWhileTheMeshRecovers(
      boolean anOlderIncarnationIsTold) throws Exception {
    Optional<SignedIncarnation> before =
        anOlderIncarnationIsTold ? Optional.of(rogue.log().begin(FIRST - 1, 1)) : Optional.empty();
    SignedIncarnation first = rogue.log().begin(FIRST, rogue.log().size());
    InviteLink invited = InviteLink.parse(rogue.invite(Role.ROLE_WRITER, 1));
    FakeLog forged = rogue.log().upTo(rogue.log().size());
    before.ifPresent(forged::add);
    forged.add(first);
    goAnotherWay(forged, 1);
    rogue.admit(rogue.put("1", "one"));
    InviteLink link = new InviteLink(
        invited.mesh(),
        invited.space(),
        invited.notary(),
        rogue.log().head(),
        invited.invitationSequence(),
        invited.secret(),
        invited.spaceName());
    forged.recover(true);
    put(forged);

    Home device = new Home(link);

    awaitCaught(device, Violation.FORKED);
  }

  @Test
  void anotherLogUpToWhereTheLostIncarnationBeganIsAForkAllTheSame() throws Exception {
    Home device = join();
    device.awaitUpToDateWith(rogue.log());
    long common = rogue.log().size();
    rogue.log().begin(FIRST, common);
    mesh.cutAll();
    Await.until("it is told", () -> device.replica.log().incarnation() == FIRST);
    FakeLog forged = rogue.log().upTo(common - 1);
    Rogue.Made other = rogue.put("other", "v", forged.lastOf(rogue.id()), forged.seen());
    forged.append(other.header(), other.payload());

    forged.recover(true);
    put(forged);

    Await.until("it is caught", () -> device.violation.isPresent());
    assertThat(device.violation.orElseThrow().violation()).isEqualTo(Violation.FORKED);
  }

  /** A link's head is of the incarnation in which it was made; what that excuses, its reader must know too. */
  @Test
  void whoJoinsLaterLearnsWhatWasBeforeTheLink() throws Exception {
    Rogue.Made lost = rogue.put("lost", "v");
    FakeLog before = rogue.log().upTo(rogue.log().size());
    before.append(
        lost.header(),
        lost.payload(),
        mesh.meshMillis() - 1); // they get other times and so other roots
    Rogue.Made onTop = rogue.put("on top", "v", Optional.of(lost.header()), before.seen());
    rogue.log().begin(FIRST, rogue.log().size());
    rogue.admit(lost);
    rogue.admit(onTop);

    Home device = join();

    device.awaitUpToDateWith(rogue.log());
    assertThat(device.rows()).isEqualTo(3);
    assertThat(device.replica.log().incarnation()).isEqualTo(FIRST);
  }
}
