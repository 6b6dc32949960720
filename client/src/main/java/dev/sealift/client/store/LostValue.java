package dev.sealift.client.store;

import dev.sealift.client.merge.CellKind;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import java.util.Optional;

/**
 * What somebody wrote and lost, of one cell: a loser that is to be reviewed.
 *
 * @param table what it is called here
 * @param wire the table's name in the space
 * @param column what the column is called here; empty for the row as such, where there is no column to show
 * @param wireColumn the column's name in the space; empty for the row as such
 * @param kind what its cells hold; empty of a register and of the row as such
 * @param time when it was written
 * @param device who wrote it
 * @param value what was written; null of a removal
 * @param current what the cell shows now; null of a row that is not there
 * @param rivalTime when what beat it was written; of what came too late, as {@code time}
 * @param rivalDevice who wrote that
 * @param transaction the bits of the time that names its author's transaction, with which it lost as a whole; 0 of what lost by itself
 * @param sinceMillis since when both are in the log, by the mesh's clock
 */
public record LostValue(
    String table,
    String wire,
    String key,
    String column,
    String wireColumn,
    Optional<CellKind> kind,
    LostReason reason,
    HybridTime time,
    DeviceId device,
    Value value,
    Value current,
    HybridTime rivalTime,
    DeviceId rivalDevice,
    long transaction,
    long sinceMillis) {}
