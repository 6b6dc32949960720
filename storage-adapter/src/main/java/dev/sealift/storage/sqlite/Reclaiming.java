package dev.sealift.storage.sqlite;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.mesh.proto.ReclaimHindrance;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.storage.ReclaimLoss;
import dev.sealift.storage.ReclaimTerms;
import dev.sealift.storage.StoreLimits;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Drops what a compaction supersedes of one space, unless something speaks against it: all of it in the writer's transaction. */
final class Reclaiming {
  private static final String SELECT_STANDING = """
      SELECT first, base, stood_at FROM compaction_part
      WHERE space_row = ? AND sequence = ? AND part = parts AND stands = 1""";

  /** By code of a version that did not note it: it stands since now at the latest. */
  private static final String NOTE_STANDING = """
      UPDATE compaction_part SET stood_at =
        (SELECT last_server_time FROM space s WHERE s.space_row = compaction_part.space_row)
      WHERE space_row = ? AND sequence = ?""";

  private static final String COUNT_BEHIND =
      "SELECT count(*) FROM device WHERE space_row = ? AND seen_at >= ? AND position < ?";

  private static final String SEAL =
      "UPDATE compaction_part SET sealed = 1 WHERE space_row = ? AND sequence = ? AND sealed = 0";

  /**
   * A part goes with its whole compaction alone: as long as the place of the last one in the chain is behind the base, another may need it. An
   * attestation goes when what it names is superseded for good. The header comes last: it is read only of what goes.
   */
  private static final String SELECT_GOING = """
      SELECT * FROM (
        SELECT f.place, f.kind, p.place IS NOT NULL AS has_payload, f.payload_length,
          f.counter < (SELECT max(counter) FROM file WHERE device_row = f.device_row) AS followed,
          f.header
        FROM file f LEFT JOIN payload p ON p.place = f.place
        WHERE f.place > ?1 AND f.place <= ?2 AND (f.kind = 1
          OR f.kind = 2 AND EXISTS (
            SELECT 1 FROM compaction_part c JOIN file e ON e.device_row = f.device_row
              AND e.counter = f.counter + c.parts - c.part
            WHERE c.space_row = ?3 AND c.sequence = f.place - ?4 AND c.first >= ?5 AND e.place <= ?6)
          OR f.kind = 5 AND NOT EXISTS (
            SELECT 1 FROM attestation a JOIN compaction_part m
              ON m.space_row = a.space_row AND m.file = a.compaction AND m.part = m.parts
            WHERE a.space_row = ?3 AND a.sequence = f.place - ?4 AND NOT EXISTS (
              SELECT 1 FROM compaction_part q
              WHERE q.space_row = ?3 AND q.sealed = 1 AND q.base >= m.sequence
                AND q.first <= m.sequence AND q.first <= m.first))))
      WHERE (followed OR kind <> 5) AND (has_payload OR followed AND header IS NOT NULL)
      ORDER BY place""";

  private static final String DELETE_PAYLOAD = "DELETE FROM payload WHERE place = ?";

  private static final String FORGET_HEADER =
      "UPDATE file SET header = NULL, hybrid_time = ?, expires_at = 0 WHERE place = ?";

  private static final String FORGET_EXPIRY =
      "UPDATE file SET expires_at = 0 WHERE place = ? AND expires_at > 0";

  private static final String LESSEN_SPACE =
      "UPDATE space SET stored_bytes = stored_bytes - ? WHERE space_row = ?";

  private final Statements statements;
  private final long spaceRow;
  private final ReclaimRequest request;
  private long reached;

  Reclaiming(Statements statements, long spaceRow, ReclaimRequest request) {
    this.statements = statements;
    this.spaceRow = spaceRow;
    this.request = request;
  }

  ReclaimReply run() throws SQLException {
    Optional<ReclaimTerms.Standing> standing = standing();
    boolean isRecovering = Incarnations.read(statements, spaceRow).isRecovering();
    long behind = countBehind();
    ReclaimHindrance hindrance = ReclaimTerms.hindrance(request, standing, isRecovering, behind);
    if (hindrance != ReclaimHindrance.RECLAIM_HINDRANCE_UNSPECIFIED) {
      return ReclaimTerms.refusal(hindrance, behind);
    }
    return request.getMaxFiles() == 0
        ? ReclaimReply.getDefaultInstance()
        : reclaim(standing.orElseThrow());
  }

