package dev.sealift.storage.sqlite;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.storage.StoreLimits;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The rows of devices: made when one is first heard of, with when it was seen last, how far it has got, and what it has signed of that. */
final class DeviceRows {
  private static final String SELECT_DEVICE =
      "SELECT device_row, position, seen_at, signed_position FROM device WHERE space_row = ? AND device = ?";

  private static final String INSERT_DEVICE = """
      INSERT INTO device (space_row, device, seen_at) VALUES (?, ?, ?)
      RETURNING device_row, position, seen_at, signed_position""";

  private static final String UPDATE_DEVICE = """
      UPDATE device SET position = max(position, ?), seen_at = max(seen_at, ?), signed_position = ?
      WHERE device_row = ?""";

  private record Device(long row, long position, long seenAtMillis, ByteString signed) {
    static Device of(ResultSet row) throws SQLException {
      return new Device(row.getLong(1), row.getLong(2), row.getLong(3), SpaceReader.bytes(row, 4));
    }
  }

  private final Statements statements;
  private final long nowMillis;

  DeviceRows(Statements statements, long nowMillis) {
    this.statements = statements;
    this.nowMillis = nowMillis;
  }

  /** Of a device of which a file comes. */
  long see(long spaceRow, ByteString device) throws SQLException {
    return see(spaceRow, device, 0, ByteString.EMPTY);
  }

  /** The same where it tells its position, which only rises; of what it signed the newest stays. */
  void see(long spaceRow, DevicePosition told) throws SQLException {
    see(spaceRow, told.getDevice(), told.getSequence(), told.getSignedPosition());
  }

  private long see(long spaceRow, ByteString device, long position, ByteString signed)
      throws SQLException {
    Device known = find(spaceRow, device);
    ByteString newest = SignedPosition.newer(known.signed, signed);
    if (known.position < position
        || !newest.equals(known.signed)
        || known.seenAtMillis < nowMillis - StoreLimits.SEEN_STALE_MILLIS) {
      PreparedStatement update = statements.get(UPDATE_DEVICE);
      update.setLong(1, position);
      update.setLong(2, nowMillis);
      update.setBytes(3, newest.toByteArray());
      update.setLong(4, known.row);
      update.executeUpdate();
    }
    return known.row;
  }

  private Device find(long spaceRow, ByteString device) throws SQLException {
    PreparedStatement select = statements.get(SELECT_DEVICE);
    select.setLong(1, spaceRow);
    select.setBytes(2, device.toByteArray());
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? Device.of(row) : insert(spaceRow, device);
    }
  }

  private Device insert(long spaceRow, ByteString device) throws SQLException {
    PreparedStatement insert = statements.get(INSERT_DEVICE);
    insert.setLong(1, spaceRow);
    insert.setBytes(2, device.toByteArray());
    insert.setLong(3, nowMillis);
    try (ResultSet row = insert.executeQuery()) {
      row.next();
      return Device.of(row);
    }
  }
}
