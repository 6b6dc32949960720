package dev.sealift.storage.sqlite;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.mesh.proto.CompactionPart;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.storage.CompactionRows;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Notes in a commit's own transaction how compactions stand and what they supersede: their parts alone have rows, since of other files the
 * ranges say it. What one that falls had superseded goes to another that stands, or is live again.
 */
final class CompactionWrites {
  private static final String INSERT_PART = """
      INSERT INTO compaction_part
        (space_row, sequence, file, device_row, first, base, generation, part, parts, sound,
          attested, contested, stands, superseded_by)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?)""";

  private static final String INSERT_ATTESTATION = """
      INSERT INTO attestation (space_row, compaction, sequence, device_row, contested)
      VALUES (?, ?, ?, ?, ?)""";

  /** It stands since whatever came last of what it takes; what it was before is compared. One that is sealed and falls breaks a constraint. */
  private static final String CHANGE = """
      UPDATE compaction_part SET attested = max(attested, ?1), contested = coalesce(?2, contested),
        stood_at = CASE
          WHEN NOT (sound AND max(attested, ?1) AND NOT coalesce(?2, contested)) THEN 0
          ELSE max(CASE WHEN attested THEN 0 ELSE ?3 END,
            CASE WHEN ?2 = 0 AND (contested OR ?5) THEN ?4 ELSE 0 END,
            CASE WHEN stands THEN stood_at ELSE 0 END) END
      WHERE space_row = ?6 AND file = ?7 AND part = parts
      RETURNING sequence, first, base, sound AND attested AND NOT contested""";

  private static final String SET_STANDING =
      "UPDATE compaction_part SET stands = ? WHERE space_row = ? AND sequence = ?";

  /** Parts stand one behind the other in their author's chain. */
  private static final String SELECT_FIRST_PART = """
      SELECT f.place FROM compaction_part c JOIN file l ON l.place = ?
        JOIN file f ON f.device_row = l.device_row AND f.counter = l.counter - c.parts + 1
      WHERE c.space_row = ? AND c.sequence = ?""";

  private static final String SUPERSEDE = """
      UPDATE compaction_part SET superseded_by = ?
      WHERE space_row = ? AND sequence BETWEEN ? AND ? AND first >= ? AND superseded_by = ?""";

  private static final String GIVE_BACK = """
      UPDATE compaction_part SET superseded_by = coalesce((
        SELECT s.sequence FROM compaction_part s
        WHERE s.space_row = compaction_part.space_row AND s.stands = 1 AND s.part = s.parts
          AND s.base >= compaction_part.sequence AND s.first <= compaction_part.sequence
          AND s.first <= compaction_part.first
        ORDER BY s.base DESC LIMIT 1), ?)
      WHERE space_row = ? AND superseded_by = ?""";

  /** How a compaction stands after the commit. */
  private record Standing(long sequence, long first, long base, boolean stands) {}

  /** Of what a device is noted by. */
  interface Devices {
    long rowOf(ByteString device) throws SQLException;
  }

  private final Statements statements;
  private final long spaceRow;
  private final Devices devices;

  CompactionWrites(Statements statements, long spaceRow, Devices devices) {
    this.statements = statements;
    this.spaceRow = spaceRow;
    this.devices = devices;
  }

  void add(SpaceCommit commit) throws SQLException {
    for (CompactionRows.Part part : CompactionRows.parts(commit)) {
      insert(part);
    }
    for (CompactionRows.Said said : CompactionRows.attestations(commit)) {
      insert(said);
    }
    settle(CompactionRows.changes(commit));
  }