  private Optional<ReclaimTerms.Standing> standing() throws SQLException {
    PreparedStatement select = statements.get(SELECT_STANDING);
    select.setLong(1, spaceRow);
    select.setLong(2, request.getCompaction());
    try (ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        return Optional.empty();
      }
      if (row.getLong(3) == 0) {
        onCompaction(NOTE_STANDING);
      }
      return Optional.of(new ReclaimTerms.Standing(row.getLong(1), row.getLong(2), row.getLong(3)));
    }
  }

  private long countBehind() throws SQLException {
    PreparedStatement count = statements.get(COUNT_BEHIND);
    count.setLong(1, spaceRow);
    count.setLong(2, request.getSeenSinceMillis());
    count.setLong(3, request.getCompaction());
    try (ResultSet row = count.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  private void onCompaction(String sql) throws SQLException {
    PreparedStatement update = statements.get(sql);
    update.setLong(1, spaceRow);
    update.setLong(2, request.getCompaction());
    update.executeUpdate();
  }

  private ReclaimReply reclaim(ReclaimTerms.Standing standing) throws SQLException {
    onCompaction(SEAL);
    ReclaimTerms.Look look = ReclaimTerms.look(request, standing);
    List<ReclaimLoss> losses = look.isEmpty() ? List.of() : losses(look, standing);
    for (ReclaimLoss loss : losses) {
      drop(loss);
    }
    PreparedStatement lessen = statements.get(LESSEN_SPACE);
    lessen.setLong(1, ReclaimLoss.bytes(losses));
    lessen.setLong(2, spaceRow);
    lessen.executeUpdate();
    return ReclaimReply.newBuilder()
        .setFiles(losses.size())
        .setBytes(ReclaimLoss.bytes(losses))
        .setLookedAt(look.isEmpty() ? 0 : ReclaimTerms.lookedAt(reached, standing))
        .build();
  }

  private List<ReclaimLoss> losses(ReclaimTerms.Look look, ReclaimTerms.Standing standing)
      throws SQLException {
    PreparedStatement select = statements.get(SELECT_GOING);
    select.setLong(1, Place.of(spaceRow, look.after()));
    select.setLong(2, Place.of(spaceRow, look.upTo()));
    select.setLong(3, spaceRow);
    select.setLong(4, Place.of(spaceRow, 0));
    select.setLong(5, standing.first());
    select.setLong(6, Place.of(spaceRow, standing.base()));
    List<ReclaimLoss> losses = new ArrayList<>();
    reached = look.upTo();
    long headerBytes = 0;
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        long sequence = Place.sequence(row.getLong(1));
        ByteString header = row.getBoolean(5) ? SpaceReader.bytes(row, 6) : ByteString.EMPTY;
        ReclaimLoss.of(
                sequence, row.getBoolean(3) ? Optional.of(row.getInt(4)) : Optional.empty(), header)
            .ifPresent(losses::add);
        headerBytes += header.size();
        if (headerBytes >= StoreLimits.MAX_RECLAIM_HEADER_BYTES) {
          reached = sequence;
          break;
        }
      }
    }
    return losses;
  }

  private void drop(ReclaimLoss loss) throws SQLException {
    long place = Place.of(spaceRow, loss.sequence());
    if (loss.hasPayload()) {
      onFile(DELETE_PAYLOAD, place);
    }
    if (loss.hasHeader()) {
      PreparedStatement forget = statements.get(FORGET_HEADER);
      forget.setLong(1, loss.hybridTime());
      forget.setLong(2, place);
      forget.executeUpdate();
    } else {
      onFile(FORGET_EXPIRY, place);
    }
  }

  private void onFile(String sql, long place) throws SQLException {
    PreparedStatement update = statements.get(sql);
    update.setLong(1, place);
    update.executeUpdate();
  }
}
