package dev.sealift.ops.bench;

import java.net.URI;
import java.nio.file.Path;

/** A space that one device has written and compacted whole, for new devices to come in. Used by one thread. */
final class CompactedSpace implements AutoCloseable {
  private final Path folder;
  private final CompactingDevice writer;
  private final URI mesh;
  private int joined;

  private CompactedSpace(Path folder, CompactingDevice writer, URI mesh) {
    this.folder = folder;
    this.writer = writer;
    this.mesh = mesh;
  }

  /** Has it compacted, and the compaction taken by the mesh; nobody else is in the space who could attest it, so it stands. */
  static CompactedSpace of(Path folder, CompactingDevice writer, URI mesh) throws Exception {
    writer.disconnect();
    if (!writer.replica().compactFrom(1)) {
      throw new BenchFailedException("These are too many rows for one compaction. Try with fewer.");
    }
    writer.connect(mesh);
    writer.exchanged();
    return new CompactedSpace(folder, writer, mesh);
  }

  /** What it took a new device to have everything. */
  record FirstSync(double seconds, long bytes) {}

  FirstSync firstSync() throws Exception {
    joined++;
    CountingTransport transport = new CountingTransport();
    Path home = folder.resolve("young-" + joined);
    CompactingDevice.Invited invited = writer.invite();
    try (CompactingDevice young = CompactingDevice.join(home, transport, invited)) {
      double seconds = Workbench.seconds(() -> {
        young.connect(mesh);
        young.exchanged();
      });
      requireStep(young);
      return new FirstSync(seconds, transport.receivedBytes());
    } finally {
      Workbench.clear(home);
    }
  }

  private void requireStep(CompactingDevice young) throws Exception {
    writer.exchanged();
    if (young.holdsFiles() || !young.digest().equals(writer.digest())) {
      throw new BenchFailedException(
          "A new device did not come in by the compaction, or has made something else of it: this is a bug, and no figure.");
    }
  }

  @Override
  public void close() {
    writer.close();
  }
}
