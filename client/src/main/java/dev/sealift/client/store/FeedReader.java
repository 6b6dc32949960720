package dev.sealift.client.store;

import dev.sealift.client.merge.RowState;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import java.util.ArrayList;
import java.util.List;

/** Reads feeds by offset. */
final class FeedReader {
  private FeedReader() {}

  /** Entries from an offset on. */
  static List<FeedLine> read(Reader reader, TableInfo table, long from, int most) {
    List<FeedLine> lines = new ArrayList<>();
    Statement select = reader.statement(
        "SELECT f.at, f.key, f.t, d.device FROM _sealift_feed f JOIN _sealift_device d ON d.idx = f.device"
            + " WHERE f.tbl = ? AND f.at >= ? ORDER BY f.at LIMIT ?");
    select.bind(1, table.id()).bind(2, from).bind(3, most);
    try {
      while (select.next()) {
        lines.add(line(
            reader,
            table,
            select.integer(1),
            select.text(2),
            new HybridTime(select.integer(3)),
            Stored.device(select.blob(4))));
      }
      return lines;
    } finally {
      select.reset();
    }
  }

  private static FeedLine line(
      Reader reader, TableInfo table, long offset, String key, HybridTime time, DeviceId device) {
    return new FeedLine(
        offset,
        key,
        ShownRow.read(table, reader.statement(TableSql.selectShown(table)), key),
        time,
        device);
  }

  /** What this device has appended and the log does not have yet, behind a key. */
  static List<FeedLine> waiting(
      Reader reader, TableInfo table, DeviceId self, String afterKey, int most) {
    List<FeedLine> lines = new ArrayList<>();
    Statement select = reader.statement(
        "SELECT key FROM _sealift_feed_waiting WHERE tbl = ? AND key > ? ORDER BY key LIMIT ?");
    select.bind(1, table.id()).bind(2, afterKey).bind(3, most);
    try {
      while (select.next()) {
        String key = select.text(1);
        lines.add(line(reader, table, 0, key, time(reader, table, key), self));
      }
      return lines;
    } finally {
      select.reset();
    }
  }

  private static HybridTime time(Reader reader, TableInfo table, String key) {
    Statement select = reader.statement(TableSql.selectByKey(table)).bind(1, key);
    try {
      RowState state = select.next() ? Stored.state(select.blob(2)) : RowState.ABSENT;
      return new HybridTime(
          state.cell(RowState.MARKER).map(stamp -> stamp.time()).orElse(0L));
    } finally {
      select.reset();
    }
  }

  /** The offset of the last entry; 0 when there is none. */
  static long last(Reader reader, TableInfo table) {
    Statement select =
        reader.statement("SELECT coalesce(max(at), 0) FROM _sealift_feed WHERE tbl = ?");
    select.bind(1, table.id());
    try {
      return select.next() ? select.integer(1) : 0;
    } finally {
      select.reset();
    }
  }
}
