package dev.sealift.ops.bench;

import dev.sealift.client.Row;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.KeptFile;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.store.TableSchema;
import dev.sealift.client.sync.CompactionThresholds;
import dev.sealift.client.sync.MeshClock;
import dev.sealift.client.sync.OpenedInvitation;
import dev.sealift.client.sync.Progress;
import dev.sealift.client.sync.Replica;
import dev.sealift.client.sync.SpaceRecords;
import dev.sealift.client.sync.SyncLoop;
import dev.sealift.client.sync.SyncReport;
import dev.sealift.client.sync.SyncState;
import dev.sealift.client.sync.Transport;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.Vault;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.Role;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A device that takes steps, and compacts when it is told to and not otherwise: store, replica and exchange, as a {@link dev.sealift.client.Space} has them. Used by one thread.
 */
final class CompactingDevice implements AutoCloseable {
  /** More files than any run has. */
  private static final CompactionThresholds NEVER =
      new CompactionThresholds(Long.MAX_VALUE / 2, Long.MAX_VALUE / 2);

  private static final String KEYS = "keys";
  private static final Duration VALID = Duration.ofDays(1);
  private static final int USES = 100;
  private static final int CHUNK_FILES = 64;
  private static final long CHUNK_BYTES = 8L << 20;

  private final DeviceKeyPair keys;
  private final SpaceStore store;
  private final SpaceRecords records;
  private final MeshClock clock = new MeshClock(System::currentTimeMillis);
  private final Transport transport;
  private final Object news = new Object();
  private volatile @Nullable SyncReport report;
  private final AtomicLong questions = new AtomicLong();
  private @Nullable SyncLoop loop;

  private CompactingDevice(DeviceKeyPair keys, Path folder, Transport transport) {
    this.keys = keys;
    this.transport = transport;
    store = SpaceStore.open(folder.resolve("space.db"), keys.id(), clock);
    records = new SpaceRecords(store, vault(folder));
    clock.restore(records.clockOffsetMillis());
  }

  private static Vault vault(Path folder) {
    return Vault.open(folder.resolve("vault"), null);
  }

  /** What others join by. */
  record Invited(OpenedInvitation invitation, byte[] secret) {}

  /** Founds a space in a new folder. */
  static CompactingDevice found(Path folder, Transport transport) throws Exception {
    CompactingDevice device = make(folder, transport);
    try (Batch batch = device.store.batch()) {
      device.records.start(batch);
      batch.useRules(SpaceRules.defaults());
      batch.declare(table());
      batch.commit();
    }
    return device;
  }

  /** Joins one, in a new folder. */
  static CompactingDevice join(Path folder, Transport transport, Invited invited) throws Exception {
    CompactingDevice device = make(folder, transport);
    try (Batch batch = device.store.batch()) {
      device.records.start(batch);
      device.records.startJoining(
          batch,
          invited.invitation().space(),
          invited.invitation().notary(),
          invited.invitation().head(),
          invited.secret(),
          invited.invitation().sequence());
      batch.commit();
    }
    return device;
  }

  private static CompactingDevice make(Path folder, Transport transport) throws Exception {
    Files.createDirectories(folder);
    DeviceKeyPair keys = DeviceKeyPair.generate();
    Files.write(folder.resolve(KEYS), vault(folder).seal(KEYS, keys.secret()));
    return new CompactingDevice(keys, folder, transport);
  }

  /** One that was made before, in whatever process. */
  static CompactingDevice open(Path folder, Transport transport) throws Exception {
    byte[] sealed = Files.readAllBytes(folder.resolve(KEYS));
    DeviceKeyPair keys = DeviceKeyPair.of(vault(folder).open(KEYS, sealed));
    return new CompactingDevice(keys, folder, transport);
  }

  private static TableSchema table() {
    List<ColumnSchema> columns = SampleRows.COLUMNS.stream()
        .map(name -> new ColumnSchema(
            name, name.endsWith("tude") ? ColumnType.REAL : ColumnType.TEXT, Optional.empty()))
        .toList();
    return new TableSchema(SampleRows.TABLE, "id", columns);
  }

  // The app

  void put(List<Map.Entry<String, Row>> rows) {
    try (Batch batch = store.batch()) {
      rows.forEach(
          row -> batch.put(SampleRows.TABLE, row.getKey(), row.getValue().values()));
      batch.commit();
    }
    tell();
  }

  void patch(List<Map.Entry<String, Row>> rows) {
    try (Batch batch = store.batch()) {
      rows.forEach(
          row -> batch.patch(SampleRows.TABLE, row.getKey(), row.getValue().values()));
      batch.commit();
    }
    tell();
  }

  /** What the log makes of everything. */
  Hash digest() {
    return store.mergeDigest();
  }

  long position() {
    return store.position();
  }

  /** Whether it holds the files themselves. */
  boolean holdsFiles() {
    return store.canCarry(2);
  }

  /** Of the sealed payload of each file that it holds. */
  List<Integer> fileBytes() {
    List<Integer> bytes = new ArrayList<>();
    List<KeptFile> files;
    do {
      files = store.files(bytes.size() + 1L, CHUNK_FILES, CHUNK_BYTES);
      files.forEach(file -> bytes.add(file.payload().length()));
    } while (!files.isEmpty());
    return bytes;
  }

  // Compacting

  Replica replica() {
    return loop == null ? newReplica() : loop.replica();
  }

  private Replica newReplica() {
    Progress progress = new Progress() {
      @Override
      public void applied(long position) {}

      @Override
      public void durable(HybridTime upTo) {}
    };
    return new Replica(keys, store, records, clock, progress, Optional.of(NEVER));
  }

  // Exchange

  void connect(URI mesh) {
    SyncLoop next = new SyncLoop(newReplica(), transport, mesh, questions::get, this::reported);
    loop = next;
    next.start();
  }

  void disconnect() {
    SyncLoop running = loop;
    if (running != null) {
      running.close();
      running.replica().retire();
    }
    loop = null;
    report = null;
  }

  private void tell() {
    SyncLoop running = loop;
    if (running != null) {
      running.news();
    }
  }

  private void reported(SyncReport now) {
    synchronized (news) {
      report = now;
      news.notifyAll();
    }
  }

  /** Waits until everything that the mesh has by now is here, and the other way round. */
  void exchanged() throws BenchFailedException, InterruptedException {
    questions.incrementAndGet();
    tell();
    long deadline = System.nanoTime() + Workbench.DEADLINE.toNanos();
    synchronized (news) {
      while (!hasExchanged()) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          throw new BenchFailedException("A device did not get done: " + report + ".");
        }
        news.wait(left);
      }
    }
  }

  private boolean hasExchanged() throws BenchFailedException {
    SyncReport now = report;
    if (now != null && now.state() == SyncState.STOPPED) {
      throw new BenchFailedException("A device has stopped: " + now.problem() + ".");
    }
    return now != null
        && now.state() == SyncState.UP_TO_DATE
        && now.answered() >= questions.get()
        && store.pendingUpTo(1) == 0
        && store.outboxCount() == 0;
  }

  Invited invite() throws Exception {
    byte[] secret = new byte[InvitationKeys.SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    SyncLoop running = loop;
    if (running == null) {
      throw new IllegalStateException("an invitation is opened in the mesh");
    }
    OpenedInvitation opened = running
        .invite(secret, false, Role.ROLE_WRITER, VALID.toMillis(), USES)
        .get(Workbench.DEADLINE.toSeconds(), TimeUnit.SECONDS);
    return new Invited(opened, secret);
  }

  @Override
  public void close() {
    disconnect();
    store.close();
  }
}
