package dev.sealift.storage.sqlite;

import dev.sealift.protocol.mesh.proto.CompactionPart;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.storage.CompactionRows;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Notes in a commit's own transaction what its compactions supersede: their parts alone have rows, since of other files the ranges say it. */
final class CompactionWrites {
  private static final String INSERT_PART = """
      INSERT INTO compaction_part
        (space_row, sequence, file, first, base, generation, part, parts, effective, superseded_by)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

  private static final String SUPERSEDE = """
      UPDATE compaction_part SET superseded_by = ?
      WHERE space_row = ? AND sequence BETWEEN ? AND ? AND first >= ? AND superseded_by = ?""";

  private static final String INSERT_ATTESTATION =
      "INSERT INTO attestation (space_row, compaction, sequence, contested) VALUES (?, ?, ?, ?)";

  private final Statements statements;
  private final long spaceRow;

  CompactionWrites(Statements statements, long spaceRow) {
    this.statements = statements;
    this.spaceRow = spaceRow;
  }

  void add(SpaceCommit commit) throws SQLException {
    for (CompactionRows.Part part : CompactionRows.parts(commit)) {
      insert(part);
      if (part.isEffective()) {
        supersede(part);
      }
    }
    for (CompactionRows.Said said : CompactionRows.attestations(commit)) {
      insert(said);
    }
  }

  private void insert(CompactionRows.Part part) throws SQLException {
    CompactionPart says = part.says();
    PreparedStatement insert = statements.get(INSERT_PART);
    insert.setLong(1, spaceRow);
    insert.setLong(2, part.sequence());
    insert.setBytes(3, part.file().getFile().toByteArray());
    insert.setLong(4, says.getFirst());
    insert.setLong(5, says.getBase());
    insert.setInt(6, says.getGeneration());
    insert.setInt(7, says.getPart());
    insert.setInt(8, says.getParts());
    insert.setBoolean(9, part.isEffective());
    insert.setLong(10, part.supersededBy());
    insert.executeUpdate();
  }

  private void supersede(CompactionRows.Part by) throws SQLException {
    PreparedStatement supersede = statements.get(SUPERSEDE);
    supersede.setLong(1, by.sequence());
    supersede.setLong(2, spaceRow);
    supersede.setLong(3, by.says().getFirst());
    supersede.setLong(4, by.says().getBase());
    supersede.setLong(5, by.says().getFirst());
    supersede.setLong(6, CompactionRows.NEVER);
    supersede.executeUpdate();
  }

  private void insert(CompactionRows.Said said) throws SQLException {
    PreparedStatement insert = statements.get(INSERT_ATTESTATION);
    insert.setLong(1, spaceRow);
    insert.setBytes(2, said.compaction().toByteArray());
    insert.setLong(3, said.sequence());
    insert.setBoolean(4, said.isContested());
    insert.executeUpdate();
  }
}
