package dev.sealift.client.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.value.Value;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.Vault;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.file.SignedHeader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What waits of a device that was handed over, or is to be. The test moves its messages and its time. */
class OutboxTest {
  @TempDir
  Path folder;

  private final FakeMesh mesh = new FakeMesh();
  private final Rogue rogue = new Rogue(mesh);
  private final AtomicLong aheadMillis = new AtomicLong();
  private final Queue<byte[]> came = new ConcurrentLinkedQueue<>();
  private SyncReport last = new SyncReport(SyncState.OFFLINE, 0, 0, 0, Optional.empty());
  private SpaceStore store;
  private Replica replica;
  private SyncCore core;
  private Transport.Connection connection;

  @BeforeEach
  void join() throws FormatException {
    DeviceKeyPair keys = DeviceKeyPair.generate();
    MeshClock clock = new MeshClock(() -> System.currentTimeMillis() + aheadMillis.get());
    store = SpaceStore.open(folder.resolve("space.db"), keys.id(), clock);
    SpaceRecords records = new SpaceRecords(store, Vault.open(folder.resolve("vault"), null));
    rogue.start(store, records);
    rogue.admit(rogue.put("1", "one"));
    replica = new Replica(keys, store, records, clock, new Silent());
    core = new SyncCore(replica, () -> 0, report -> last = report, new Random(1));
    connect();
    assertThat(last.state()).isEqualTo(SyncState.UP_TO_DATE);
    connection.close();
  }

  private static final class Silent implements Progress {
    @Override
    public void applied(long position) {}

    @Override
    public void durable(HybridTime upTo) {}
  }

  @AfterEach
  void end() {
    connection.close();
    store.close();
    assertThat(mesh.complaints()).isEmpty();
  }

  private void connect() {
    came.clear();
    try {
      connection = mesh.connect(FakeMesh.ADDRESS, new Inbox());
    } catch (TransportException e) {
      throw new AssertionError("it is up", e);
    }
    core.begin(this::send, 0);
    takeAll();
  }

  private final class Inbox implements Transport.Listener {
    @Override
    public void received(byte[] message) {
      came.add(message);
    }

    @Override
    public void alive() {}

    @Override
    public void closed() {}
  }

  private void send(byte[] message) {
    try {
      connection.send(message);
    } catch (TransportException | InterruptedException e) {
      throw new AssertionError("it is open", e);
    }
  }

  private void takeAll() {
    for (byte[] next = came.poll(); next != null; next = came.poll()) {
      core.receive(next);
    }
  }

  private void write(int rows) {
    try (Batch batch = store.batch()) {
      for (int i = 0; i < rows; i++) {
        batch.patch(Rogue.TABLE, "row " + i, Map.of("text", Value.of("v")));
      }
      batch.commit();
    }
  }

  private void pack(int mostEvents) throws FormatException {
    Load load = new Load(mostEvents);
    replica.outbox().handed().forEach(handed -> replica.add(load, handed));
    replica.outbox().packAll(load);
  }

  // What is too much

  @Test
  void noMoreEventsArePackedThanCanBeTakenOver() throws FormatException {
    write(100);
    assertTooMuch(99);
    assertThat(store.pendingCount()).isEqualTo(100);
    assertThat(replica.outbox().files()).isEmpty();
    pack(100);
    assertThat(replica.outbox().files()).hasSize(1);
    write(1);
    assertTooMuch(100);
    assertThat(store.pendingCount()).isEqualTo(1);
    assertThat(replica.outbox().files()).as("what was packed before").hasSize(1);
    assertTooMuch(99);
  }

