package dev.sealift.client.store;

import dev.sealift.client.compact.CarriedFile;
import dev.sealift.client.compact.StepRange;
import dev.sealift.protocol.id.DeviceId;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** The files of the log as a compaction carries them. */
final class CarriedFiles {
  private CarriedFiles() {}

  /** Those of a range, as far as the log has them, in their order. */
  static void each(
      Reader reader, LongFunction<DeviceId> devices, StepRange range, Consumer<CarriedFile> out) {
    try (Statement select = reader.prepare(
        "SELECT l.sequence, l.device, l.counter, l.file, l.server_time, l.base,"
            + " coalesce(p.place, 0), coalesce(p.public, 0), coalesce(p.newest, 0) FROM _sealift_log l"
            + " LEFT JOIN _sealift_place p USING (sequence) WHERE l.sequence BETWEEN ? AND ? ORDER BY l.sequence")) {
      select.bind(1, range.first()).bind(2, range.base());
      while (select.next()) {
        out.accept(new CarriedFile(
            select.integer(1),
            devices.apply(select.integer(2)),
            select.integer(3),
            Stored.file(select.blob(4)),
            select.integer(5),
            select.integer(6),
            select.integer(7),
            select.integer(8),
            select.integer(9)));
      }
    }
  }
}
