package dev.sealift.storage.sqlite;

import dev.sealift.protocol.file.SequenceSpan;
import dev.sealift.protocol.mesh.proto.AttestedBy;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.EffectiveCompaction;
import dev.sealift.protocol.mesh.proto.LiveFiles;
import dev.sealift.protocol.mesh.proto.OpenCompaction;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.storage.CompactionRows;
import dev.sealift.storage.EffectiveCompactions;
import dev.sealift.storage.StoreLimits;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers what supersedes what in a space's log now. Whoever asks takes it for a hint, so the statements of one request need no common
 * snapshot.
 */
final class CompactionReader {
  private static final String SELECT_EFFECTIVE = """
      SELECT sequence, file, first, base, generation, parts, stood_at, sealed
      FROM compaction_part
      WHERE space_row = ? AND stands = 1 AND part = parts AND superseded_by = %d
      ORDER BY sequence DESC LIMIT ?""".formatted(CompactionRows.NEVER);

  private static final String SELECT_FILE = """
      SELECT f.kind, coalesce(p.first, ?) FROM file f
        LEFT JOIN compaction_part p ON p.space_row = ? AND p.sequence = ?
      WHERE f.place = ?""";

  /** An attestation is needed as long as a compaction that it names is. */
  private static final String COUNT_NEEDED = """
      SELECT count(*) FROM attestation a JOIN compaction_part p
        ON p.space_row = a.space_row AND p.file = a.compaction AND p.part = p.parts
      WHERE a.space_row = ? AND a.sequence = ? AND p.superseded_by = %d""".formatted(CompactionRows.NEVER);

  /** They stand one behind the other in the chain of the last one. */
  private static final String SELECT_PARTS = """
      SELECT p.place, p.payload_length FROM file l JOIN file p ON p.device_row = l.device_row
        AND p.counter > l.counter - ? AND p.counter <= l.counter
      WHERE l.place = ? ORDER BY p.counter""";

  /** The newest contests, and of each author the newest word for it. */
  private static final String SELECT_ATTESTATIONS = """
      SELECT * FROM (
        SELECT sequence, 1 FROM attestation
        WHERE space_row = ?1 AND compaction = ?2 AND sequence <= ?3 AND contested = 1
        ORDER BY sequence DESC LIMIT ?4)
      UNION ALL SELECT * FROM (
        SELECT max(sequence), 0 FROM attestation
        WHERE space_row = ?1 AND compaction = ?2 AND sequence <= ?3 AND contested = 0
        GROUP BY device_row ORDER BY max(sequence) DESC LIMIT ?5)
      ORDER BY 1""";

  private static final String COUNT_PARTS = """
      SELECT p.generation, count(*), sum(f.payload_length)
      FROM compaction_part p JOIN file f ON f.place = (p.space_row << 40) + p.sequence
      WHERE p.space_row = ? AND p.superseded_by = %d AND p.sequence <= ?
      GROUP BY p.generation ORDER BY p.generation""".formatted(CompactionRows.NEVER);

  private static final String SELECT_OPEN = """
      SELECT p.sequence, p.first, p.base, p.generation, p.parts, p.sound, p.attested, p.contested,
        (SELECT sum(q.payload_length) FROM file q WHERE q.device_row = l.device_row
          AND q.counter > l.counter - p.parts AND q.counter <= l.counter),
        l.server_time
      FROM compaction_part p JOIN file l ON l.place = (p.space_row << 40) + p.sequence
      WHERE p.space_row = ? AND p.superseded_by = %d AND p.part = p.parts AND p.stands = 0
        AND p.sequence <= ?
      ORDER BY p.sequence DESC LIMIT ?""".formatted(CompactionRows.NEVER);

  private static final String COUNT_EVENTS = """
      SELECT count(*), coalesce(sum(bytes), 0) FROM (
        SELECT CASE WHEN expired = 0 THEN payload_length ELSE 0 END AS bytes FROM file
        WHERE place BETWEEN ? AND ? AND kind = 1 ORDER BY place DESC LIMIT ?)""";

  private static final String SELECT_EXPIRY = """
      SELECT last_server_time, (%s) FROM space WHERE space_row = ?""".formatted(Expiring.FIRST);

  private static final String COUNT_EXPIRING = """
      SELECT count(*) FROM (
        SELECT 1 FROM file WHERE place >> 40 = ? AND expires_at > 0 LIMIT ?)""";

  private final Statements statements;
  private final long spaceRow;
  private final CompactionsRequest request;
  private final CompactionsReply.Builder reply = CompactionsReply.newBuilder();

  CompactionReader(Statements statements, long spaceRow, CompactionsRequest request) {
    this.statements = statements;
    this.spaceRow = spaceRow;
    this.request = request;
  }

  CompactionsReply answer() throws SQLException {
    EffectiveCompactions effective = effective();
    for (long sequence : request.getSequencesList()) {
      reply.addSupersededBy(superseder(sequence, effective));
    }
    for (EffectiveCompactions.Step step : effective.asked(request)) {
      reply.addCompactions(told(step));
    }
    if (request.getMaxLive() > 0) {
      countEvents(effective);
      countParts();
    }
    if (request.getOpen()) {
      tellOpen();
    }
    if (request.getExpiry()) {
      tellExpiry();
    }
    if (request.getMaxExpiring() > 0) {
      countExpiring();
    }
    return reply.build();
  }

