package dev.sealift.client.store;

import dev.sealift.client.store.StoreException.Code;
import java.util.List;

/**
 * The versions of the space database, each a list of statements that make it from the one before. A version that was
 * released is never changed; {@code PRAGMA user_version} says which one a file has.
 */
final class Migrations {
  /** Tells our files from other people's: "Seal". */
  static final int APPLICATION_ID = 0x5365616c;

  private static final List<String> VERSION_1 = List.of(
      // Numbers for devices, so that a stamp takes a byte and not 32. Number 0 is this device.
      "CREATE TABLE _sealift_device(idx INTEGER PRIMARY KEY, device BLOB NOT NULL UNIQUE)",
      "CREATE TABLE _sealift_setting(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
      "CREATE TABLE _sealift_table(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, physical TEXT NOT NULL, key_column TEXT)",
      "CREATE TABLE _sealift_column(tbl INTEGER NOT NULL, cell INTEGER NOT NULL, name TEXT NOT NULL, physical TEXT NOT NULL,"
          + " type TEXT, position INTEGER NOT NULL, PRIMARY KEY(tbl, cell)) WITHOUT ROWID",
      // Local writes that were not packed yet, by their hybrid times.
      "CREATE TABLE _sealift_journal(t INTEGER PRIMARY KEY, tbl INTEGER NOT NULL, row INTEGER NOT NULL,"
          + " op INTEGER NOT NULL, seen INTEGER NOT NULL)",
      // Cells of journalled writes that a received event outranked before they were packed.
      "CREATE TABLE _sealift_overtaken(t INTEGER NOT NULL, cell INTEGER NOT NULL, value, PRIMARY KEY(t, cell)) WITHOUT ROWID",
      // Packed files that wait for their receipts.
      "CREATE TABLE _sealift_outbox(counter INTEGER PRIMARY KEY, file BLOB NOT NULL, header BLOB NOT NULL,"
          + " payload BLOB NOT NULL, first_t INTEGER NOT NULL, last_t INTEGER NOT NULL)",
      // Everything up to the position.
      "CREATE TABLE _sealift_log(sequence INTEGER PRIMARY KEY, file BLOB NOT NULL, device INTEGER NOT NULL,"
          + " counter INTEGER NOT NULL, server_time INTEGER NOT NULL, base INTEGER NOT NULL, root BLOB NOT NULL)",
      "CREATE UNIQUE INDEX _sealift_log_dot ON _sealift_log(device, counter)",
      // This device's files that have their receipts; own cells find the sequence that brought them
      // by its ranges of times.
      "CREATE TABLE _sealift_chain(counter INTEGER PRIMARY KEY, file BLOB NOT NULL, first_t INTEGER NOT NULL,"
          + " last_t INTEGER NOT NULL, sequence INTEGER NOT NULL)");

  private static final List<String> VERSION_2 = List.of(
      // The files of the log as they were signed and sealed, so that a mesh that lost them can have
      // them back.
      "CREATE TABLE _sealift_file(sequence INTEGER PRIMARY KEY, header BLOB NOT NULL, payload BLOB NOT NULL)",
      // Others' files that a restored mesh has no place for any more, until they have a new one.
      "CREATE TABLE _sealift_displaced(sequence INTEGER PRIMARY KEY, header BLOB NOT NULL, payload BLOB NOT NULL)");

  private static final List<String> VERSION_3 = List.of(
      // By numbers of their own: two restorations may take two files their places of one sequence.
      // And whether the mesh
      // has refused a file for good.
      "ALTER TABLE _sealift_displaced RENAME TO _sealift_displaced_before",
      "CREATE TABLE _sealift_displaced(id INTEGER PRIMARY KEY, header BLOB NOT NULL, payload BLOB NOT NULL,"
          + " refused INTEGER NOT NULL DEFAULT 0)",
      "INSERT INTO _sealift_displaced(id, header, payload) SELECT sequence, header, payload FROM _sealift_displaced_before",
      "DROP TABLE _sealift_displaced_before");

