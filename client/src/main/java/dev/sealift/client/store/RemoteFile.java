package dev.sealift.client.store;

import dev.sealift.client.pack.EventRun;
import dev.sealift.protocol.clock.HybridTime;
import java.util.List;

/**
 * An admitted file, verified and opened.
 *
 * @param newest the header's hybrid time; no event may be above it
 * @param seenSequence the log that its author held when making it, by the header
 * @param runs none of one that has no events
 */
public record RemoteFile(
    LogEntry entry, HybridTime newest, long seenSequence, List<EventRun> runs) {
  public RemoteFile {
    runs = List.copyOf(runs);
  }
}
