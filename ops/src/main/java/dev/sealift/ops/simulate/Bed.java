package dev.sealift.ops.simulate;

import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.TableSchema;
import dev.sealift.client.sync.CompactionThresholds;
import dev.sealift.client.sync.OpenedInvitation;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.Vault;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.EffectiveCompaction;
import dev.sealift.protocol.mesh.proto.ReadRequest;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.storage.FileStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * A mesh and devices in one thread, for whoever wants to stand between them, or under the mesh: time passes when it is told to, and what devices meet is told and no fault. The mesh itself
 * is honest. For one thread.
 */
public final class Bed implements AutoCloseable {
  /** The table that there is, and its only column beside the key. */
  public static final String TABLE = "notes";

  public static final String COLUMN = "body";

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final long LOOK_MILLIS = 250;

  /** Until all is exchanged: the longest waits are minutes. */
  private static final long REST_MILLIS = Duration.ofHours(3).toMillis();

  private static final long INVITATION_MILLIS = Duration.ofDays(3_000).toMillis();
  private static final int INVITATION_USES = 100;
  private static final int MOST_BYTES = 8 << 20;
  private static final int RECLAIMED_AT_ONCE = 100;

  /** They compare what others compact, and begin nothing by themselves. */
  private static final CompactionThresholds NEVER = new CompactionThresholds(100_000, 100_000);

  private static final TableSchema SCHEMA = new TableSchema(
      TABLE, "id", List.of(new ColumnSchema(COLUMN, ColumnType.TEXT, Optional.empty())));

  private final Path folder;
  private final Dice dice;
  private final Scheduler scheduler = new Scheduler(START.toEpochMilli());
  private final Trace trace;
  private final Mesh mesh;
  private final Vault vault;
  private final List<BedDevice> devices = new ArrayList<>();

  private Bed(Path folder, long seed) {
    this.folder = folder;
    this.dice = new Dice(seed);
    this.trace = new Trace(scheduler, false);
    this.mesh = new Mesh(scheduler, dice.fork(), trace, new MeshDisk(folder, scheduler));
    this.vault = Vault.open(folder.resolve("vault"), null);
    mesh.admitCompactions();
  }

  /** Does something with one that is drawn by a seed, on a thread of its own, in a folder of its own. */
  public static <T> T with(long seed, Function<Bed, T> work) {
    return Campaign.inFolder(folder -> RunThread.call(seed, () -> {
      try (Bed bed = new Bed(folder, seed)) {
        return work.apply(bed);
      }
    }));
  }

  /** Draws of the seed. */
  public RandomGenerator dice() {
    return dice;
  }

  /** An empty folder's name, or a file's. */
  public Path file(String name) {
    return folder.resolve(name);
  }

  // The mesh

  /** What the mesh signs with. */
  public SigningKey notary() {
    return mesh.notaryKey();
  }

  public long nowMillis() {
    return scheduler.nowMillis();
  }

  /** From now on somebody stands between the mesh and its devices. */
  public void stand(Between there) {
    mesh.network().stand(there);
  }

  /** From now on the mesh's store is what this makes of the real one. */
  public void keepIn(UnaryOperator<FileStore> made) {
    mesh.keepIn(made);
  }

  public void mostDelayMillis(long millis) {
    mesh.network().mostDelayMillis(millis);
  }

  /** The mesh's store is copied; its connections break. */
  public void copyStore(Path to) {
    mesh.copy(to);
  }

  /** The mesh goes on from a copy of its store, without a word of that. */
  public void exchangeStore(Path copy) {
    mesh.exchange(copy);
  }

  /** All that is in the mesh's log, as its store has it now. */
  public List<LogEntry> log() {
    SpaceId space = devices.get(0).space();
    List<LogEntry> entries = new ArrayList<>();
    long size = mesh.size(space);
    while (entries.size() < size) {
      ReadRequest next = ReadRequest.newBuilder()
          .setSpace(space.byteString())
          .setAfterSequence(entries.size())
          .setHeadSize(size)
          .setMaxBytes(MOST_BYTES)
          .setMaxFiles((int) size)
          .build();
      entries.addAll(mesh.store().read(next).toCompletableFuture().join().getEntriesList());
    }
    return entries;
  }

