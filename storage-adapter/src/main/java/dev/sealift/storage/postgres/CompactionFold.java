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

  private static final String CHANGE = """
      UPDATE compaction_part p SET attested = n.attested, contested = n.contested,
        stands = n.sound AND n.attested AND NOT n.contested
      FROM (
        SELECT l.space_row, l.sequence, l.sound, l.attested OR c.attests = 1 AS attested,
          CASE c.contest WHEN 0 THEN l.contested ELSE c.contest = 2 END AS contested
        FROM unnest($1::bigint[], $2::bytea[], $3::int[], $4::int[])
            AS c(space_row, file, attests, contest)
          JOIN compaction_part l ON l.space_row = c.space_row AND l.file = c.file
            AND l.part = l.parts) AS n
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
            .integers(placed -> placed.change.attests() ? 1 : 0)
            .integers(placed -> placed.change.contest().ordinal())
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
