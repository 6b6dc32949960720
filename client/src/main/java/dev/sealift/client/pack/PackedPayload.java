package dev.sealift.client.pack;

import dev.sealift.protocol.clock.HybridTime;
import java.util.List;

/** One file's worth of events, encoded. */
public final class PackedPayload {
  private final List<EventRun> runs;
  private final byte[] plaintext;

  PackedPayload(List<EventRun> runs, byte[] plaintext) {
    this.runs = List.copyOf(runs);
    this.plaintext = plaintext;
  }

  /** The events, in the order of the source. */
  public List<EventRun> runs() {
    return runs;
  }

  /** What is to be sealed. Given away, not copied: for one reader who does not change it. */
  public byte[] plaintext() {
    return plaintext;
  }

  public int rows() {
    return runs.stream().mapToInt(run -> run.rows().size()).sum();
  }

  /** The time of the newest event: what the file's header says. */
  public HybridTime newest() {
    return runs.stream()
        .flatMap(run -> run.rows().stream())
        .map(RowEvent::time)
        .reduce(HybridTime.ZERO, HybridTime::max);
  }
}
