package dev.sealift.client.store;

import dev.sealift.client.pack.DotRef;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.value.Bytes;
import dev.sealift.protocol.clock.HybridTime;
import java.util.List;

/**
 * A file of events by another device that came directly, verified and opened.
 *
 * @param dot which file it is
 * @param header the signed header
 * @param payload sealed
 * @param newest the header's hybrid time
 */
public record HandedFile(
    DotRef dot, Bytes header, Bytes payload, HybridTime newest, List<EventRun> runs) {
  public HandedFile {
    runs = List.copyOf(runs);
  }
}
