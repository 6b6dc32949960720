package dev.sealift.storage.sqlite;

import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.proto.SequenceRange;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Drops what superseded files of one space hold. Of headers and payloads only lengths are read, which stand apart. */
final class Reclaiming {
  /** Membership files (kind 3) hold nothing that can go. */
  private static final String SELECT_LOSS = """
      SELECT count(*), coalesce(sum(payload_bytes + header_bytes), 0) FROM (
        SELECT p.place IS NOT NULL AS has_payload,
          CASE WHEN p.place IS NULL THEN 0 ELSE f.payload_length END AS payload_bytes,
          CASE WHEN ? THEN coalesce(length(f.header), 0) ELSE 0 END AS header_bytes
        FROM file f LEFT JOIN payload p ON p.place = f.place
        WHERE f.place BETWEEN ? AND ? AND f.kind <> 3)
      WHERE has_payload OR header_bytes > 0""";

  private static final String DELETE_PAYLOADS = """
      DELETE FROM payload WHERE place IN
        (SELECT place FROM file WHERE place BETWEEN ? AND ? AND kind <> 3)""";

  private static final String FORGET_HEADERS = """
      UPDATE file SET header = NULL
      WHERE place BETWEEN ? AND ? AND kind <> 3 AND header IS NOT NULL""";

  private static final String LESSEN_SPACE =
      "UPDATE space SET stored_bytes = stored_bytes - ? WHERE space_row = ?";

  private final Statements statements;
  private final long spaceRow;
  private long files;
  private long bytes;

  Reclaiming(Statements statements, long spaceRow) {
    this.statements = statements;
    this.spaceRow = spaceRow;
  }

  ReclaimReply reclaim(ReclaimRequest request) throws SQLException {
    for (SequenceRange range : request.getFilesList()) {
      countLoss(range, request.getHeaders());
      drop(DELETE_PAYLOADS, range);
      if (request.getHeaders()) {
        drop(FORGET_HEADERS, range);
      }
    }
    PreparedStatement lessen = statements.get(LESSEN_SPACE);
    lessen.setLong(1, bytes);
    lessen.setLong(2, spaceRow);
    lessen.executeUpdate();
    return ReclaimReply.newBuilder().setFiles(files).setBytes(bytes).build();
  }

  private void countLoss(SequenceRange range, boolean headers) throws SQLException {
    PreparedStatement select = statements.get(SELECT_LOSS);
    select.setBoolean(1, headers);
    setRange(select, 2, range);
    try (ResultSet row = select.executeQuery()) {
      row.next();
      files += row.getLong(1);
      bytes += row.getLong(2);
    }
  }

  private void drop(String sql, SequenceRange range) throws SQLException {
    PreparedStatement drop = statements.get(sql);
    setRange(drop, 1, range);
    drop.executeUpdate();
  }

  private void setRange(PreparedStatement statement, int first, SequenceRange range)
      throws SQLException {
    statement.setLong(first, Place.of(spaceRow, range.getFirst()));
    statement.setLong(first + 1, Place.of(spaceRow, range.getLast()));
  }
}
