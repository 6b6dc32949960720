package dev.sealift.client.store;

import dev.sealift.client.compact.CellName;
import dev.sealift.client.compact.StepRange;
import dev.sealift.client.merge.CellKind;
import dev.sealift.client.rule.RowName;
import dev.sealift.client.store.HeldCompaction.Begun;
import dev.sealift.client.store.HeldCompaction.Part;
import dev.sealift.client.store.HeldCompaction.Said;
import dev.sealift.client.store.HeldCompaction.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compactions as the log has brought them, the newest of them. */
final class HeldCompactions {
  private HeldCompactions() {}

  static void put(Db db, HeldCompaction held) {
    Begun begun = held.begun();
    Part part = held.part();
    Word word = held.word();
    Optional<Difference> difference = word.difference();
    Optional<RowName> row = difference.flatMap(Difference::row);
    Optional<CellName> cell = difference.map(Difference::cell);
    try (Statement insert = db.prepare(
        "INSERT OR REPLACE INTO _sealift_compaction(first_part, author, first, base, root,"
            + " parts, came, last_part, file, server_time, attested, contested, said, difference, tbl, key, name, kind)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      insert
          .bind(1, held.firstPart())
          .bind(2, begun.author().toByteArray())
          .bind(3, begun.range().first())
          .bind(4, begun.range().base())
          .bind(5, begun.root().toByteArray())
          .bind(6, begun.parts())
          .bind(7, part.number())
          .bind(8, part.sequence())
          .bind(9, part.file().toByteArray())
          .bind(10, part.serverTimeMillis())
          .bind(11, word.isAttested() ? 1 : 0)
          .bind(12, word.isContested() ? 1 : 0)
          .bind(13, word.said().name())
          .bind(14, difference.map(found -> found.kind().name()).orElse(null))
          .bind(15, row.map(RowName::table).orElse(null))
          .bind(16, row.map(RowName::key).orElse(null))
          .bind(17, cell.map(CellName::column).orElse(null))
          .bind(18, cell.map(CellName::kind).map(CellKind::name).orElse(null))
          .run();
    }
  }

  static void forget(Db db, HeldCompaction held) {
    try (Statement delete = db.prepare("DELETE FROM _sealift_compaction WHERE first_part = ?")) {
      delete.bind(1, held.firstPart()).run();
    }
  }

  /** The log has no more than {@code size} files left; what this device has said may be lost too. */
  static void rewind(Db db, long size) {
    try (Statement delete = db.prepare("DELETE FROM _sealift_compaction WHERE last_part > ?")) {
      delete.bind(1, size).run();
    }
    db.execute("UPDATE _sealift_compaction SET said = 'NOTHING', attested = 0, contested = 0");
  }

  /** In the order of the log. */
  static List<HeldCompaction> all(Reader reader) {
    List<HeldCompaction> all = new ArrayList<>();
    try (Statement select = reader.prepare(
        "SELECT author, first, base, root, parts, first_part, came, last_part, file,"
            + " server_time, attested, contested, said, difference, tbl, key, name, kind FROM _sealift_compaction ORDER BY first_part")) {
      while (select.next()) {
        all.add(read(select));
      }
    }
    return all;
  }

  private static HeldCompaction read(Statement at) {
    Begun begun = new Begun(
        Stored.device(at.blob(1)),
        new StepRange(at.integer(2), at.integer(3)),
        Stored.hash(at.blob(4)),
        (int) at.integer(5),
        at.integer(6));
    Part part =
        new Part((int) at.integer(7), at.integer(8), Stored.file(at.blob(9)), at.integer(10));
    Word word = new Word(
        at.integer(11) != 0,
        at.integer(12) != 0,
        Said.valueOf(at.text(13)),
        at.isNull(14) ? Optional.empty() : Optional.of(difference(at)));
    return new HeldCompaction(begun, part, word);
  }

  private static Difference difference(Statement at) {
    Optional<RowName> row =
        at.isNull(15) ? Optional.empty() : Optional.of(new RowName(at.text(15), at.text(16)));
    CellKind kind = at.isNull(18) ? null : CellKind.valueOf(at.text(18));
    return new Difference(
        Difference.Kind.valueOf(at.text(14)), row, new CellName(at.text(17), kind));
  }
}
