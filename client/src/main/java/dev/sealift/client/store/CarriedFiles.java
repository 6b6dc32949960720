package dev.sealift.client.store;

import dev.sealift.client.compact.CarriedFile;
import dev.sealift.client.compact.CarriedIds;
import dev.sealift.client.compact.StepRange;
import dev.sealift.client.value.Bytes;
import dev.sealift.protocol.id.DeviceId;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The files of the log as a compaction carries them. */
final class CarriedFiles {
  private static final int FILE = 4;
  private static final int SERVER_TIME = 5;
  private static final int IS_END = 10;

  private static final String SELECT =
      "SELECT l.sequence, l.device, l.counter, l.file, l.server_time, l.base,"
          + " coalesce(p.place, 0), coalesce(p.public, 0), coalesce(p.newest, 0), NOT EXISTS ("
          + "SELECT 1 FROM _sealift_log n WHERE n.device = l.device AND n.counter = l.counter + 1 AND n.sequence <= ?2)"
          + " FROM _sealift_log l LEFT JOIN _sealift_place p USING (sequence)"
          + " WHERE l.sequence BETWEEN ?1 AND ?2 ORDER BY l.sequence";

  private CarriedFiles() {}

  /** Those of a range in their order, with ids as far as they are known; as far as the log has them. */
  static Carry<CarriedFile> held(Reader reader, LongFunction<DeviceId> devices, StepRange range) {
    return Carry.of(
        select(reader, range), at -> file(at, devices, at.isNull(FILE) ? null : at.blob(FILE)));
  }

  /** Those of a range in their order, as everybody carries them. */
  static Carry<CarriedFile> of(CarrySource source, StepRange range, LogEdges edges) {
    long baseMillis = FileLog.serverTimeAt(source.reader(), range.base());
    long cutOffMillis = source.cutOffMillis();
    return Carry.of(
        select(source.reader(), range), new Named(source, baseMillis, cutOffMillis, edges)::next);
  }

  private static Statement select(Reader reader, StepRange range) {
    return reader.prepare(SELECT).bind(1, range.first()).bind(2, range.base());
  }

  private static CarriedFile file(
      Statement at, LongFunction<DeviceId> devices, byte @Nullable [] id) {
    return new CarriedFile(
        at.integer(1),
        devices.apply(at.integer(2)),
        at.integer(3),
        id == null ? null : Stored.file(id),
        at.integer(SERVER_TIME),
        at.integer(6),
        at.integer(7),
        at.integer(8),
        at.integer(9),
        null);
  }

  /** With the ids that {@link CarriedIds} names, and the edge in front of the first young one. */
  private static final class Named {
    private final CarrySource source;
    private final long baseMillis;
    private final long cutOffMillis;
    private final LogEdges edges;
    private boolean hasBegun;

    Named(CarrySource source, long baseMillis, long cutOffMillis, LogEdges edges) {
      this.source = source;
      this.baseMillis = baseMillis;
      this.cutOffMillis = cutOffMillis;
      this.edges = edges;
    }

    CarriedFile next(Statement at) {
      boolean isYoung = CarriedIds.isYoung(at.integer(SERVER_TIME), baseMillis, cutOffMillis);
      boolean isNamed = isYoung || at.integer(IS_END) != 0;
      CarriedFile file = file(at, source::device, isNamed ? at.blob(FILE) : null);
      if (!isYoung || hasBegun) {
        return file;
      }
      hasBegun = true;
      return file.with(file.file(), Bytes.of(edges.before(file.sequence())));
    }
  }
}