  private void assertTooMuch(int mostEvents) {
    assertThatThrownBy(() -> pack(mostEvents))
        .hasMessageContaining("1048576 events")
        .isInstanceOfSatisfying(
            SealiftException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_MANY_FILES));
  }

  /** So no more than one is in memory as events; and what fails on the way leaves all of them in one place. */
  @Test
  void whatIsTakenApartIsTakenApartFileByFile() throws Exception {
    for (int file = 1; file <= 5; file++) {
      write(1);
      pack(100);
    }
    List<SignedFile> files = List.copyOf(replica.outbox().files());
    assertThat(files).hasSize(5);
    damage(files.get(2).counter());
    replica.outbox().reload();
    assertThatThrownBy(() -> replica.outbox().unpack()).isInstanceOf(FormatException.class);
    assertThat(replica.outbox().files()).hasSize(3);
    assertThat(store.outboxCount()).isEqualTo(3);
    assertThat(replica.outbox().lastCounter()).isEqualTo(files.get(2).counter());
    assertThat(store.pendingCount()).as("the row that all of them wrote").isEqualTo(1);
  }

  /** By a step, or by a file that came behind it. */
  @Test
  void whatTheStoreFindsInTheLogWaitsNoMore() throws FormatException {
    write(1);
    pack(100);
    write(1);
    pack(100);
    List<SignedFile> files = List.copyOf(replica.outbox().files());
    try (Batch batch = store.batch()) {
      batch.settle(files.get(0).counter(), files.get(0).file().id(), store.position());
      batch.commit();
    }

    replica.outbox().logHas();

    assertThat(replica.outbox().files()).containsExactly(files.get(1));
  }

  private void damage(long counter) throws SQLException {
    try (Connection database =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("space.db"));
        Statement update = database.createStatement()) {
      update.execute("UPDATE _sealift_outbox SET payload = zeroblob(length(payload))"
          + " WHERE counter = " + counter);
    }
  }

  // What waits for its time

  private static final long HALF_AN_HOUR_MILLIS = 1_800_000;

  private void handOverWhatIsAhead() {
    aheadMillis.set(HALF_AN_HOUR_MILLIS);
    write(1);
    assertThat(replica.handOver().size()).isEqualTo(1);
  }

  @Test
  void whatWasHandedOverAndIsAheadWaitsWhileTheExchangeGoesOn() {
    handOverWhatIsAhead();
    SignedHeader handed = replica.outbox().files().getFirst().file();
    write(2); // which waits behind it
    connect();
    assertThat(core.isOver()).isFalse();
    assertThat(last.state()).isEqualTo(SyncState.SYNCING);
    assertThat(last.problem().orElseThrow().code()).isEqualTo(ErrorCode.MESH_BUSY);
    assertThat(core.untilMillis(0)).isPositive();
    rogue.admit(rogue.put("2", "two"));
    takeAll();
    assertThat(last.position()).as("reading goes on").isEqualTo(rogue.log().size());
    assertThat(replica.outbox().files()).extracting(SignedFile::file).containsExactly(handed);

    mesh.clockAhead(HALF_AN_HOUR_MILLIS);
    core.tick(3_600_000_000_000L);
    takeAll();
    assertThat(rogue.log().files()).extracting(FakeLog.Stored::file).contains(handed);
    assertThat(replica.outbox().files()).isEmpty();
    assertThat(last.state()).isEqualTo(SyncState.UP_TO_DATE);
    assertThat(last.problem()).isEmpty();
  }

  @Test
  void othersFilesGoFromHereMeanwhile() throws IOException {
    handOverWhatIsAhead();
    connect();
    Rogue.Made others = rogue.put("3", "three");
    byte[] handed = HandOvers.of(others);
    assertThat(replica.takeOver(HandOver.read(new ByteArrayInputStream(handed))))
        .isEqualTo(1);
    core.news();
    takeAll();
    assertThat(rogue.log().files()).extracting(FakeLog.Stored::file).contains(others.header());
    assertThat(replica.outbox().files()).hasSize(1);
    assertThat(last.problem().orElseThrow().code()).isEqualTo(ErrorCode.MESH_BUSY);
  }

  @Test
  void itIsNotSentAgainBeforeItsTimeMayHaveCome() {
    AtomicLong puts = new AtomicLong();
    mesh.wire((from, toDevice, frame) -> {
      puts.addAndGet(frame.hasPut() ? 1 : 0);
      return List.of(frame);
    });
    handOverWhatIsAhead();
    connect();
    for (long millis = 0; millis < 300_000; millis += core.untilMillis(millis * 1_000_000)) {
      core.tick(millis * 1_000_000);
      core.news();
      takeAll();
    }
    assertThat(puts).hasValue(1);
  }
}