  /** Lets go of whatever a compaction supersedes that stands. Returns how many files lost something. */
  public long reclaim() {
    SpaceId space = devices.get(0).space();
    CompactionsRequest standing = CompactionsRequest.newBuilder()
        .setSpace(space.byteString())
        .setHeadSize(mesh.size(space))
        .setAll(true)
        .build();
    long files = 0;
    for (EffectiveCompaction one :
        mesh.store().compactions(standing).toCompletableFuture().join().getCompactionsList()) {
      ReclaimRequest.Builder request = ReclaimRequest.newBuilder()
          .setSpace(space.byteString())
          .setCompaction(one.getParts(one.getPartsCount() - 1))
          .setSeenSinceMillis(mesh.nowMillis() + 1) // nobody is waited for
          .setStoodBeforeMillis(mesh.nowMillis() + 1)
          .setMaxFiles(RECLAIMED_AT_ONCE);
      ReclaimReply reply;
      do {
        reply = mesh.store().reclaim(request.build()).toCompletableFuture().join();
        files += reply.getFiles();
        request.setAfter(reply.getLookedAt());
      } while (reply.getLookedAt() > 0);
    }
    return files;
  }

  // Devices

  /** The first device, on which the space is founded, connected. */
  public BedDevice found(SpaceRules rules) {
    BedDevice founder = device("founder", Simulation.keys(dice));
    founder.device().found(List.of(SCHEMA), rules);
    founder.connect();
    rest();
    return founder;
  }

  /**
   * A device that comes with an invitation of the founder's, and is not connected yet.
   *
   * @param invited by {@link #invite}
   */
  public BedDevice newcomer(String name, Invited invited) {
    return newcomer(name, invited, Simulation.keys(dice));
  }

  /** As above, with keys that somebody has made before. */
  public BedDevice newcomer(String name, Invited invited, DeviceKeyPair keys) {
    BedDevice device = device(name, keys);
    device.device().join(invited.opened(), invited.secret(), List.of(SCHEMA));
    return device;
  }

  /** An invitation that is in the log. */
  public record Invited(OpenedInvitation opened, byte[] secret) {}

  public Invited invite() {
    byte[] secret = dice.bytes(InvitationKeys.SECRET_BYTES);
    CompletableFuture<OpenedInvitation> opened = devices
        .get(0)
        .device()
        .invite(secret, INVITATION_MILLIS, INVITATION_USES)
        .orElseThrow(() -> new IllegalStateException("the founder is connected"));
    rest();
    return new Invited(opened.join(), secret);
  }

  private BedDevice device(String name, DeviceKeyPair keys) {
    Device device = new Device(
        name,
        scheduler,
        mesh.network(),
        dice.fork(),
        trace,
        vault,
        keys,
        new Disk(folder.resolve(name + ".db")));
    BedDevice made = new BedDevice(device);
    device.start();
    device.compacts(NEVER);
    devices.add(made);
    return made;
  }

  // Time

  public void pass(long millis) {
    scheduler.runUntil(scheduler.nowMillis() + millis);
  }

  /**
   * Until all connected devices have exchanged everything.
   *
   * @return whether it comes to that
   */
  public boolean rest() {
    devices.stream().filter(BedDevice::isConnected).forEach(BedDevice::ask);
    long until = scheduler.nowMillis() + REST_MILLIS;
    do {
      pass(LOOK_MILLIS);
      if (scheduler.nowMillis() > until) {
        return false;
      }
    } while (!devices.stream().allMatch(device -> !device.isConnected() || device.isUpToDate()));
    return true;
  }

  @Override
  public void close() {
    devices.forEach(BedDevice::close);
    mesh.close();
  }
}
