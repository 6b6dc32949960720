package dev.sealift.storage.postgres;

import dev.sealift.storage.CompactionRows;
import java.util.List;

/**
 * What a group of commits does to how compactions stand, once their rows are there: statements of one transaction, each of which sees what the
 * one before did. What one that falls had superseded goes to another that stands, or is live again.
 */
final class CompactionFold {
  private static final String CHANGED = """
      unnest($1::bigint[], $2::bytea[]) AS c(space_row, file)
        JOIN compaction_part l ON l.space_row = c.space_row AND l.file = c.file
          AND l.part = l.parts""";

  /** It stands since whatever came last of what it takes; what it was before is compared. One that is sealed and falls breaks a constraint. */
  private static final String CHANGE = """
      UPDATE compaction_part p SET attested = n.attested, contested = n.contested, stands = n.stands,
        stood_at = CASE WHEN n.stands THEN greatest(
            CASE WHEN p.attested THEN 0 ELSE n.attested_at END,
            CASE WHEN n.contest = 1 AND (p.contested OR n.within = 1) THEN n.overruled_at ELSE 0 END,
            CASE WHEN p.stands THEN p.stood_at ELSE 0 END)
          ELSE 0 END
      FROM (
        SELECT m.*, m.sound AND m.attested AND NOT m.contested AS stands
        FROM (
          SELECT l.space_row, l.sequence, l.sound, l.attested OR c.attested_at > 0 AS attested,
            CASE c.contest WHEN 0 THEN l.contested ELSE c.contest = 2 END AS contested,
            c.attested_at, c.contest, c.overruled_at, c.within
          FROM unnest($1::bigint[], $2::bytea[], $3::bigint[], $4::int[], $5::bigint[], $6::int[])
              AS c(space_row, file, attested_at, contest, overruled_at, within)
            JOIN compaction_part l ON l.space_row = c.space_row AND l.file = c.file
              AND l.part = l.parts) AS m) AS n
      WHERE p.space_row = n.space_row AND p.sequence = n.sequence""";

  /** Parts stand one behind the other in their author's chain. */
  private static final String CHANGE_FIRST_PART = """
      UPDATE compaction_part p SET stands = l.stands
      FROM %s
        JOIN file lf ON lf.space_row = l.space_row AND lf.sequence = l.sequence
        JOIN file ff ON ff.space_row = l.space_row AND ff.device_row = lf.device_row
          AND ff.counter = lf.counter - l.parts + 1
      WHERE p.space_row = l.space_row AND p.sequence = ff.sequence AND l.parts > 1""".formatted(CHANGED);

  private static final String GIVE_BACK = """
      UPDATE compaction_part p SET superseded_by = coalesce((
        SELECT s.sequence FROM compaction_part s
        WHERE s.space_row = p.space_row AND s.stands AND s.part = s.parts
          AND s.base >= p.sequence AND s.first <= p.sequence AND s.first <= p.first
        ORDER BY s.base DESC LIMIT 1), %2$d)
      FROM %1$s
      WHERE NOT l.stands AND p.space_row = l.space_row AND p.superseded_by = l.sequence""".formatted(CHANGED, CompactionRows.NEVER);

  private static final String SUPERSEDE = """
      UPDATE compaction_part p SET superseded_by = s.superseder
      FROM (
        SELECT q.space_row, q.sequence, min(l.sequence) AS superseder
        FROM %1$s
          JOIN compaction_part q ON q.space_row = l.space_row
            AND q.sequence BETWEEN l.first AND l.base AND q.first >= l.first
        WHERE l.stands AND q.superseded_by = %2$d
        GROUP BY q.space_row, q.sequence) AS s
      WHERE p.space_row = s.space_row AND p.sequence = s.sequence""".formatted(CHANGED, CompactionRows.NEVER);

  private record Placed(long spaceRow, CompactionRows.Change change) {}

  private final List<Placed> changes;

  private CompactionFold(List<Placed> changes) {
    this.changes = changes;
  }

  static CompactionFold of(List<CommitStep> steps) {
    return new CompactionFold(steps.stream()
        .flatMap(step -> CompactionRows.changes(step.commit()).stream()
            .map(change -> new Placed(step.spaceRow(), change)))
        .toList());
  }

  void addTo(Pipeline pipeline) {
    if (changes.isEmpty()) {
      return;
    }
    pipeline.add(
        CHANGE,
        changed()
            .longs(placed -> placed.change.attestedAtMillis())
            .integers(placed -> placed.change.contest().ordinal())
            .longs(placed -> placed.change.overruledAtMillis())
            .integers(placed -> placed.change.isContestedWithin() ? 1 : 0)
            .tuple());
    pipeline.add(CHANGE_FIRST_PART, changed().tuple());
    pipeline.add(GIVE_BACK, changed().tuple());
    pipeline.add(SUPERSEDE, changed().tuple());
  }

  private Columns<Placed> changed() {
    return new Columns<>(changes)
        .longs(Placed::spaceRow)
        .bytes(placed -> placed.change.compaction());
  }
}
