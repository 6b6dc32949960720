package dev.sealift.ops.cluster;

import dev.sealift.client.store.Batch;
import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.QueryResult;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.store.TableSchema;
import dev.sealift.client.sync.CompactionThresholds;
import dev.sealift.client.sync.JdkTransport;
import dev.sealift.client.sync.MeshClock;
import dev.sealift.client.sync.OpenedInvitation;
import dev.sealift.client.sync.Progress;
import dev.sealift.client.sync.Replica;
import dev.sealift.client.sync.SpaceRecords;
import dev.sealift.client.sync.SyncLoop;
import dev.sealift.client.sync.SyncReport;
import dev.sealift.client.sync.SyncState;
import dev.sealift.client.value.Value;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.Vault;
import dev.sealift.ops.support.Await;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.Role;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A device that takes what compactors offer, and never compacts of itself: the client library's own parts, over a real socket. */
final class CompactingDevice implements AutoCloseable {
  /** Of itself it would not, for long. */
  private static final CompactionThresholds THRESHOLDS = new CompactionThresholds(100_000, 200_000);

  private static final TableSchema NOTES = new TableSchema(
      "notes", "id", List.of(new ColumnSchema("body", ColumnType.TEXT, Optional.empty())));

  private static final Progress NOBODY = new Progress() {
    @Override
    public void applied(long position) {}

    @Override
    public void durable(HybridTime upTo) {}
  };

  /** What others can join by. */
  record Invited(OpenedInvitation invitation, byte[] secret) {}

  private final URI mesh;
  private final DeviceKeyPair keys = DeviceKeyPair.generate();
  private final MeshClock clock = new MeshClock(System::currentTimeMillis);
  private final AtomicLong questions = new AtomicLong();
  private final SpaceStore store;
  private final SpaceRecords records;
  private @Nullable SyncLoop loop;
  private volatile @Nullable SyncReport report;

  private CompactingDevice(Path folder, Vault vault, URI mesh) {
    this.mesh = mesh;
    this.store = SpaceStore.open(folder.resolve(keys.id() + ".db"), keys.id(), clock);
    this.records = new SpaceRecords(store, vault);
  }

  static CompactingDevice founder(Path folder, Vault vault, URI mesh) {
    CompactingDevice device = new CompactingDevice(folder, vault, mesh);
    try (Batch batch = device.store.batch()) {
      device.records.start(batch);
      batch.useRules(SpaceRules.defaults());
      batch.declare(NOTES);
      batch.commit();
    }
    device.comeBackAsMember();
    return device;
  }

  static CompactingDevice guest(Path folder, Vault vault, URI mesh, Invited by) {
    CompactingDevice device = new CompactingDevice(folder, vault, mesh);
    OpenedInvitation invitation = by.invitation();
    try (Batch batch = device.store.batch()) {
      device.records.start(batch);
      device.records.startJoining(
          batch,
          invitation.space(),
          invitation.notary(),
          invitation.head(),
          by.secret(),
          invitation.sequence());
      batch.commit();
    }
    device.comeBackAsMember();
    return device;
  }

  /** A gateway knows who may write from the next connection on. */
  private void comeBackAsMember() {
    connect();
    awaitUpToDate();
    disconnect();
    connect();
    awaitUpToDate();
  }

  SpaceId space() {
    return records.space().orElseThrow();
  }

  void connect() {
    Replica replica = new Replica(keys, store, records, clock, NOBODY, Optional.of(THRESHOLDS));
    SyncLoop made =
        new SyncLoop(replica, new JdkTransport(), mesh, questions::get, now -> report = now);
    loop = made;
    made.start();
  }

  void disconnect() {
    SyncLoop was = loop;
    loop = null;
    if (was != null) {
      was.close();
    }
  }

  private void news() {
    SyncLoop now = loop;
    if (now != null) {
      now.news();
    }
  }

  /** One row, in a file of its own; returns when the mesh has acknowledged it. */
  void write(String key, String body) {
    try (Batch batch = store.batch()) {
      batch.put("notes", key, Map.of("body", new Value.Text(body)));
      batch.commit();
    }
    news();
    Await.until(Processes.DEADLINE, this::hasSent, () -> this + " has " + report);
  }

  private boolean hasSent() {
    return store.pendingCount() == 0 && store.outboxCount() == 0;
  }

  /** Returns when it has all that the mesh has now, and the mesh has all of it. */
  void awaitUpToDate() {
    long question = questions.incrementAndGet();
    news();
    Await.until(
        Processes.DEADLINE,
        () -> {
          SyncReport now = report;
          return now != null
              && now.state() == SyncState.UP_TO_DATE
              && now.answered() >= question
              && hasSent();
        },
        () -> this + " has " + report);
  }

  Invited invite() throws Exception {
    byte[] secret = new byte[InvitationKeys.SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    SyncLoop now = java.util.Objects.requireNonNull(loop);
    OpenedInvitation opened = now.invite(
            secret, false, Role.ROLE_WRITER, Duration.ofDays(1).toMillis(), 20)
        .get(Processes.DEADLINE.toSeconds(), TimeUnit.SECONDS);
    return new Invited(opened, secret);
  }

  long position() {
    return store.position();
  }

  /** Whether it holds the files of the log, and not only what a compaction made of them. */
  boolean holdsFiles() {
    return store.canCarry(2);
  }

  Hash shown() {
    return store.visibleDigest();
  }

  Hash merged() {
    return store.mergeDigest();
  }

  /** What its table shows. */
  Map<String, String> rows() {
    Map<String, String> rows = new HashMap<>();
    try (QueryResult result = store.query("SELECT id, body FROM notes", List.of())) {
      while (result.next()) {
        rows.put(result.text(0).orElseThrow(), result.text(1).orElseThrow());
      }
    }
    return rows;
  }

  /** Contested by it, which an honest compaction is not. */
  boolean contests() {
    SyncLoop now = loop;
    return now != null && !now.replica().contested().isEmpty();
  }

  @Override
  public String toString() {
    return keys.id().toString().substring(0, 8);
  }

  @Override
  public void close() {
    disconnect();
    store.close();
  }
}
