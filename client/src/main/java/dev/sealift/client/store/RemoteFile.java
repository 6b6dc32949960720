package dev.sealift.client.store;

import dev.sealift.client.pack.EventRun;
import dev.sealift.protocol.clock.HybridTime;
import java.util.List;

/**
 * An admitted file of events, verified and opened.
 *
 * @param newest the header's hybrid time; no event may be above it
 */
public record RemoteFile(LogEntry entry, HybridTime newest, List<EventRun> runs) {
  public RemoteFile {
    runs = List.copyOf(runs);
  }
}
