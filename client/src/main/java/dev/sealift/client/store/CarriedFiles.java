package dev.sealift.client.store;

import dev.sealift.client.compact.CarriedFile;
import dev.sealift.client.compact.StepRange;
import dev.sealift.protocol.id.DeviceId;
import java.util.function.LongFunction;

/** The files of the log as a compaction carries them. */
final class CarriedFiles {
  private CarriedFiles() {}

  /** Those of a range, as far as the log has them, in their order. */
  static Carry<CarriedFile> of(Reader reader, LongFunction<DeviceId> devices, StepRange range) {
    Statement select = reader.prepare(
        "SELECT l.sequence, l.device, l.counter, l.file, l.server_time, l.base,"
            + " coalesce(p.place, 0), coalesce(p.public, 0), coalesce(p.newest, 0) FROM _sealift_log l"
            + " LEFT JOIN _sealift_place p USING (sequence) WHERE l.sequence BETWEEN ? AND ? ORDER BY l.sequence");
    select.bind(1, range.first()).bind(2, range.base());
    return Carry.of(
        select,
        at -> new CarriedFile(
            at.integer(1),
            devices.apply(at.integer(2)),
            at.integer(3),
            Stored.file(at.blob(4)),
            at.integer(5),
            at.integer(6),
            at.integer(7),
            at.integer(8),
            at.integer(9)));
  }
}
