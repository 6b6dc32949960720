package dev.sealift.ops.bench;

import com.google.protobuf.ByteString;
import dev.sealift.client.Invitation;
import dev.sealift.client.Removal;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.sync.JdkTransport;
import dev.sealift.client.sync.Transport;
import dev.sealift.client.sync.TransportException;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.client.vault.KeySealing;
import dev.sealift.protocol.id.CollectionId;
import dev.sealift.protocol.link.InviteLink;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** An owner removes one of 1,000 devices of a space: the new epoch's key is sealed to all who are left. */
final class Revocation implements Measurement {
  private static final int DEVICES = 1_000;

  /** Below any file that seals a key to so many. */
  private static final int LARGE_BYTES = DEVICES * 64;

  private final Workbench bench;

  Revocation(Workbench bench) {
    this.bench = bench;
  }

  @Override
  public Set<BenchRow> rows() {
    return Set.of(BenchRow.REVOKE, BenchRow.REVOKE_ADMITTED);
  }

  /** All removals are of one space, and the first ones warm up. */
  @Override
  public boolean warmsUp() {
    return false;
  }

  @Override
  public int mostRounds() {
    return 1;
  }

  @Override
  public void round(int number, Figures figures) throws Exception {
    Path folder = bench.fresh("revoking");
    Noting noting = new Noting();
    int times = bench.plan().warmUp() + bench.plan().rounds();
    try (Mesh mesh = bench.mesh(folder);
        Sealift home =
            Sealift.open(folder.resolve("owner"), bench.plan().home().transport(noting))) {
      Space space = home.create("many", SampleRows.schema());
      space.connect(mesh.url());
      Workbench.await(space.whenUpToDate());
      for (int i = 0; i < times; i++) {
        List<DeviceKeyPair> others = join(space, mesh.url(), i == 0 ? DEVICES - 1 : 1);
        Workbench.await(space.whenUpToDate());
        Removal removal = Removal.of(others.get(0).id().toString());
        double floor = 1e3 * Workbench.seconds(Revocation::seal);
        long start = System.nanoTime();
        space.remove(removal);
        long end = System.nanoTime();
        if (noting.lastLargeNanos <= start) {
          throw new BenchFailedException("A removal was sent without keys.");
        }
        if (i >= bench.plan().warmUp()) {
          figures.add(BenchRow.REVOKE, (noting.lastLargeNanos - start) / 1e6, floor);
          figures.add(BenchRow.REVOKE_ADMITTED, (end - start) / 1e6, floor);
        }
      }
      requireMembers(space);
    }
    Workbench.clear(folder);
  }

  private static void requireMembers(Space space) throws BenchFailedException {
    int devices = space.members().orElseThrow().devices().size();
    if (devices != DEVICES - 1) {
      throw new BenchFailedException("The space has " + devices + " devices at last.");
    }
  }

  /** By one link, one after the other. */
  private static List<DeviceKeyPair> join(Space space, URI mesh, int devices) throws Exception {
    InviteLink link = InviteLink.parse(space.invite(Invitation.forOneWriter().uses(devices)));
    RawJoining joining = new RawJoining(mesh, link);
    List<DeviceKeyPair> joined = new ArrayList<>(devices);
    for (int i = 0; i < devices; i++) {
      joined.add(joining.join());
    }
    return joined;
  }

  /** A key to as many as there are. */
  private static void seal() throws Exception {
    ByteString recipient = DeviceKeyPair.generate().publicKeys().hpke();
    EpochKey key = EpochKey.generate(1);
    for (int i = 0; i < DEVICES; i++) {
      KeySealing.seal(recipient, CollectionId.main().byteString(), key);
    }
  }

  /** Notes when a large message was handed to the network. */
  private static final class Noting implements Transport {
    private final Transport real = new JdkTransport();
    private volatile long lastLargeNanos;

    @Override
    public Connection connect(URI mesh, Listener listener)
        throws TransportException, InterruptedException {
      Connection connection = real.connect(mesh, listener);
      return new Connection() {
        @Override
        public void send(byte[] message) throws TransportException, InterruptedException {
          if (message.length > LARGE_BYTES) {
            lastLargeNanos = System.nanoTime();
          }
          connection.send(message);
        }

        @Override
        public void ping() throws TransportException, InterruptedException {
          connection.ping();
        }

        @Override
        public void close() {
          connection.close();
        }
      };
    }
  }
}