  private void insert(CompactionRows.Part part) throws SQLException {
    CompactionPart says = part.says();
    PreparedStatement insert = statements.get(INSERT_PART);
    insert.setLong(1, spaceRow);
    insert.setLong(2, part.sequence());
    insert.setBytes(3, part.file().getFile().toByteArray());
    insert.setLong(4, devices.rowOf(part.file().getDevice()));
    insert.setLong(5, says.getFirst());
    insert.setLong(6, says.getBase());
    insert.setInt(7, says.getGeneration());
    insert.setInt(8, says.getPart());
    insert.setInt(9, says.getParts());
    insert.setBoolean(10, part.isSound());
    insert.setLong(11, CompactionRows.NEVER);
    insert.executeUpdate();
  }

  private void insert(CompactionRows.Said said) throws SQLException {
    long device = devices.rowOf(said.device());
    PreparedStatement insert = statements.get(INSERT_ATTESTATION);
    insert.setLong(1, spaceRow);
    insert.setBytes(2, said.compaction().toByteArray());
    insert.setLong(3, said.sequence());
    insert.setLong(4, device);
    insert.setBoolean(5, said.isContested());
    insert.executeUpdate();
  }

  /** What stands is known of all of them before anything is given back: it goes to none that falls too. */
  private void settle(List<CompactionRows.Change> changes) throws SQLException {
    List<Standing> settled = new ArrayList<>();
    for (CompactionRows.Change change : changes) {
      settled.addAll(change(change));
    }
    for (Standing standing : settled) {
      setStanding(standing);
    }
    for (Standing standing : settled) {
      if (!standing.stands) {
        giveBack(standing.sequence);
      }
    }
    for (Standing standing : settled) {
      if (standing.stands) {
        supersede(standing);
      }
    }
  }

  /** None when the log has no such compaction. */
  private List<Standing> change(CompactionRows.Change change) throws SQLException {
    PreparedStatement update = statements.get(CHANGE);
    update.setBoolean(1, change.attests());
    if (change.contest() == CompactionRows.Contest.AS_BEFORE) {
      update.setNull(2, java.sql.Types.INTEGER);
    } else {
      update.setBoolean(2, change.contest() == CompactionRows.Contest.CONTESTED);
    }
    update.setLong(3, change.attestedAtMillis());
    update.setLong(4, change.overruledAtMillis());
    update.setBoolean(5, change.isContestedWithin());
    update.setLong(6, spaceRow);
    update.setBytes(7, change.compaction().toByteArray());
    List<Standing> changed = new ArrayList<>();
    try (ResultSet rows = update.executeQuery()) {
      while (rows.next()) {
        changed.add(
            new Standing(rows.getLong(1), rows.getLong(2), rows.getLong(3), rows.getBoolean(4)));
      }
    }
    return changed;
  }

  private void setStanding(Standing standing) throws SQLException {
    setStanding(standing.sequence, standing.stands);
    setStanding(firstPart(standing.sequence), standing.stands);
  }

  private void setStanding(long sequence, boolean stands) throws SQLException {
    PreparedStatement update = statements.get(SET_STANDING);
    update.setBoolean(1, stands);
    update.setLong(2, spaceRow);
    update.setLong(3, sequence);
    update.executeUpdate();
  }

  private long firstPart(long last) throws SQLException {
    PreparedStatement select = statements.get(SELECT_FIRST_PART);
    select.setLong(1, Place.of(spaceRow, last));
    select.setLong(2, spaceRow);
    select.setLong(3, last);
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? Place.sequence(row.getLong(1)) : last;
    }
  }

  private void giveBack(long fallen) throws SQLException {
    PreparedStatement update = statements.get(GIVE_BACK);
    update.setLong(1, CompactionRows.NEVER);
    update.setLong(2, spaceRow);
    update.setLong(3, fallen);
    update.executeUpdate();
  }

  private void supersede(Standing by) throws SQLException {
    PreparedStatement update = statements.get(SUPERSEDE);
    update.setLong(1, by.sequence);
    update.setLong(2, spaceRow);
    update.setLong(3, by.first);
    update.setLong(4, by.base);
    update.setLong(5, by.first);
    update.setLong(6, CompactionRows.NEVER);
    update.executeUpdate();
  }
}
