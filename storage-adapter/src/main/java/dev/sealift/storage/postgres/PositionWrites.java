package dev.sealift.storage.postgres;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.mesh.DevicePositions;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import dev.sealift.storage.StoreLimits;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Raises positions, and notes that their devices were seen, all of a message in two statements. Rows are locked in one order by everybody. */
final class PositionWrites {
  private static final String KNOWN = """
      FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::bytea[])
          AS c(space, device, sequence, signed)
        JOIN space s ON s.space = c.space AND c.sequence BETWEEN 1 AND s.size""";

  private static final String INSERT_DEVICES = """
      INSERT INTO device (space_row, device)
      SELECT s.space_row, c.device %s
      WHERE NOT EXISTS
        (SELECT FROM device d WHERE d.space_row = s.space_row AND d.device = c.device)
      ORDER BY s.space_row, c.device
      ON CONFLICT (space_row, device) DO NOTHING""".formatted(KNOWN);

  /** What changes nothing but when the device was seen waits until that is stale. */
  private static final String RAISE = """
      WITH now AS MATERIALIZED (
        SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS millis),
      told AS MATERIALIZED (
        SELECT d.device_row, c.sequence, c.signed, now.millis %1$s
          JOIN device d ON d.space_row = s.space_row AND d.device = c.device CROSS JOIN now
        WHERE d.position < c.sequence OR d.seen_at < now.millis - %2$d OR %3$s > %4$s
        ORDER BY d.device_row FOR NO KEY UPDATE OF d)
      UPDATE device d SET position = greatest(d.position, t.sequence),
        seen_at = greatest(d.seen_at, t.millis),
        signed_position = CASE WHEN %5$s > %4$s THEN t.signed ELSE d.signed_position END
      FROM told t
      WHERE d.device_row = t.device_row""".formatted(
          KNOWN,
          StoreLimits.SEEN_STALE_MILLIS,
          time("c.signed"),
          time("d.signed_position"),
          time("t.signed"));

  /** Where the time stands in what is signed: the greater one is newer than the other, and than none. */
  private static String time(String signed) {
    return "substring(%s FROM %d FOR 8)".formatted(signed, SignedPosition.TIME_OFFSET + 1);
  }

  private record Key(ByteString space, ByteString device) {}

  private final Session session;

  PositionWrites(Session session) {
    this.session = session;
  }

  Future<Void> raise(PositionsRequest request) {
    Map<Key, DevicePosition> newest = new LinkedHashMap<>();
    for (DevicePosition position : request.getPositionsList()) {
      newest.merge(
          new Key(position.getSpace(), position.getDevice()), position, DevicePositions::merge);
    }
    Tuple positions = new Columns<>(List.copyOf(newest.values()))
        .bytes(DevicePosition::getSpace)
        .bytes(DevicePosition::getDevice)
        .longs(DevicePosition::getSequence)
        .bytes(DevicePosition::getSignedPosition)
        .tuple();
    Pipeline pipeline = new Pipeline(session);
    pipeline.add(INSERT_DEVICES, positions);
    pipeline.add(RAISE, positions);
    return pipeline.answered();
  }
}
