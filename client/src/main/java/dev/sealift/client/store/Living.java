package dev.sealift.client.store;

import dev.sealift.client.merge.RowMerge;
import dev.sealift.client.merge.RowState;
import dev.sealift.protocol.id.DeviceId;
import java.util.Map;

/** What is left of rows at the position, of one state of the database: dead removals may still be kept, and whoever reads takes them for gone. */
final class Living {
  private final RowMerge merge;
  private final long serverTimeMillis;
  private final long lastAdmitted;

  /** @param cutOffMillis what the space has fixed */
  Living(Reader reader, long cutOffMillis) {
    this(reader, cutOffMillis, FileLog.lastServerTime(reader));
  }

  /** @param serverTimeMillis at the position, or before it: then what has died since counts as there */
  Living(Reader reader, long cutOffMillis, long serverTimeMillis) {
    Map<Integer, DeviceId> devices = Devices.read(reader);
    merge = new RowMerge((a, b) -> devices.get(a).compareTo(devices.get(b)), () -> cutOffMillis);
    this.serverTimeMillis = serverTimeMillis;
    lastAdmitted = FileLog.lastAdmitted(reader);
  }

  /** A row as it is kept, or shown. What the log does not have is not dead, however old it is. */
  RowState of(RowState row) {
    return row.removal()
            .filter(removal -> FileLog.isLogged(removal, lastAdmitted))
            .isEmpty()
        ? row
        : merge.asOf(row, serverTimeMillis);
  }

  RowImage of(RowImage row) {
    return row.as(of(row.state()));
  }
}