  private EffectiveCompactions effective() throws SQLException {
    List<EffectiveCompactions.Step> steps = new ArrayList<>();
    PreparedStatement select = statements.get(SELECT_EFFECTIVE);
    select.setLong(1, spaceRow);
    select.setInt(2, StoreLimits.MAX_EFFECTIVE);
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        steps.add(new EffectiveCompactions.Step(
            rows.getLong(1),
            SpaceReader.bytes(rows, 2),
            rows.getLong(3),
            rows.getLong(4),
            rows.getInt(5),
            rows.getInt(6),
            rows.getLong(7),
            rows.getBoolean(8)));
      }
    }
    return new EffectiveCompactions(steps);
  }

  private long superseder(long sequence, EffectiveCompactions effective) throws SQLException {
    if (sequence < 1 || sequence > request.getHeadSize()) {
      return 0;
    }
    PreparedStatement select = statements.get(SELECT_FILE);
    select.setLong(1, sequence);
    select.setLong(2, spaceRow);
    select.setLong(3, sequence);
    select.setLong(4, Place.of(spaceRow, sequence));
    int kind;
    long first;
    try (ResultSet row = select.executeQuery()) {
      row.next();
      kind = row.getInt(1);
      first = row.getLong(2);
    }
    boolean stays = kind == FileKind.FILE_KIND_MEMBERSHIP_VALUE
        || kind == FileKind.FILE_KIND_ATTESTATION_VALUE && isNeeded(sequence);
    return stays ? 0 : effective.supersederOf(sequence, first);
  }

  private boolean isNeeded(long attestation) throws SQLException {
    PreparedStatement count = statements.get(COUNT_NEEDED);
    count.setLong(1, spaceRow);
    count.setLong(2, attestation);
    try (ResultSet row = count.executeQuery()) {
      row.next();
      return row.getLong(1) > 0;
    }
  }

  private EffectiveCompaction told(EffectiveCompactions.Step step) throws SQLException {
    EffectiveCompaction.Builder told = step.toProto();
    PreparedStatement parts = statements.get(SELECT_PARTS);
    parts.setInt(1, step.parts());
    parts.setLong(2, Place.of(spaceRow, step.sequence()));
    try (ResultSet rows = parts.executeQuery()) {
      while (rows.next()) {
        told.addParts(Place.sequence(rows.getLong(1))).setBytes(told.getBytes() + rows.getLong(2));
      }
    }
    PreparedStatement attestations = statements.get(SELECT_ATTESTATIONS);
    attestations.setLong(1, spaceRow);
    attestations.setBytes(2, step.file().toByteArray());
    attestations.setLong(3, request.getHeadSize());
    attestations.setInt(4, StoreLimits.MAX_TOLD_CONTESTS);
    attestations.setInt(5, StoreLimits.MAX_TOLD_ATTESTATIONS);
    try (ResultSet rows = attestations.executeQuery()) {
      while (rows.next()) {
        told.addAttestations(
            AttestedBy.newBuilder().setSequence(rows.getLong(1)).setContested(rows.getBoolean(2)));
      }
    }
    return told.build();
  }

  private void countEvents(EffectiveCompactions effective) throws SQLException {
    int left = request.getMaxLive();
    LiveFiles.Builder live = LiveFiles.newBuilder();
    for (SequenceSpan gap : effective.gaps(request.getHeadSize())) {
      PreparedStatement count = statements.get(COUNT_EVENTS);
      count.setLong(1, Place.of(spaceRow, gap.first()));
      count.setLong(2, Place.of(spaceRow, gap.last()));
      count.setInt(3, left);
      try (ResultSet row = count.executeQuery()) {
        row.next();
        left -= row.getInt(1);
        live.setFiles(live.getFiles() + row.getLong(1)).setBytes(live.getBytes() + row.getLong(2));
      }
    }
    if (live.getFiles() > 0) {
      reply.addLive(live);
    }
    reply.setMoreLive(left == 0);
  }

  private void countParts() throws SQLException {
    PreparedStatement count = statements.get(COUNT_PARTS);
    count.setLong(1, spaceRow);
    count.setLong(2, request.getHeadSize());
    try (ResultSet rows = count.executeQuery()) {
      while (rows.next()) {
        reply.addLive(LiveFiles.newBuilder()
            .setGeneration(rows.getInt(1))
            .setFiles(rows.getLong(2))
            .setBytes(rows.getLong(3)));
      }
    }
  }

  private void tellOpen() throws SQLException {
    PreparedStatement select = statements.get(SELECT_OPEN);
    select.setLong(1, spaceRow);
    select.setLong(2, request.getHeadSize());
    select.setInt(3, StoreLimits.MAX_TOLD_OPEN);
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        reply.addOpen(OpenCompaction.newBuilder()
            .setSequence(row.getLong(1))
            .setFirst(row.getLong(2))
            .setBase(row.getLong(3))
            .setGeneration(row.getInt(4))
            .setParts(row.getInt(5))
            .setSound(row.getBoolean(6))
            .setAttested(row.getBoolean(7))
            .setContested(row.getBoolean(8))
            .setBytes(row.getLong(9))
            .setServerTimeMillis(row.getLong(10)));
      }
    }
  }

  private void tellExpiry() throws SQLException {
    PreparedStatement select = statements.get(SELECT_EXPIRY);
    select.setLong(1, spaceRow);
    select.setLong(2, spaceRow);
    try (ResultSet row = select.executeQuery()) {
      if (row.next()) {
        reply.setServerTimeMillis(row.getLong(1)).setExpiresAtMillis(row.getLong(2));
      }
    }
  }

  private void countExpiring() throws SQLException {
    PreparedStatement count = statements.get(COUNT_EXPIRING);
    count.setLong(1, spaceRow);
    count.setInt(2, request.getMaxExpiring());
    try (ResultSet row = count.executeQuery()) {
      row.next();
      reply.setExpiring(row.getInt(1)).setMoreExpiring(row.getInt(1) == request.getMaxExpiring());
    }
  }
}