  private static final List<String> VERSION_4 = List.of(
      // Rows as the log has them, where the tables show what has no place in it yet. Cell -1 is the
      // row's state.
      "CREATE TABLE _sealift_aside(tbl INTEGER NOT NULL, row INTEGER NOT NULL, cell INTEGER NOT NULL, value,"
          + " PRIMARY KEY(tbl, row, cell)) WITHOUT ROWID",
      // What lost to something whose author had not seen it; since when, by the mesh's clock.
      "CREATE TABLE _sealift_loser(tbl INTEGER NOT NULL, key TEXT NOT NULL, cell INTEGER NOT NULL, t INTEGER NOT NULL,"
          + " device INTEGER NOT NULL, reason TEXT NOT NULL, value, rival_t INTEGER NOT NULL, rival_device INTEGER NOT NULL,"
          + " since INTEGER NOT NULL, PRIMARY KEY(tbl, key, cell, t, device)) WITHOUT ROWID",
      "CREATE INDEX _sealift_loser_since ON _sealift_loser(since)",
      // Losers that were dismissed here, until the log says so.
      "CREATE TABLE _sealift_dismissal(t INTEGER PRIMARY KEY, tbl INTEGER NOT NULL, key TEXT NOT NULL, cell INTEGER NOT NULL,"
          + " loser_t INTEGER NOT NULL, loser_device INTEGER NOT NULL)",
      // Overtaken cells by their rows, and until their file is admitted.
      "ALTER TABLE _sealift_overtaken RENAME TO _sealift_overtaken_before",
      "CREATE TABLE _sealift_overtaken(tbl INTEGER NOT NULL, row INTEGER NOT NULL, t INTEGER NOT NULL, cell INTEGER NOT NULL,"
          + " value, PRIMARY KEY(tbl, row, t, cell)) WITHOUT ROWID",
      "INSERT INTO _sealift_overtaken(tbl, row, t, cell, value) SELECT j.tbl, j.row, o.t, o.cell, o.value"
          + " FROM _sealift_overtaken_before o JOIN _sealift_journal j USING (t)",
      "DROP TABLE _sealift_overtaken_before",
      "CREATE INDEX _sealift_overtaken_t ON _sealift_overtaken(t)",
      "CREATE INDEX _sealift_chain_sequence ON _sealift_chain(sequence)");

  private static final List<String> VERSION_5 = List.of(
      // Columns of compound cells, null is a register; and columns that are judged as one.
      "ALTER TABLE _sealift_column ADD COLUMN kind TEXT",
      "ALTER TABLE _sealift_column ADD COLUMN together TEXT",
      // The parts of compound cells: as shown, and, of rows that are kept aside, as the log has
      // them. And, by cell and
      // device, the last part that was taken away.
      "CREATE TABLE _sealift_part(tbl INTEGER NOT NULL, row INTEGER NOT NULL, aside INTEGER NOT NULL, cell INTEGER NOT NULL,"
          + " t INTEGER NOT NULL, device INTEGER NOT NULL, sequence INTEGER NOT NULL, dropped INTEGER NOT NULL, value)",
      "CREATE INDEX _sealift_part_cell ON _sealift_part(tbl, row, aside, cell, t, device)",
      // What was done here to compound cells, until it is admitted.
      "CREATE TABLE _sealift_op(t INTEGER PRIMARY KEY, tbl INTEGER NOT NULL, row INTEGER NOT NULL, cell INTEGER NOT NULL,"
          + " op INTEGER NOT NULL, seen INTEGER NOT NULL, value)",
      "CREATE INDEX _sealift_op_row ON _sealift_op(tbl, row, cell, t)",
      // Which file it is; of those from before, that is in the header alone.
      "ALTER TABLE _sealift_displaced ADD COLUMN file BLOB",
      "CREATE INDEX _sealift_displaced_file ON _sealift_displaced(file)",
      // Events of others' files that have no place, by the numbers of the files. Cells as overtaken
      // ones.
      "CREATE TABLE _sealift_unplaced(tbl INTEGER NOT NULL, row INTEGER NOT NULL, t INTEGER NOT NULL, device INTEGER NOT NULL,"
          + " file INTEGER NOT NULL, cell INTEGER NOT NULL, op INTEGER NOT NULL, seen INTEGER NOT NULL, value, PRIMARY KEY(tbl, row, t, device, file, cell)) WITHOUT ROWID",
      "CREATE INDEX _sealift_unplaced_file ON _sealift_unplaced(file)");

