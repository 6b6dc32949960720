package dev.sealift.client.store;

import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;

/**
 * What somebody once wrote to a cell.
 *
 * @param table what it is called here
 * @param wire the table's name in the space
 * @param column what the column is called here; empty for the row as such: a removal, or a write of no column
 * @param wireColumn the column's name in the space; empty for the row as such
 * @param kind what was done. Of what only the row itself still tells, a write of the whole row may be told as one of some columns, and a collapsed update as an appended one
 * @param value what was written; null of a removal; of a counter what its author had added so far, in all
 * @param time when it was written
 * @param device who wrote it
 * @param isAdmitted whether the log has it; if not, this device wrote it
 * @param sequence where in the log; 0 when it is not there, and when the table keeps no history from that far back
 * @param place where in its file, from 0 on
 */
public record HistoryItem(
    String table,
    String wire,
    String key,
    String column,
    String wireColumn,
    RunKind kind,
    Value value,
    HybridTime time,
    DeviceId device,
    boolean isAdmitted,
    long sequence,
    int place,
    State state) {
  /** What has become of it. */
  public enum State {
    /** It is what the row shows now, or a part of that. */
    CURRENT,
    /** It lost, and is in the inbox. */
    LOST,
    /** Neither of these any more, or ever. */
    PAST
  }
}
