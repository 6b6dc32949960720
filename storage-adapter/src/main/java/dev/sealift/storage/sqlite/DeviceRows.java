package dev.sealift.storage.sqlite;

import com.google.protobuf.ByteString;
import dev.sealift.storage.StoreLimits;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The rows of devices: made when one is first heard of, with when it was seen last and how far it has got. */
final class DeviceRows {
  private static final String SELECT_DEVICE =
      "SELECT device_row, position, seen_at FROM device WHERE space_row = ? AND device = ?";

  private static final String INSERT_DEVICE = """
      INSERT INTO device (space_row, device, seen_at) VALUES (?, ?, ?)
      RETURNING device_row, position, seen_at""";

  private static final String UPDATE_DEVICE = """
      UPDATE device SET position = max(position, ?), seen_at = max(seen_at, ?)
      WHERE device_row = ?""";

  private record Device(long row, long position, long seenAtMillis) {
    static Device of(ResultSet row) throws SQLException {
      return new Device(row.getLong(1), row.getLong(2), row.getLong(3));
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
    return see(spaceRow, device, 0);
  }

  /** The same where it tells its position, which only rises. */
  long see(long spaceRow, ByteString device, long position) throws SQLException {
    Device known = find(spaceRow, device);
    if (known.position < position
        || known.seenAtMillis < nowMillis - StoreLimits.SEEN_STALE_MILLIS) {
      PreparedStatement update = statements.get(UPDATE_DEVICE);
      update.setLong(1, position);
      update.setLong(2, nowMillis);
      update.setLong(3, known.row);
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
