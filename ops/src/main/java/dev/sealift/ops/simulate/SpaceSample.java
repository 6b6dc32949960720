package dev.sealift.ops.simulate;

import dev.sealift.protocol.mesh.proto.LiveFiles;
import java.util.List;

/**
 * A space at the end of a day.
 *
 * @param day from 1 on
 * @param files of the log
 * @param bytes of all of them, headers and payloads, as they were admitted
 * @param heldBytes of them, what the mesh still has
 * @param live what no standing compaction supersedes, by rising generations; bytes are of payloads
 */
public record SpaceSample(int day, long files, long bytes, long heldBytes, List<Generation> live) {
  public SpaceSample {
    live = List.copyOf(live);
  }

  /** Files of events in generation 0, parts of compactions in others. */
  public record Generation(int number, long files, long bytes) {
    static Generation of(LiveFiles live) {
      return new Generation(live.getGeneration(), live.getFiles(), live.getBytes());
    }
  }

  public long liveFiles() {
    return live.stream().mapToLong(Generation::files).sum();
  }

  public long liveBytes() {
    return live.stream().mapToLong(Generation::bytes).sum();
  }
}
