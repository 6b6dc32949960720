package dev.sealift.ops.simulate;

import dev.sealift.client.store.KeptFile;
import dev.sealift.client.value.Bytes;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.ReadRequest;
import dev.sealift.protocol.proto.LogEntry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps all that a mesh has admitted, from before anything of it may be reclaimed. */
final class LogKeeper {
  private static final int MOST_BYTES = 8 << 20;
  private static final int MOST_FILES = 1_000;

  private final Mesh mesh;
  private final List<KeptFile> files = new ArrayList<>();
  private @Nullable SpaceId known;

  LogKeeper(Mesh mesh) {
    this.mesh = mesh;
  }

  /** The log is so long now. */
  void advanced(SpaceId space, long size) {
    known = space;
    while (files.size() < size) {
      ReadRequest next = ReadRequest.newBuilder()
          .setSpace(space.byteString())
          .setAfterSequence(files.size())
          .setHeadSize(size)
          .setMaxBytes(MOST_BYTES)
          .setMaxFiles(MOST_FILES)
          .build();
      mesh.store().read(next).toCompletableFuture().join().getEntriesList().forEach(this::keep);
    }
  }

  /** The mesh was restored: what its log does not have any more is not kept either. */
  void wentBack() {
    SpaceId space = known;
    if (space != null) {
      int size = (int) Math.min(files.size(), mesh.size(space));
      files.subList(size, files.size()).clear();
    }
  }

  private void keep(LogEntry entry) {
    files.add(new KeptFile(
        files.size() + 1,
        entry.getServerTimeMillis(),
        Bytes.of(entry.getSignedHeader().toByteArray()),
        Bytes.of(entry.getPayload().toByteArray())));
  }

  /** How long the log is, as far as it was told. */
  long size() {
    return files.size();
  }

  /** In the order of the log, up to where a device has it: the mesh may not have told. */
  List<KeptFile> upTo(SpaceId space, long position) {
    advanced(space, position);
    return files;
  }
}