  private static final List<String> VERSION_6 = List.of(
      // Of a space that ranks by arrival: the places of the log's files, and as far as everybody
      // can
      // work them out.
      "CREATE TABLE _sealift_place(sequence INTEGER PRIMARY KEY, place INTEGER NOT NULL, public INTEGER NOT NULL)",
      // And of this device's writes that have no place in the log yet: from which time on they have
      // which place.
      "CREATE TABLE _sealift_own_place(t INTEGER PRIMARY KEY, place INTEGER NOT NULL)",
      "ALTER TABLE _sealift_part ADD COLUMN place INTEGER NOT NULL DEFAULT 0",
      "ALTER TABLE _sealift_unplaced ADD COLUMN place INTEGER NOT NULL DEFAULT 0",
      // What the space says of tables and columns beside types: newest names, defaults, what was
      // dropped.
      "ALTER TABLE _sealift_table ADD COLUMN shown TEXT",
      "ALTER TABLE _sealift_table ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0",
      "ALTER TABLE _sealift_column ADD COLUMN shown TEXT",
      "ALTER TABLE _sealift_column ADD COLUMN fallback",
      "ALTER TABLE _sealift_column ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0",
      // What this device's app has declared last, by the names in the space.
      "CREATE TABLE _sealift_app_table(wire TEXT PRIMARY KEY, name TEXT NOT NULL, key_column TEXT NOT NULL) WITHOUT ROWID",
      "CREATE TABLE _sealift_app_column(tbl TEXT NOT NULL, wire TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, fallback,"
          + " source TEXT, lens TEXT, lens_version INTEGER, PRIMARY KEY(tbl, wire)) WITHOUT ROWID",
      // What the log says is to be kept of tables, and where it first does.
      "CREATE TABLE _sealift_keep(name TEXT NOT NULL, keep TEXT NOT NULL, sequence INTEGER NOT NULL,"
          + " PRIMARY KEY(name, keep)) WITHOUT ROWID",
      // Events of the log on tables that keep more than what they show: a line for each cell.
      "CREATE TABLE _sealift_history(tbl INTEGER NOT NULL, key TEXT NOT NULL, t INTEGER NOT NULL, device INTEGER NOT NULL,"
          + " sequence INTEGER NOT NULL, place INTEGER NOT NULL, cell INTEGER NOT NULL, op INTEGER NOT NULL,"
          + " server_time INTEGER NOT NULL, value, PRIMARY KEY(tbl, key, t, device, sequence, place, cell)) WITHOUT ROWID",
      "CREATE INDEX _sealift_history_time ON _sealift_history(tbl, server_time)",
      // The rows of feeds in the order of the log; and those of this device that it does not have
      // yet.
      "CREATE TABLE _sealift_feed(tbl INTEGER NOT NULL, at INTEGER NOT NULL, key TEXT NOT NULL, t INTEGER NOT NULL,"
          + " device INTEGER NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY(tbl, at)) WITHOUT ROWID",
      "CREATE UNIQUE INDEX _sealift_feed_key ON _sealift_feed(tbl, key)",
      "CREATE TABLE _sealift_feed_waiting(tbl INTEGER NOT NULL, key TEXT NOT NULL, PRIMARY KEY(tbl, key)) WITHOUT ROWID",
      // This device's last changes, and what they changed: to be taken back.
      "CREATE TABLE _sealift_undo(step INTEGER NOT NULL, place INTEGER NOT NULL, tbl INTEGER NOT NULL, key TEXT NOT NULL,"
          + " cell INTEGER NOT NULL, op INTEGER NOT NULL, t INTEGER NOT NULL, was_t INTEGER NOT NULL, was,"
          + " PRIMARY KEY(step, place)) WITHOUT ROWID");

  private static final List<String> VERSION_7 = List.of(
      // The transaction of an entry, by the time of its first one; 0 of none.
      "ALTER TABLE _sealift_journal ADD COLUMN tx INTEGER NOT NULL DEFAULT 0",
      "CREATE INDEX _sealift_journal_tx ON _sealift_journal(tx) WHERE tx <> 0",
      // What transactions of this device have read, until they are admitted. The event that it was
      // by, null where there was none.
      "CREATE TABLE _sealift_guard(tx INTEGER NOT NULL, number INTEGER NOT NULL, tbl INTEGER NOT NULL, key TEXT NOT NULL,"
          + " what INTEGER NOT NULL, col TEXT NOT NULL, t INTEGER, device INTEGER, PRIMARY KEY(tx, number)) WITHOUT ROWID",
      "CREATE INDEX _sealift_guard_named ON _sealift_guard(t) WHERE t IS NOT NULL",
      // What became of transactions that have read something, where they first stand in the log. By
      // the hashes of their events: two copies of a home may give two of them one time.
      "CREATE TABLE _sealift_judged(device INTEGER NOT NULL, tx INTEGER NOT NULL, events BLOB NOT NULL,"
          + " sequence INTEGER NOT NULL, conflict INTEGER NOT NULL, PRIMARY KEY(device, tx, events)) WITHOUT ROWID",
      // The transaction that a loser lost with, whole; 0 of what lost by itself.
      "ALTER TABLE _sealift_loser ADD COLUMN tx INTEGER NOT NULL DEFAULT 0");

