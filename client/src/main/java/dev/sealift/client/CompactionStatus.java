package dev.sealift.client;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What this device has to do with the compactions of a space.
 *
 * @param compacting whether it makes one, or has parts of one left to send
 * @param comparing whether it is comparing what others have made with what it has
 * @param lastCompacted when one of its own was last whole in the log, by the mesh's clock
 * @param contested the names of those by others that are not what this device makes of the log, in hexadecimal: somebody's device or program is damaged, or he means harm. Nobody loses anything by it: what is contested is not gone by
 */
public record CompactionStatus(
    boolean compacting,
    boolean comparing,
    Optional<Instant> lastCompacted,
    List<String> contested) {

  public CompactionStatus {
    contested = List.copyOf(contested);
  }
}
