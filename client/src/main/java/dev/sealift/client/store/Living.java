package dev.sealift.client.store;

import dev.sealift.client.merge.RowMerge;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.store.Lifetimes.Over;
import dev.sealift.protocol.id.DeviceId;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** What is left of rows at the position, of one state of the database: dead removals may still be kept, and what is over, and whoever reads takes them for gone. */
final class Living {
  private final RowMerge merge;
  private final Lifetimes lifetimes;
  private final long serverTimeMillis;
  private final long lastMillis;
  private final long lastAdmitted;

  /** @param cutOffMillis what the space has fixed */
  Living(Reader reader, long cutOffMillis) {
    this(reader, cutOffMillis, FileLog.lastServerTime(reader));
  }

  /** @param serverTimeMillis at the position, or before it: then what has died since counts as there; but not what is over, which may have been forgotten */
  Living(Reader reader, long cutOffMillis, long serverTimeMillis) {
    Map<Integer, DeviceId> devices = Devices.read(reader);
    merge = new RowMerge((a, b) -> devices.get(a).compareTo(devices.get(b)), () -> cutOffMillis);
    this.serverTimeMillis = serverTimeMillis;
    lifetimes = Lifetimes.read(reader);
    lastMillis = FileLog.lastServerTime(reader);
    lastAdmitted = FileLog.lastAdmitted(reader);
  }

  /** A row as it is kept, or shown. What the log does not have is neither dead nor over, however old it is. */
  RowState of(TableInfo table, RowState row) {
    RowState left = isOver(table).map(row::without).orElse(row);
    return left.removal()
            .filter(removal -> FileLog.isLogged(removal, lastAdmitted))
            .isEmpty()
        ? left
        : merge.asOf(left, serverTimeMillis);
  }

  RowImage of(TableInfo table, RowImage row) {
    RowImage left = isOver(table).map(row::without).orElse(row);
    return left.as(of(table, left.state()));
  }

  boolean isVisible(RowImage row) {
    return merge.isVisible(row.state());
  }

  /** What is over of a table at the position. */
  Over over(String table) {
    return lifetimes.over(table, Long.MAX_VALUE, lastMillis);
  }

  private Optional<Predicate<Stamp>> isOver(TableInfo table) {
    if (lifetimes.isEmpty()) {
      return Optional.empty(); // as in most spaces, row after row
    }
    Over over = over(table.name());
    return over.hasLifetime()
        ? Optional.of(stamp -> over.is(stamp) && FileLog.isLogged(stamp, lastAdmitted))
        : Optional.empty();
  }
}