  private static final List<String> VERSION_8 = List.of(
      // Of the displaced files those that came directly, by their numbers; the times of their
      // newest events; and whether the mesh has refused them for good, as there.
      "CREATE TABLE _sealift_taken_over(id INTEGER PRIMARY KEY, device INTEGER NOT NULL, counter INTEGER NOT NULL,"
          + " file BLOB NOT NULL, last_t INTEGER NOT NULL, refused INTEGER NOT NULL DEFAULT 0)",
      "CREATE INDEX _sealift_taken_over_file ON _sealift_taken_over(file)",
      // Sets of such files, and which set had been seen when something was written. 0 is none.
      "CREATE TABLE _sealift_seen_files(id INTEGER PRIMARY KEY, dots BLOB NOT NULL UNIQUE)",
      "ALTER TABLE _sealift_journal ADD COLUMN files INTEGER NOT NULL DEFAULT 0",
      "ALTER TABLE _sealift_op ADD COLUMN files INTEGER NOT NULL DEFAULT 0",
      "ALTER TABLE _sealift_unplaced ADD COLUMN files INTEGER NOT NULL DEFAULT 0",
      // The time of the newest event in a file's chain, up to the file.
      "ALTER TABLE _sealift_place ADD COLUMN newest INTEGER NOT NULL DEFAULT 0");

  private static final List<String> VERSION_9 = List.of(
      // Of files that came directly, where ranks go by arrival: where they stand until the log has
      // them, what their authors had seen of the log and, as a set, beside it, and the time of this
      // device's last event that has not seen them.
      "ALTER TABLE _sealift_taken_over ADD COLUMN place INTEGER NOT NULL DEFAULT 0",
      "ALTER TABLE _sealift_taken_over ADD COLUMN seen INTEGER NOT NULL DEFAULT 0",
      "ALTER TABLE _sealift_taken_over ADD COLUMN files INTEGER NOT NULL DEFAULT 0",
      "ALTER TABLE _sealift_taken_over ADD COLUMN own_t INTEGER NOT NULL DEFAULT 0");

  private static final List<String> VERSION_10 = List.of(
      // What a step brings of the log, until all of it takes effect: files, what is to be kept of
      // tables, and what became of transactions.
      "CREATE TABLE _sealift_step_file(sequence INTEGER PRIMARY KEY, file BLOB NOT NULL, device INTEGER NOT NULL,"
          + " counter INTEGER NOT NULL, server_time INTEGER NOT NULL, base INTEGER NOT NULL, root BLOB NOT NULL,"
          + " place INTEGER NOT NULL, public INTEGER NOT NULL, newest INTEGER NOT NULL)",
      "CREATE TABLE _sealift_step_keep(id INTEGER PRIMARY KEY, name TEXT NOT NULL, keep TEXT NOT NULL,"
          + " sequence INTEGER NOT NULL, server_time INTEGER NOT NULL)",
      "CREATE TABLE _sealift_step_judged(id INTEGER PRIMARY KEY, device INTEGER NOT NULL, tx INTEGER NOT NULL,"
          + " events BLOB NOT NULL, sequence INTEGER NOT NULL, conflict INTEGER NOT NULL)",
      // What was fetched to take a step, until the step was taken: files of the log, as signed and
      // sealed.
      "CREATE TABLE _sealift_fetched(sequence INTEGER PRIMARY KEY, server_time INTEGER NOT NULL, base INTEGER NOT NULL,"
          + " header BLOB NOT NULL, payload BLOB NOT NULL)",
      // The parts of a compaction that was made here, until they are in the outbox.
      "CREATE TABLE _sealift_made_part(number INTEGER PRIMARY KEY, plaintext BLOB NOT NULL)");

  private static final List<String> VERSION_11 = List.of(
      // Others' compactions in the log, and what this device has found of them.
      "CREATE TABLE _sealift_compaction(first_part INTEGER PRIMARY KEY, author BLOB NOT NULL, first INTEGER NOT NULL,"
          + " base INTEGER NOT NULL, root BLOB NOT NULL, parts INTEGER NOT NULL, came INTEGER NOT NULL, last_part INTEGER NOT NULL,"
          + " file BLOB NOT NULL, server_time INTEGER NOT NULL, attested INTEGER NOT NULL, contested INTEGER NOT NULL,"
          + " said TEXT NOT NULL, difference TEXT, tbl TEXT, key TEXT, name TEXT, kind TEXT)");

