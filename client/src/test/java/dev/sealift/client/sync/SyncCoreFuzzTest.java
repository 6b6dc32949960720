package dev.sealift.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.Vault;
import dev.sealift.client.vectors.Deliveries;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.Welcome;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** A device between which and its mesh anything may happen to what is said: it takes nothing but what the mesh has in its log, and names or mends the rest. */
class SyncCoreFuzzTest {
  private static final int MOST_STEPS = 40;
  private static final int MOST_CONNECTIONS = 4;
  private static final int MOST_BYTES = 200;

  @FuzzTest
  void course(FuzzedDataProvider data) throws Exception {
    Path folder = Deliveries.temporary();
    try {
      new Course(folder, data).run();
    } finally {
      Deliveries.delete(folder);
    }
  }

  private static final class Silent implements Progress {
    @Override
    public void applied(long position) {}

    @Override
    public void durable(HybridTime upTo) {}
  }

  private static final class Course implements Transport.Listener {
    private final FuzzedDataProvider data;
    private final FakeMesh mesh = new FakeMesh();
    private final Rogue rogue = new Rogue(mesh);
    private final Deque<byte[]> toDevice = new ArrayDeque<>();
    private final Deque<byte[]> toMesh = new ArrayDeque<>();
    private final SpaceStore store;
    private final Replica replica;
    private final SyncCore core;
    private Transport.Connection connection;
    private FakeConnection spoken;
    private long nanos;
    private int connections;

    Course(Path folder, FuzzedDataProvider data) throws Exception {
      this.data = data;
      MeshClock clock = new MeshClock(System::currentTimeMillis);
      DeviceKeyPair keys = DeviceKeyPair.generate();
      store = SpaceStore.open(folder.resolve("space.db"), keys.id(), clock);
      SpaceRecords records = new SpaceRecords(store, Vault.open(folder.resolve("vault"), null));
      rogue.start(store, records);
      rogue.admit(rogue.put("1", "one"));
      replica = new Replica(keys, store, records, clock, new Silent());
      core = new SyncCore(replica, () -> 0, report -> {}, new Random(1));
    }

    void run() throws Exception {
      try {
        if (data.consumeBoolean()) {
          connect(); // honestly, so that the device is in
          takeAll();
        }
        mesh.wire(this::passed);
        connect();
        for (int i = 0; i < MOST_STEPS && data.remainingBytes() > 0 && goesOn(); i++) {
          step();
          takeAll();
          requireHonestLog();
        }
      } finally {
        store.close();
      }
    }

    private void step() {
      nanos += data.consumeInt(0, 1_000_000_000);
      switch (data.consumeInt(0, 6)) {
        case 0 -> rogue.admit(rogue.put("k" + data.consumeInt(0, 3), "v"));
        case 1 -> core.news();
        case 2 -> core.tick(nanos);
        case 3 -> core.receive(data.consumeBytes(MOST_BYTES));
        case 4 -> core.receive(any(Frame.newBuilder()).toByteArray());
        case 5 -> mesh.push();
        default -> mesh.cutAll();
      }
    }

    /** What the network makes of what the mesh says. */
    private List<Frame> passed(FakeConnection by, boolean isToDevice, Frame frame) {
      spoken = by;
      if (!isToDevice || data.remainingBytes() == 0) {
        return List.of(frame);
      }
      return switch (data.consumeInt(0, 9)) {
        case 0 -> List.of();
        case 1 -> List.of(frame, frame);
        case 2 -> List.of(any(frame.toBuilder()));
        case 3 -> List.of(altered(frame));
        case 4 -> List.of(any(Frame.newBuilder()), frame);
        default -> List.of(frame);
      };
    }

