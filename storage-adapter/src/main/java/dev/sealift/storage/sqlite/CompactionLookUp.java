package dev.sealift.storage.sqlite;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.mesh.proto.CompactionQuestion;
import dev.sealift.protocol.mesh.proto.FoundCompaction;
import dev.sealift.protocol.mesh.proto.LookUpReply;
import dev.sealift.protocol.mesh.proto.LookUpRequest;
import dev.sealift.storage.CompactionRows;
import dev.sealift.storage.StoreLimits;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Answers what an engine must know before it admits a compaction, or what is said of one. */
final class CompactionLookUp {
  private static final String SELECT_COMPACTION = """
      SELECT d.device, p.superseded_by < ?4,
        EXISTS (SELECT 1 FROM attestation a JOIN device s ON s.device_row = a.device_row
          WHERE a.space_row = p.space_row AND a.compaction = p.file AND s.device = ?3
            AND a.contested = 0),
        EXISTS (SELECT 1 FROM attestation a JOIN device s ON s.device_row = a.device_row
          WHERE a.space_row = p.space_row AND a.compaction = p.file AND s.device = ?3
            AND a.contested = 1), p.sealed
      FROM compaction_part p JOIN device d ON d.device_row = p.device_row
      WHERE p.space_row = ?1 AND p.file = ?2 AND p.part = p.parts""";

  private static final String COUNT_BEGUN = """
      SELECT count(*) FROM (
        SELECT 1 FROM device d JOIN compaction_part p ON p.device_row = d.device_row
        WHERE d.space_row = ? AND d.device = ?
          AND p.part = 1 AND p.stands = 0 AND p.superseded_by = %d LIMIT ?)""".formatted(CompactionRows.NEVER);

  private final Statements statements;
  private final long spaceRow;

  CompactionLookUp(Statements statements, long spaceRow) {
    this.statements = statements;
    this.spaceRow = spaceRow;
  }

  void answer(LookUpRequest request, LookUpReply.Builder reply) throws SQLException {
    for (CompactionQuestion question : request.getCompactionsList()) {
      reply.addCompactions(find(question));
    }
    for (ByteString device : request.getBegunByList()) {
      reply.addBegun(countBegun(device));
    }
  }

  private FoundCompaction find(CompactionQuestion question) throws SQLException {
    PreparedStatement select = statements.get(SELECT_COMPACTION);
    select.setLong(1, spaceRow);
    select.setBytes(2, question.getCompaction().toByteArray());
    select.setBytes(3, question.getDevice().toByteArray());
    select.setLong(4, CompactionRows.NEVER);
    try (ResultSet row = select.executeQuery()) {
      return row.next()
          ? FoundCompaction.newBuilder()
              .setAuthor(SpaceReader.bytes(row, 1))
              .setSuperseded(row.getBoolean(2))
              .setAttested(row.getBoolean(3))
              .setContested(row.getBoolean(4))
              .setSealed(row.getBoolean(5))
              .build()
          : FoundCompaction.getDefaultInstance();
    }
  }

  private int countBegun(ByteString device) throws SQLException {
    PreparedStatement count = statements.get(COUNT_BEGUN);
    count.setLong(1, spaceRow);
    count.setBytes(2, device.toByteArray());
    count.setInt(3, StoreLimits.MAX_BEGUN_COUNTED);
    try (ResultSet row = count.executeQuery()) {
      row.next();
      return row.getInt(1);
    }
  }
}
