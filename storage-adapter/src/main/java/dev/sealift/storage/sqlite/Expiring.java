package dev.sealift.storage.sqlite;

import dev.sealift.protocol.mesh.proto.ExpireReply;
import dev.sealift.protocol.mesh.proto.ExpireRequest;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Drops payloads of one space that have expired by the server time of its last file: all of it in the writer's transaction. */
final class Expiring {
  /** Of a space, which the index of expiry knows by the upper bits of places. */
  static final String FIRST = """
      SELECT coalesce(min(expires_at), 0) FROM file WHERE place >> 40 = ? AND expires_at > 0""";

  private static final String SELECT_TIME =
      "SELECT last_server_time FROM space WHERE space_row = ?";

  private static final String SELECT_EXPIRED = """
      SELECT place, payload_length FROM file
      WHERE place >> 40 = ? AND expires_at > 0 AND expires_at <= ?
      ORDER BY expires_at, place LIMIT ?""";

  private static final String DELETE_PAYLOAD = "DELETE FROM payload WHERE place = ?";

  private static final String NOTE_EXPIRED =
      "UPDATE file SET expires_at = 0, expired = 1 WHERE place = ?";

  private static final String LESSEN_SPACE =
      "UPDATE space SET stored_bytes = stored_bytes - ? WHERE space_row = ?";

  private record Gone(long place, long bytes) {}

  private final Statements statements;
  private final long spaceRow;
  private final ExpireRequest request;

  Expiring(Statements statements, long spaceRow, ExpireRequest request) {
    this.statements = statements;
    this.spaceRow = spaceRow;
    this.request = request;
  }

  ExpireReply run() throws SQLException {
    boolean isRecovering = Incarnations.read(statements, spaceRow).isRecovering();
    long serverTime = number(SELECT_TIME);
    List<Gone> gone = isRecovering ? List.of() : expired(serverTime);
    for (Gone one : gone) {
      onFile(DELETE_PAYLOAD, one);
      onFile(NOTE_EXPIRED, one);
    }
    long bytes = gone.stream().mapToLong(Gone::bytes).sum();
    lessenSpace(bytes);
    long next = number(FIRST);
    return ExpireReply.newBuilder()
        .setFiles(gone.size())
        .setBytes(bytes)
        .setMore(!isRecovering && next > 0 && next <= serverTime)
        .setExpiresAtMillis(next)
        .setRecovering(isRecovering)
        .build();
  }

  private List<Gone> expired(long serverTime) throws SQLException {
    PreparedStatement select = statements.get(SELECT_EXPIRED);
    select.setLong(1, spaceRow);
    select.setLong(2, serverTime);
    select.setInt(3, request.getMaxFiles());
    List<Gone> expired = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        expired.add(new Gone(row.getLong(1), row.getLong(2)));
      }
    }
    return expired;
  }

  private void onFile(String sql, Gone file) throws SQLException {
    PreparedStatement update = statements.get(sql);
    update.setLong(1, file.place);
    update.executeUpdate();
  }

  private void lessenSpace(long bytes) throws SQLException {
    PreparedStatement lessen = statements.get(LESSEN_SPACE);
    lessen.setLong(1, bytes);
    lessen.setLong(2, spaceRow);
    lessen.executeUpdate();
  }

  /** 0 for a space that is not there. */
  private long number(String sql) throws SQLException {
    PreparedStatement select = statements.get(sql);
    select.setLong(1, spaceRow);
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }
}
