package dev.sealift.client.store;

import java.util.Optional;

/**
 * What became of transactions that have read something, where they first stand in the log. A transaction is judged once: what stands in the log again, since its author could not know that it was there,
 * would be judged by its own writes else. One small row for each of them, for as long as the log is kept.
 */
final class Judged {
  private final Statement insert;
  private final Statement select;
  private final Db db;

  Judged(Db db) {
    this.db = db;
    insert = db.prepare(
        "INSERT OR IGNORE INTO _sealift_judged(device, tx, events, sequence, conflict) VALUES (?, ?, ?, ?, ?)");
    select = db.prepare(
        "SELECT sequence, conflict FROM _sealift_judged WHERE device = ? AND tx = ? AND events = ?");
  }

  /** @param sequence of the first file that it stands in */
  record Judgement(long sequence, boolean conflict) {}

  Optional<Judgement> find(int device, WholeTransaction transaction) {
    select.bind(1, device).bind(2, transaction.number()).bind(3, transaction.hash());
    try {
      return select.next()
          ? Optional.of(new Judgement(select.integer(1), select.integer(2) != 0))
          : Optional.empty();
    } finally {
      select.reset();
    }
  }

  void add(int device, WholeTransaction transaction, Judgement judgement) {
    insert
        .bind(1, device)
        .bind(2, transaction.number())
        .bind(3, transaction.hash())
        .bind(4, judgement.sequence())
        .bind(5, judgement.conflict() ? 1 : 0)
        .run();
  }

  /** The log ends earlier. */
  void rewind(long size) {
    try (Statement delete = db.prepare("DELETE FROM _sealift_judged WHERE sequence > ?")) {
      delete.bind(1, size).run();
    }
  }
}