  private static final List<String> VERSION_12 = List.of(
      // A step brings old files without their ids, and so without what the tree came to with them.
      "ALTER TABLE _sealift_log RENAME TO _sealift_log_before",
      "CREATE TABLE _sealift_log(sequence INTEGER PRIMARY KEY, file BLOB, device INTEGER NOT NULL,"
          + " counter INTEGER NOT NULL, server_time INTEGER NOT NULL, base INTEGER NOT NULL, root BLOB)",
      "INSERT INTO _sealift_log(sequence, file, device, counter, server_time, base, root)"
          + " SELECT sequence, file, device, counter, server_time, base, root FROM _sealift_log_before ORDER BY sequence",
      "DROP TABLE _sealift_log_before",
      "CREATE UNIQUE INDEX _sealift_log_dot ON _sealift_log(device, counter)",
      "DROP TABLE _sealift_step_file",
      "CREATE TABLE _sealift_step_file(sequence INTEGER PRIMARY KEY, file BLOB, device INTEGER NOT NULL,"
          + " counter INTEGER NOT NULL, server_time INTEGER NOT NULL, base INTEGER NOT NULL, root BLOB,"
          + " place INTEGER NOT NULL, public INTEGER NOT NULL, newest INTEGER NOT NULL)");

  private static final List<String> VERSION_13 = List.of(
      // How long events on tables count: each lifetime is shorter than those before it of its
      // table.
      "CREATE TABLE _sealift_lifetime(name TEXT NOT NULL, sequence INTEGER NOT NULL, millis INTEGER NOT NULL,"
          + " PRIMARY KEY(name, sequence)) WITHOUT ROWID",
      "ALTER TABLE _sealift_step_keep ADD COLUMN lifetime INTEGER NOT NULL DEFAULT 0",
      // Files of the log that came without what they held, since it was over: when that was to be.
      "CREATE TABLE _sealift_expired(sequence INTEGER PRIMARY KEY, expires INTEGER NOT NULL)",
      // When tables were last gone through for what is over, and when some was last forgotten.
      "CREATE TABLE _sealift_sweep(name TEXT PRIMARY KEY, swept INTEGER NOT NULL, forgot INTEGER NOT NULL) WITHOUT ROWID");

  private static final List<String> VERSION_14 = List.of(
      // How much of the log each device has shown to hold, and when it signed that.
      "CREATE TABLE _sealift_view(device INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, t INTEGER NOT NULL)");

  private static final List<String> VERSION_15 = List.of(
      // What others have signed to hold beyond what is held here: the newest of each, as it came.
      "CREATE TABLE _sealift_ahead(device INTEGER PRIMARY KEY, position BLOB NOT NULL)");

  private static final List<List<String>> VERSIONS = List.of(
      VERSION_1,
      VERSION_2,
      VERSION_3,
      VERSION_4,
      VERSION_5,
      VERSION_6,
      VERSION_7,
      VERSION_8,
      VERSION_9,
      VERSION_10,
      VERSION_11,
      VERSION_12,
      VERSION_13,
      VERSION_14,
      VERSION_15);

  /** The version that this code writes. */
  static final int CURRENT = VERSIONS.size();

  private Migrations() {}

  /** Refuses, before anything is changed, what is not ours or is newer than this code. */
  static void check(Db db) {
    int version = pragma(db, "user_version");
    int application = pragma(db, "application_id");
    if (application != APPLICATION_ID && (application != 0 || version != 0 || hasTables(db))) {
      throw new StoreException(
          Code.NOT_A_STORE, "the file is a database of another program, not of Sealift");
    }
    if (version > CURRENT) {
      throw new StoreException(
          Code.NEWER_VERSION,
          "the space was last opened by a newer version of Sealift (its database is version "
              + version
              + ", this program knows "
              + CURRENT
              + "); update this program and open it again");
    }
  }

  /** Brings the database to the current version, all steps or none. */
  static void migrate(Db db) {
    int version = pragma(db, "user_version");
    for (int from = version; from < CURRENT; from++) {
      VERSIONS.get(from).forEach(db::execute);
    }
    if (version < CURRENT) {
      db.execute("PRAGMA application_id = " + APPLICATION_ID);
      db.execute("PRAGMA user_version = " + CURRENT);
    }
    db.commit();
  }

  private static int pragma(Db db, String name) {
    try (Statement statement = db.prepare("PRAGMA " + name)) {
      return statement.next() ? (int) statement.integer(1) : 0;
    }
  }

  private static boolean hasTables(Db db) {
    try (Statement statement = db.prepare("SELECT 1 FROM sqlite_schema")) {
      return statement.next();
    }
  }
}
