package dev.sealift.client.store;

import dev.sealift.client.compact.CarriedFile;
import dev.sealift.client.compact.CarriedJudgement;
import dev.sealift.client.compact.CarriedPolicy;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.Hash;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a step brings of the log itself, until all of it can take effect at once: files, policies, and what became of transactions. In tables of their own, so that nothing of it is in memory however many there are. What a step
 * left that was cut off is cleared when one begins.
 */
final class StepStaging {
  private final Db db;
  private final Devices devices;
  private final Statement insertFile;
  private final Statement insertKeep;
  private final Statement insertJudged;
  private final Statement select;

  StepStaging(Db db, Devices devices) {
    this.db = db;
    this.devices = devices;
    insertFile = db.prepare(
        "INSERT INTO _sealift_step_file(sequence, file, device, counter, server_time, base, root, place, public, newest)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insertKeep = db.prepare(
        "INSERT INTO _sealift_step_keep(name, keep, sequence, server_time, lifetime) VALUES (?, ?, ?, ?, ?)");
    insertJudged = db.prepare(
        "INSERT INTO _sealift_step_judged(device, tx, events, sequence, conflict) VALUES (?, ?, ?, ?, ?)");
    select = db.prepare(
        "SELECT device, server_time FROM _sealift_step_file WHERE sequence = ?1 UNION ALL"
            + " SELECT device, server_time FROM _sealift_log WHERE sequence = ?1 LIMIT 1");
  }

  void clear() {
    db.execute("DELETE FROM _sealift_step_file");
    db.execute("DELETE FROM _sealift_step_keep");
    db.execute("DELETE FROM _sealift_step_judged");
  }

  void add(CarriedFile file, @Nullable Hash root) {
    insertFile
        .bind(1, file.sequence())
        .bind(2, file.file() == null ? null : file.file().toByteArray())
        .bind(3, devices.number(file.author()))
        .bind(4, file.counter())
        .bind(5, file.serverTimeMillis())
        .bind(6, file.base())
        .bind(7, root == null ? null : root.toByteArray())
        .bind(8, file.place())
        .bind(9, file.known())
        .bind(10, file.newest())
        .addToBatch();
  }

  /** Writes what was added of files. */
  void flush() {
    insertFile.runBatch();
  }

  /** After a rollback. */
  void forget() {
    insertFile.clearBatch();
  }

  /** @throws FormatException when the file that it is said to stand in has another time */
  void add(CarriedPolicy policy) throws FormatException {
    require(at(policy.sequence(), 2) == policy.serverTimeMillis());
    boolean isLifetime = policy.keep() == CarriedPolicy.LIFETIME;
    if (isLifetime && !Lifetimes.isLifetime(policy.lifetimeMillis())) {
      throw new FormatException("a step has a lifetime that is none");
    }
    Keep keep = isLifetime ? Keep.LATEST : Keep.of(policy.keep());
    insertKeep.bind(1, policy.table()).bind(2, keep.name());
    insertKeep.bind(3, policy.sequence()).bind(4, policy.serverTimeMillis());
    insertKeep.bind(5, policy.lifetimeMillis()).run();
  }

  /** @throws FormatException when the file that it is said to stand in is by another device */
  void add(CarriedJudgement judgement) throws FormatException {
    int device = devices.number(judgement.device());
    require(at(judgement.sequence(), 1) == device);
    insertJudged
        .bind(1, device)
        .bind(2, judgement.number())
        .bind(3, judgement.events().toByteArray())
        .bind(4, judgement.sequence())
        .bind(5, judgement.conflict() ? 1 : 0)
        .run();
  }

  private static void require(boolean holds) throws FormatException {
    if (!holds) {
      throw new FormatException("a step names a file of the log for what is not in it");
    }
  }

  private long at(long sequence, int column) {
    select.bind(1, sequence);
    try {
      return select.next() ? select.integer(column) : -1;
    } finally {
      select.reset();
    }
  }

  // In the end

  /** Appends the files to the log. */
  void appendFiles(boolean placed) {
    db.execute(
        "INSERT INTO _sealift_log(sequence, file, device, counter, server_time, base, root)"
            + " SELECT sequence, file, device, counter, server_time, base, root FROM _sealift_step_file ORDER BY sequence");
    if (placed) {
      db.execute("INSERT INTO _sealift_place(sequence, place, public, newest)"
          + " SELECT sequence, place, public, newest FROM _sealift_step_file ORDER BY sequence");
    }
  }

  /** How many there are, and whether they are those behind a position. */
  boolean follows(long position, long base) {
    try (Statement bounds = db.prepare(
        "SELECT coalesce(min(sequence), ?1 + 1), coalesce(max(sequence), ?1), count(*) FROM _sealift_step_file")) {
      bounds.bind(1, position);
      return bounds.next()
          && bounds.integer(1) == position + 1
          && bounds.integer(2) == base
          && bounds.integer(3) == base - position;
    }
  }

  /** Of the files those that are displaced here, by their numbers there. */
  List<Long> displaced() {
    List<Long> found = new ArrayList<>();
    try (Statement select =
        db.prepare("SELECT d.id FROM _sealift_step_file s JOIN _sealift_displaced d USING (file)"
            + " UNION SELECT t.id FROM _sealift_step_file s JOIN _sealift_taken_over t USING (device, counter)"
            + " WHERE s.file IS NULL ORDER BY 1")) {
      while (select.next()) {
        found.add(select.integer(1));
      }
    }
    return found;
  }

  void appendJudged() {
    db.execute("INSERT OR IGNORE INTO _sealift_judged(device, tx, events, sequence, conflict)"
        + " SELECT device, tx, events, sequence, conflict FROM _sealift_step_judged");
  }

  /** What the log says is to be kept, from where on; or, where that is the latest, how long events count. */
  record Policy(
      String table, Keep keep, long sequence, long serverTimeMillis, long lifetimeMillis) {}

  /** In the order of the log. */
  List<Policy> policies() {
    List<Policy> found = new ArrayList<>();
    try (Statement select = db.prepare(
        "SELECT name, keep, sequence, server_time, lifetime FROM _sealift_step_keep ORDER BY id")) {
      while (select.next()) {
        found.add(new Policy(
            select.text(1),
            Keep.valueOf(select.text(2)),
            select.integer(3),
            select.integer(4),
            select.integer(5)));
      }
    }
    return found;
  }
}