    /** With another field, which is signed again where the mesh signs all of it: a mesh may lie, too. */
    private Frame altered(Frame frame) {
      if (frame.hasWelcome()) {
        Welcome.Builder welcome = frame.getWelcome().toBuilder();
        any(welcome);
        try {
          return spoken.signed(welcome);
        } catch (AssertionError malformed) {
          return Frame.newBuilder().setWelcome(welcome).build();
        }
      }
      if (frame.hasFiles() && frame.getFiles().getEntriesCount() > 0) {
        return Frame.newBuilder().setFiles(altered(frame.getFiles())).build();
      }
      return any(frame.toBuilder());
    }

    private Files altered(Files files) {
      List<LogEntry> entries = new ArrayList<>(files.getEntriesList());
      int at = data.consumeInt(0, entries.size() - 1);
      switch (data.consumeInt(0, 4)) {
        case 0 -> entries.remove(at);
        case 1 -> entries.add(at, entries.get(data.consumeInt(0, entries.size() - 1)));
        case 2 -> entries.set(at, any(entries.get(at).toBuilder()));
        case 3 -> entries.set(at, flipped(entries.get(at)));
        default -> entries.add(at, any(LogEntry.newBuilder()));
      }
      return files.toBuilder().clearEntries().addAllEntries(entries).build();
    }

    private LogEntry flipped(LogEntry entry) {
      boolean ofHeader = data.consumeBoolean() || entry.getPayload().isEmpty();
      byte[] bytes = (ofHeader ? entry.getSignedHeader() : entry.getPayload()).toByteArray();
      if (bytes.length > 0) {
        bytes[data.consumeInt(0, bytes.length - 1)] ^= data.consumeByte();
      }
      ByteString changed = ByteString.copyFrom(bytes);
      return ofHeader
          ? entry.toBuilder().setSignedHeader(changed).build()
          : entry.toBuilder().setPayload(changed).build();
    }

    /** With what bytes say besides, as far as they say anything. */
    @SuppressWarnings("unchecked")
    private <T extends Message> T any(Message.Builder builder) {
      try {
        builder.mergeFrom(data.consumeBytes(MOST_BYTES));
      } catch (InvalidProtocolBufferException e) {
        // as far as it went
      }
      return (T) builder.build();
    }

    // The conversation

    private void connect() throws TransportException {
      toDevice.clear();
      toMesh.clear();
      connections++;
      connection = mesh.connect(FakeMesh.ADDRESS, this);
      core.begin(toMesh::add, nanos);
    }

    private void takeAll() throws InterruptedException {
      for (int i = 0; i < MOST_STEPS && !(toMesh.isEmpty() && toDevice.isEmpty()); i++) {
        if (toMesh.isEmpty()) {
          core.receive(toDevice.remove());
        } else {
          try {
            connection.send(toMesh.remove());
          } catch (TransportException e) {
            core.broken(e);
            return;
          }
        }
      }
    }

    /** Whether the device tries again, as often as it does here. */
    private boolean goesOn() throws TransportException {
      if (!core.isOver()) {
        return true;
      }
      connection.close();
      try {
        assertThat(core.waitMillis()).isNotNegative();
      } catch (SealiftException e) {
        assertThat(e.code()).isNotEqualTo(ErrorCode.INTERNAL);
        return false;
      }
      if (connections >= MOST_CONNECTIONS) {
        return false;
      }
      connect();
      return true;
    }

    /** Nothing was applied but what stands in the log, in its place. */
    private void requireHonestLog() {
      LogState held = replica.log();
      List<FakeLog.Stored> files = rogue.log().files();
      assertThat(held.position()).isBetween(0L, (long) files.size());
      CompactTree tree = new CompactTree();
      for (FakeLog.Stored file : files.subList(0, (int) held.position())) {
        tree.append(file.leaf().hash());
      }
      Hash root = held.tree().root();
      assertThat(root).isEqualTo(tree.root());
      assertThat(held.tree().size()).isEqualTo(held.position());
    }

    @Override
    public void received(byte[] message) {
      toDevice.add(message);
    }

    @Override
    public void alive() {}

    @Override
    public void closed() {}
  }
}
