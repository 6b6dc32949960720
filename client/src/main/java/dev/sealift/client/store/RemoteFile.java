package dev.sealift.client.store;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.protocol.clock.HybridTime;
import java.util.List;

/**
 * An admitted file, verified and opened.
 *
 * @param newest the header's hybrid time; no event may be above it
 * @param seenSequence the log that its author held when making it, by the header
 * @param expiresAtMillis when all of its events are over, by the header; {@link #NEVER}
 * @param runs none of one that has no events
 */
public record RemoteFile(
    LogEntry entry,
    HybridTime newest,
    long seenSequence,
    long expiresAtMillis,
    List<EventRun> runs) {
  /** Its events count for good, as far as the mesh can know. */
  public static final long NEVER = 0;

  public RemoteFile {
    runs = List.copyOf(runs);
  }

  /** One that never expires. */
  public RemoteFile(LogEntry entry, HybridTime newest, long seenSequence, List<EventRun> runs) {
    this(entry, newest, seenSequence, NEVER, runs);
  }

  /** Whether its events are what its header says: the mesh has checked that, and only that. A file of which they are not has none, for everybody alike. */
  boolean isConsistent(Lifetimes lifetimes) {
    return isConsistent(runs, newest) && keepsExpiry(lifetimes);
  }

  /** Whether no event is newer than a header says. */
  static boolean isConsistent(List<EventRun> runs, HybridTime newest) {
    for (EventRun run : runs) {
      for (RowEvent event : run.rows()) {
        if (event.time().isAfter(newest)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether all of its events are over when its header says so, by the log before it. */
  boolean keepsExpiry(Lifetimes lifetimes) {
    return expiresAtMillis == NEVER || runs.stream().allMatch(run -> isOverThen(run, lifetimes));
  }

  private boolean isOverThen(EventRun run, Lifetimes lifetimes) {
    return mayExpire(run)
        && lifetimes
            .before(run.table(), entry.sequence())
            .filter(millis -> run.rows().stream()
                .allMatch(event -> event.time().millis() + millis <= expiresAtMillis))
            .isPresent();
  }

  /** Whether nothing is judged once and for all by a run. */
  static boolean mayExpire(EventRun run) {
    boolean ofRegisters =
        run.kind() == RunKind.PUT || run.kind() == RunKind.PATCH || run.kind() == RunKind.REMOVE;
    return ofRegisters && !run.isOfTransaction();
  }
}
