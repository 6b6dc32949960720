package dev.sealift.client.store;

import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.DotRef;
import dev.sealift.client.value.Bytes;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The log up to the position, this device's own chain, and the files that wait for their receipts: the writer's side. */
final class FileLog {
  private static final String OWN_FILE =
      "SELECT 1 FROM _sealift_outbox WHERE counter = ?1 AND file = ?2"
          + " UNION ALL SELECT 1 FROM _sealift_chain WHERE counter = ?1 AND file = ?2";

  private final Devices devices;
  private final Statement insertLog;
  private final Statement insertOutbox;
  private final Statement insertChain;
  private final Statement keepFile;
  private final Statement keepSent;
  private final Statement ownFile;
  private final Statement ownSequence;
  private final Statement deleteOutbox;
  private final Statement deleteOutboxFrom;
  private final Statement last;
  private final Statement lastOwnTime;
  private final Statement sequenceOf;
  private final Db db;
  private final LongSupplier cutOffMillis;
  private long position;
  private long lastMillis;
  private long lastAdmitted;

  FileLog(Db db, Devices devices, LongSupplier cutOffMillis) {
    this.db = db;
    this.devices = devices;
    this.cutOffMillis = cutOffMillis;
    insertLog = db.prepare(
        "INSERT INTO _sealift_log(sequence, file, device, counter, server_time, base, root) VALUES (?, ?, ?, ?, ?, ?, ?)");
    insertOutbox = db.prepare(
        "INSERT INTO _sealift_outbox(counter, file, header, payload, first_t, last_t) VALUES (?, ?, ?, ?, ?, ?)");
    insertChain = db.prepare(
        "INSERT OR IGNORE INTO _sealift_chain(counter, file, first_t, last_t, sequence)"
            + " SELECT counter, file, first_t, last_t, ? FROM _sealift_outbox WHERE counter = ? AND file = ?");
    keepFile = db.prepare(
        "INSERT OR REPLACE INTO _sealift_file(sequence, header, payload) VALUES (?, ?, ?)");
    keepSent = db.prepare("INSERT OR REPLACE INTO _sealift_file(sequence, header, payload)"
        + " SELECT ?, header, payload FROM _sealift_outbox WHERE counter = ? AND file = ?");
    ownFile = db.prepare(OWN_FILE);
    ownSequence = db.prepare("SELECT 1 FROM _sealift_chain WHERE sequence = ?");
    deleteOutbox = db.prepare("DELETE FROM _sealift_outbox WHERE counter = ? AND file = ?");
    deleteOutboxFrom = db.prepare("DELETE FROM _sealift_outbox WHERE counter >= ?");
    last =
        db.prepare("SELECT sequence, server_time FROM _sealift_log ORDER BY sequence DESC LIMIT 1");
    lastOwnTime = db.prepare(
        "SELECT last_t FROM _sealift_chain WHERE sequence <= ? AND last_t > 0 ORDER BY sequence DESC LIMIT 1");
    sequenceOf = db.prepare("SELECT sequence, server_time, file FROM _sealift_log WHERE counter = ?"
        + " AND device = (SELECT idx FROM _sealift_device WHERE device = ?)");
    load();
  }

  /** As the database has it. */
  void load() {
    try {
      boolean any = last.next();
      position = any ? last.integer(1) : 0;
      lastMillis = any ? last.integer(2) : 0;
    } finally {
      last.reset();
    }
    lastAdmitted = lastOwnTime(position);
  }

  /** The last sequence that the store has, with everything before it. */
  long position() {
    return position;
  }

  /** The times of the first and the last event of a file that this store packed; empty of one that it did not, and of one without events. */
  Optional<Times> times(long counter, FileId file) {
    String sql =
        "SELECT first_t, last_t FROM _sealift_outbox WHERE counter = ?1 AND file = ?2 AND last_t > 0"
            + " UNION ALL SELECT first_t, last_t FROM _sealift_chain WHERE counter = ?1 AND file = ?2 AND last_t > 0";
    try (Statement select = db.prepare(sql)) {
      select.bind(1, counter).bind(2, file.toByteArray());
      return select.next()
          ? Optional.of(new Times(select.integer(1), select.integer(2)))
          : Optional.empty();
    }
  }

  /** The sealed payload of a file that this store packed. */
  Optional<byte[]> ownPayload(long counter, FileId file) {
    String sql = "SELECT payload FROM _sealift_outbox WHERE counter = ?1 AND file = ?2"
        + " UNION ALL SELECT f.payload FROM _sealift_file f JOIN _sealift_chain c USING (sequence)"
        + " WHERE c.counter = ?1 AND c.file = ?2";
    try (Statement select = db.prepare(sql)) {
      select.bind(1, counter).bind(2, file.toByteArray());
      return select.next() ? Optional.of(select.blob(1)) : Optional.empty();
    }
  }

  /** The time of this device's last write up to a sequence; 0 when there is none. */
  long lastOwnTime(long sequence) {
    lastOwnTime.bind(1, sequence);
    try {
      return lastOwnTime.next() ? lastOwnTime.integer(1) : 0;
    } finally {
      lastOwnTime.reset();
    }
  }

  /** The time of this device's last write that has its place in the log; 0 when there is none. */
  long lastAdmitted() {
    return lastAdmitted;
  }

  /** This device's writes up to its file at the position are admitted. */
  void admitted() {
    lastAdmitted = lastOwnTime(position);
  }

  /** Whether what has this stamp was written here, and has no place in the log yet. */
  boolean isUnadmitted(Stamp stamp) {
    return isUnadmitted(stamp, lastAdmitted);
  }

  /** Whether what has this stamp has its place in the log. */
  boolean isLogged(Stamp stamp) {
    return isLogged(stamp, lastAdmitted);
  }

  static boolean isLogged(Stamp stamp, long lastAdmitted) {
    return stamp.sequence() != Unplaced.SEQUENCE && !isUnadmitted(stamp, lastAdmitted);
  }

  static boolean isUnadmitted(Stamp stamp, long lastAdmitted) {
    return stamp.device() == Devices.SELF
        && stamp.sequence() == 0
        && Long.compareUnsigned(stamp.time(), lastAdmitted) > 0;
  }

  void append(LogEntry entry) {
    if (entry.sequence() != position + 1) {
      throw new IllegalArgumentException("the log grows by its next sequence, " + (position + 1));
    }
    insertLog
        .bind(1, entry.sequence())
        .bind(2, entry.file().toByteArray())
        .bind(3, devices.number(entry.author()))
        .bind(4, entry.counter())
        .bind(5, entry.serverTimeMillis())
        .bind(6, entry.base())
        .bind(7, entry.root().toByteArray())
        .run();
    position = entry.sequence();
    lastMillis = entry.serverTimeMillis();
  }

  /** Whether this store packed the file itself. */
  boolean isOwn(long counter, FileId file) {
    return isThere(ownFile.bind(1, counter).bind(2, file.toByteArray()));
  }

  /** Whether the file of a sequence is one that this store packed itself, and that has its receipt. */
  boolean isOwn(long sequence) {
    return isThere(ownSequence.bind(1, sequence));
  }

  void send(OutboxFile file) {
    insertOutbox
        .bind(1, file.counter())
        .bind(2, file.file().toByteArray())
        .bind(3, file.header().toByteArray())
        .bind(4, file.payload().toByteArray())
        .bind(5, file.first().bits())
        .bind(6, file.last().bits())
        .run();
  }

  /** The file has its place; it needs no sending any more. Doing it again changes nothing. */
  void settle(long counter, FileId file, long sequence) {
    insertChain.bind(1, sequence).bind(2, counter).bind(3, file.toByteArray()).run();
    keepSent.bind(1, sequence).bind(2, counter).bind(3, file.toByteArray()).run();
    deleteOutbox.bind(1, counter).bind(2, file.toByteArray()).run();
  }

  /**
   * Files of the outbox that the log has, up to the position, need no sending any more. One whose place an old file has that is not known by its id is that file if the log has one that this store made behind it, which names it as the one before;
   * otherwise it may be another, and waits on.
   */
  void settleAdmitted() {
    settle(admitted("l.file = o.file OR l.file IS NULL AND o.counter < (SELECT max(k.counter)"
        + " FROM _sealift_outbox k JOIN _sealift_log m ON m.device = " + Devices.SELF
        + " AND m.counter = k.counter AND m.file = k.file)"));
  }

  /**
   * The log has come to a file that this store made: those in front of it are in the log as well, also where that does not tell their ids.
   *
   * @return whether any of them waited
   */
  boolean settleBefore(long counter) {
    List<LogDot> before = admitted("l.file IS NULL AND o.counter < " + counter);
    settle(before);
    return !before.isEmpty();
  }

  /** Files of the outbox beside those of the log in their places. */
  private List<LogDot> admitted(String condition) {
    List<LogDot> admitted = new ArrayList<>();
    try (Statement select = db.prepare("SELECT o.counter, o.file, l.sequence FROM _sealift_outbox o"
        + " JOIN _sealift_log l ON l.device = " + Devices.SELF + " AND l.counter = o.counter"
        + " WHERE " + condition + " ORDER BY o.counter")) {
      while (select.next()) {
        admitted.add(new LogDot(select.integer(1), Stored.file(select.blob(2)), select.integer(3)));
      }
    }
    return admitted;
  }

  private void settle(List<LogDot> admitted) {
    admitted.forEach(own -> settle(own.counter(), own.file(), own.sequence()));
  }

  private record LogDot(long counter, FileId file, long sequence) {}

  /** Keeps a file as it came, beside its place. */
  void keep(long sequence, byte[] header, byte[] payload) {
    keepFile.bind(1, sequence).bind(2, header).bind(3, payload).run();
  }

  void withdrawFrom(long counter) {
    deleteOutboxFrom.bind(1, counter).run();
  }

  /** From a first to a last time. */
  record Times(long first, long last) {
    boolean cover(long time) {
      return first <= time && time <= last;
    }
  }

  /** A file of the log as it is kept. */
  record Sealed(LogEntry entry, boolean own, Bytes header, Bytes payload) {}

  /** Whether every file up to the position is kept: not in a home that is from before files were. */
  boolean keepsAll() {
    try (Statement count = db.prepare("SELECT count(*) FROM _sealift_file WHERE sequence <= ?")) {
      return count.bind(1, position).next() && count.integer(1) == position;
    }
  }

  /** The file of a sequence up to the position; empty where it came without what it holds, or by a step without its id, as changes of members do that are kept beside. */
  Optional<Sealed> sealed(long sequence) {
    String sql =
        "SELECT l.sequence, l.file, d.device, l.counter, l.server_time, l.base, l.root, f.header, f.payload,"
            + " EXISTS (SELECT 1 FROM _sealift_chain c WHERE c.counter = l.counter AND c.file = l.file)"
            + " FROM _sealift_log l JOIN _sealift_device d ON d.idx = l.device JOIN _sealift_file f USING (sequence)"
            + " WHERE l.sequence = ? AND l.root IS NOT NULL";
    try (Statement select = db.prepare(sql)) {
      return select.bind(1, sequence).next()
          ? Optional.of(new Sealed(
              logEntry(select),
              select.integer(10) != 0,
              Bytes.of(select.blob(8)),
              Bytes.of(select.blob(9))))
          : Optional.empty();
    }
  }

  /** The time of this device's first event after {@code time} that has no place in the log, up to the position; empty when there is none. */
  Optional<HybridTime> firstUnadmitted(HybridTime time) {
    String sql = "SELECT min(t) FROM (SELECT min(t) AS t FROM _sealift_journal WHERE t > ?1"
        + " UNION ALL SELECT max(first_t, ?1 + 1) FROM _sealift_outbox WHERE last_t > ?1"
        + " UNION ALL SELECT max(first_t, ?1 + 1) FROM _sealift_chain WHERE last_t > ?1 AND sequence > ?2)"
        + " WHERE t IS NOT NULL";
    try (Statement select = db.prepare(sql)) {
      select.bind(1, time.bits()).bind(2, position);
      return select.next() && !select.isNull(1)
          ? Optional.of(new HybridTime(select.integer(1)))
          : Optional.empty();
    }
  }

  /** Where the log has a file that is named now, by what has no place in it yet; as {@link #sequenceOf(DotRef, long)}. */
  Optional<Long> sequenceOf(DotRef dot) {
    return sequenceOf(dot, lastMillis);
  }

  /**
   * Where the log has a file; empty when it has none at its place of the chain, or another one. Of one that is older than the cut-off the place alone counts, since not everybody knows more of it: section 9 of the specification.
   *
   * @param namedMillis the server time of the file that names it
   */
  Optional<Long> sequenceOf(DotRef dot, long namedMillis) {
    sequenceOf.bind(1, dot.counter()).bind(2, dot.device().toByteArray());
    try {
      return sequenceOf.next() && isOf(dot.file(), namedMillis)
          ? Optional.of(sequenceOf.integer(1))
          : Optional.empty();
    } finally {
      sequenceOf.reset();
    }
  }

  private boolean isOf(FileId file, long namedMillis) {
    return namedMillis - sequenceOf.integer(2) >= cutOffMillis.getAsLong()
        || Arrays.equals(sequenceOf.blob(3), file.toByteArray());
  }

  /**
   * Keeps a file by another device that has no place.
   *
   * @return its number among those that are displaced
   */
  long hold(FileId file, Bytes header, Bytes payload) {
    try (Statement insert = db.prepare(
        "INSERT INTO _sealift_displaced(header, payload, file) VALUES (?, ?, ?) RETURNING id")) {
      insert.bind(1, header.toByteArray()).bind(2, payload.toByteArray());
      return RowMerger.onlyRow(insert.bind(3, file.toByteArray()));
    }
  }

  /** The number that the file of a sequence has among those that are displaced. */
  long displaced(long sequence) {
    String sql =
        "SELECT d.id FROM _sealift_log l JOIN _sealift_displaced d USING (file) WHERE l.sequence = ?";
    try (Statement select = db.prepare(sql)) {
      if (!select.bind(1, sequence).next()) {
        throw new IllegalArgumentException("not a file that is displaced");
      }
      return select.integer(1);
    }
  }

  /** The number of a file among those that are displaced. */
  Optional<Long> displaced(FileId file) {
    try (Statement select = db.prepare("SELECT id FROM _sealift_displaced WHERE file = ?")) {
      return select.bind(1, file.toByteArray()).next()
          ? Optional.of(select.integer(1))
          : Optional.empty();
    }
  }

  /** Keeps others' files beyond {@code size}, which are to lose their places, as displaced. */
  void displace(long size) {
    run(
        "INSERT INTO _sealift_displaced(header, payload, file)"
            + " SELECT f.header, f.payload, l.file FROM _sealift_file f JOIN _sealift_log l USING (sequence) WHERE sequence > ?"
            + " AND sequence NOT IN (SELECT sequence FROM _sealift_chain)"
            + " AND l.file IS NOT NULL"
            + " AND NOT EXISTS (SELECT 1 FROM _sealift_displaced d WHERE d.file = l.file) ORDER BY sequence",
        size);
    db.execute("UPDATE _sealift_displaced SET refused = 0"); // another log, another answer
  }

  /**
   * See {@link Batch#rewind}; after {@link #displace}. Rare: its statements are not kept.
   *
   * @return the times of events in this store's files that cannot be sent again as they were
   */
  List<Times> rewind(long size) {
    List<Times> unkept = takeUnkept(size);
    run(
        "INSERT OR REPLACE INTO _sealift_outbox(counter, file, header, payload, first_t, last_t)"
            + " SELECT c.counter, c.file, f.header, f.payload, c.first_t, c.last_t"
            + " FROM _sealift_chain c JOIN _sealift_file f USING (sequence) WHERE c.sequence > ?",
        size);
    run("DELETE FROM _sealift_chain WHERE sequence > ?", size);
    run("DELETE FROM _sealift_file WHERE sequence > ?", size);
    run("DELETE FROM _sealift_log WHERE sequence > ?", size);
    load();
    return unkept;
  }

  /**
   * Forgets own files beyond {@code size} from the first on that was not kept, since it is from before files were: those behind it cannot stand in
   * the chain without it.
   *
   * @return the times of their events
   */
  private List<Times> takeUnkept(long size) {
    List<Times> unkept = new ArrayList<>();
    long first = firstUnkept(size);
    try (Statement select = db.prepare(
        "SELECT first_t, last_t FROM _sealift_chain WHERE counter >= ?1 AND sequence > ?2"
            + " UNION ALL SELECT first_t, last_t FROM _sealift_outbox WHERE counter >= ?1")) {
      select.bind(1, first).bind(2, size);
      while (select.next()) {
        unkept.add(new Times(select.integer(1), select.integer(2)));
      }
    }
    withdrawFrom(first);
    try (Statement delete =
        db.prepare("DELETE FROM _sealift_chain WHERE counter >= ? AND sequence > ?")) {
      delete.bind(1, first).bind(2, size).run();
    }
    return unkept;
  }

  /** Its counter; beyond all of them when each was kept. */
  private long firstUnkept(long size) {
    String sql = "SELECT coalesce(min(counter), ?) FROM _sealift_chain WHERE sequence > ?"
        + " AND sequence NOT IN (SELECT sequence FROM _sealift_file)";
    try (Statement select = db.prepare(sql)) {
      select.bind(1, Long.MAX_VALUE).bind(2, size);
      return select.next() ? select.integer(1) : Long.MAX_VALUE;
    }
  }

  void removeDisplaced(long id) {
    run("DELETE FROM _sealift_displaced WHERE id = ?", id);
  }

  void refuseDisplaced(long id) {
    run("UPDATE _sealift_displaced SET refused = 1 WHERE id = ?", id);
  }

  private void run(String sql, long number) {
    try (Statement statement = db.prepare(sql)) {
      statement.bind(1, number).run();
    }
  }

  /** The first displaced file behind a number. What stands behind its header in the row is not touched: many are looked at for each that is sent. */
  static Optional<DisplacedFile> displaced(Reader reader, long afterId) {
    Statement select = reader.statement(
        "SELECT id, header FROM _sealift_displaced WHERE id > ? ORDER BY id LIMIT 1");
    select.bind(1, afterId);
    try {
      return select.next()
          ? Optional.of(new DisplacedFile(select.integer(1), Bytes.of(select.blob(2))))
          : Optional.empty();
    } finally {
      select.reset();
    }
  }

  static boolean isDisplacedRefused(Reader reader, long id) {
    return isThere(reader
        .statement("SELECT 1 FROM _sealift_displaced WHERE id = ? AND refused <> 0")
        .bind(1, id));
  }

  static boolean isDisplacedWaiting(Reader reader, FileId file) {
    return isThere(reader
        .statement("SELECT 1 FROM _sealift_displaced WHERE file = ? AND refused = 0")
        .bind(1, file.toByteArray()));
  }

  /** The sealed payload of a displaced file; empty when there is none of this number. */
  static Optional<Bytes> displacedPayload(Reader reader, long id) {
    Statement select = reader.statement("SELECT payload FROM _sealift_displaced WHERE id = ?");
    select.bind(1, id);
    try {
      return select.next() ? Optional.of(Bytes.of(select.blob(1))) : Optional.empty();
    } finally {
      select.reset();
    }
  }

  static List<OutboxFile> outbox(Reader reader) {
    Statement select = reader.statement(
        "SELECT counter, file, header, payload, first_t, last_t FROM _sealift_outbox ORDER BY counter");
    List<OutboxFile> files = new ArrayList<>();
    try {
      while (select.next()) {
        files.add(outboxFile(select));
      }
      return files;
    } finally {
      select.reset();
    }
  }

  static boolean isWaiting(Reader reader, long counter, FileId file) {
    Statement select =
        reader.statement("SELECT 1 FROM _sealift_outbox WHERE counter = ? AND file = ?");
    return isThere(select.bind(1, counter).bind(2, file.toByteArray()));
  }

  static Optional<Long> ownSequence(Reader reader, long counter, FileId file) {
    Statement select =
        reader.statement("SELECT sequence FROM _sealift_chain WHERE counter = ? AND file = ?");
    select.bind(1, counter).bind(2, file.toByteArray());
    try {
      return select.next() ? Optional.of(select.integer(1)) : Optional.empty();
    } finally {
      select.reset();
    }
  }

  static boolean isOwn(Reader reader, long counter, FileId file) {
    return isThere(reader.statement(OWN_FILE).bind(1, counter).bind(2, file.toByteArray()));
  }

  static boolean isThere(Statement select) {
    try {
      return select.next();
    } finally {
      select.reset();
    }
  }

  private static OutboxFile outboxFile(Statement select) {
    return new OutboxFile(
        select.integer(1),
        Stored.file(select.blob(2)),
        Bytes.of(select.blob(3)),
        Bytes.of(select.blob(4)),
        new HybridTime(select.integer(5)),
        new HybridTime(select.integer(6)));
  }

  /** From a sequence on, of which on all ids have to be known. */
  static List<LogEntry> log(Reader reader, long first, int maxEntries) {
    Statement select = reader.statement(
        "SELECT l.sequence, l.file, d.device, l.counter, l.server_time, l.base, l.root FROM _sealift_log l"
            + " JOIN _sealift_device d ON d.idx = l.device WHERE l.sequence >= ? ORDER BY l.sequence LIMIT ?");
    select.bind(1, first).bind(2, maxEntries);
    List<LogEntry> entries = new ArrayList<>();
    try {
      while (select.next()) {
        entries.add(logEntry(select));
      }
      return entries;
    } finally {
      select.reset();
    }
  }

  private static LogEntry logEntry(Statement select) {
    if (select.isNull(2) || select.isNull(7)) {
      throw new IllegalStateException("an old file of the log is known without its id alone");
    }
    return new LogEntry(
        select.integer(1),
        Stored.file(select.blob(2)),
        Stored.device(select.blob(3)),
        select.integer(4),
        select.integer(5),
        select.integer(6),
        Stored.hash(select.blob(7)));
  }

  /** The files that are kept, without a gap from a sequence on: one at least if it is there, and as many as fit. */
  static List<KeptFile> kept(Reader reader, long first, int maxFiles, long maxBytes) {
    Statement select = reader.statement(
        "SELECT f.sequence, l.server_time, f.header, f.payload FROM _sealift_file f JOIN _sealift_log l USING (sequence)"
            + " WHERE f.sequence >= ? ORDER BY f.sequence LIMIT ?");
    select.bind(1, first).bind(2, maxFiles);
    List<KeptFile> files = new ArrayList<>();
    long bytes = 0;
    try {
      while (select.next() && select.integer(1) == first + files.size()) {
        KeptFile file = new KeptFile(
            select.integer(1),
            select.integer(2),
            Bytes.of(select.blob(3)),
            Bytes.of(select.blob(4)));
        bytes += file.header().length() + file.payload().length();
        if (bytes > maxBytes && !files.isEmpty()) {
          break;
        }
        files.add(file);
      }
      return files;
    } finally {
      select.reset();
    }
  }

  /** The last sequence that the store has. */
  static long position(Reader reader) {
    Statement select = reader.statement("SELECT coalesce(max(sequence), 0) FROM _sealift_log");
    try {
      return select.next() ? select.integer(1) : 0;
    } finally {
      select.reset();
    }
  }

  /** The server time at the position; 0 at the beginning. */
  static long lastServerTime(Reader reader) {
    Statement select =
        reader.statement("SELECT server_time FROM _sealift_log ORDER BY sequence DESC LIMIT 1");
    try {
      return select.next() ? select.integer(1) : 0;
    } finally {
      select.reset();
    }
  }

  static long lastAdmitted(Reader reader) {
    Statement select = reader.statement(
        "SELECT last_t FROM _sealift_chain WHERE last_t > 0"
            + " AND sequence <= (SELECT coalesce(max(sequence), 0) FROM _sealift_log) ORDER BY sequence DESC LIMIT 1");
    try {
      return select.next() ? select.integer(1) : 0;
    } finally {
      select.reset();
    }
  }

  static Optional<ChainHead> chainHead(Reader reader, DeviceId device) {
    Statement select = reader.statement(
        "SELECT l.counter, l.file, coalesce(p.public, 0) FROM _sealift_log l LEFT JOIN _sealift_place p USING (sequence)"
            + " WHERE l.device = (SELECT idx FROM _sealift_device WHERE device = ?) ORDER BY l.counter DESC LIMIT 1");
    return head(select.bind(1, device.toByteArray()));
  }

  /** The counter of the last file that the log has of a chain; 0 when there is none. Known also where the file's id is not. */
  static long lastCounter(Reader reader, DeviceId device) {
    Statement select = reader.statement("SELECT coalesce(max(counter), 0) FROM _sealift_log"
        + " WHERE device = (SELECT idx FROM _sealift_device WHERE device = ?)");
    select.bind(1, device.toByteArray());
    try {
      return select.next() ? select.integer(1) : 0;
    } finally {
      select.reset();
    }
  }

  static Optional<ChainPlace> chainAt(Reader reader, DeviceId device, long counter) {
    Statement select = reader.statement("SELECT l.file, coalesce(p.public, 0) FROM _sealift_log l"
        + " LEFT JOIN _sealift_place p USING (sequence) WHERE l.counter = ?"
        + " AND l.device = (SELECT idx FROM _sealift_device WHERE device = ?)");
    select.bind(1, counter).bind(2, device.toByteArray());
    try {
      return select.next()
          ? Optional.of(new ChainPlace(knownFile(select, 1), select.integer(2)))
          : Optional.empty();
    } finally {
      select.reset();
    }
  }

  private static Optional<FileId> knownFile(Statement select, int column) {
    return select.isNull(column) ? Optional.empty() : Optional.of(Stored.file(select.blob(column)));
  }

  /** The file of a sequence, as far as its id is known; empty also where there is none. */
  static Optional<FileId> fileAt(Reader reader, long sequence) {
    Statement select =
        reader.statement("SELECT file FROM _sealift_log WHERE sequence = ? AND file IS NOT NULL");
    select.bind(1, sequence);
    try {
      return select.next() ? knownFile(select, 1) : Optional.empty();
    } finally {
      select.reset();
    }
  }

  /** Where a file stands. Looks through the whole log. */
  static Optional<Long> sequenceOf(Reader reader, FileId file) {
    Statement select = reader.statement("SELECT sequence FROM _sealift_log WHERE file = ?");
    select.bind(1, file.toByteArray());
    try {
      return select.next() ? Optional.of(select.integer(1)) : Optional.empty();
    } finally {
      select.reset();
    }
  }

  /** The root of the tree with the file of a sequence as its last leaf; empty where that is not known. */
  static Optional<Hash> rootAt(Reader reader, long sequence) {
    Statement select =
        reader.statement("SELECT root FROM _sealift_log WHERE sequence = ? AND root IS NOT NULL");
    select.bind(1, sequence);
    try {
      return select.next() ? Optional.of(Stored.hash(select.blob(1))) : Optional.empty();
    } finally {
      select.reset();
    }
  }

  /** The server time of a file of the log. */
  static long serverTimeAt(Reader reader, long sequence) {
    Statement select = reader.statement("SELECT server_time FROM _sealift_log WHERE sequence = ?");
    select.bind(1, sequence);
    try {
      if (!select.next()) {
        throw new IllegalArgumentException("the log is not held that far");
      }
      return select.integer(1);
    } finally {
      select.reset();
    }
  }

  /** Whether each chain's last file of the first {@code size} has an id that is known. */
  static boolean hasEndsAt(Reader reader, long size) {
    return !isThere(reader
        .statement("SELECT 1 FROM _sealift_log l WHERE l.sequence <= ?1 AND l.file IS NULL"
            + " AND NOT EXISTS (SELECT 1 FROM _sealift_log n WHERE n.device = l.device"
            + " AND n.counter = l.counter + 1 AND n.sequence <= ?1) LIMIT 1")
        .bind(1, size));
  }

  /** Where a write of this device stands, of which its rows tell the time. */
  static WritePlace placeOfOwn(Reader reader, HybridTime time) {
    if (isThere(
        reader.statement("SELECT 1 FROM _sealift_journal WHERE t = ?").bind(1, time.bits()))) {
      return WritePlace.LOCAL;
    }
    if (isThere(reader
        .statement("SELECT 1 FROM _sealift_outbox WHERE first_t <= ?1 AND last_t >= ?1")
        .bind(1, time.bits()))) {
      return WritePlace.PACKED;
    }
    // Files' times ascend with their counters. What is in none of them came by another copy of this
    // home, or by a step.
    Statement select = reader.statement(
        "SELECT sequence, last_t FROM _sealift_chain WHERE last_t > 0 AND first_t <= ? ORDER BY counter DESC LIMIT 1");
    select.bind(1, time.bits());
    try {
      return select.next() && Long.compareUnsigned(select.integer(2), time.bits()) >= 0
          ? WritePlace.at(select.integer(1))
          : WritePlace.at(lastOwnSequence(reader));
    } finally {
      select.reset();
    }
  }

  /** The first file of this device with a place that has an event of a time or a later one; 0 when there is none. Pending writes may have moved on meanwhile, in their order. */
  static long firstOwnSequence(Reader reader, HybridTime upTo) {
    Statement select = reader.statement("SELECT sequence FROM _sealift_chain WHERE last_t >= ?1"
        + " AND counter > coalesce((SELECT counter FROM _sealift_chain WHERE last_t > 0 AND last_t < ?1"
        + " ORDER BY counter DESC LIMIT 1), 0) ORDER BY counter LIMIT 1");
    select.bind(1, upTo.bits());
    try {
      return select.next() ? select.integer(1) : 0;
    } finally {
      select.reset();
    }
  }

  /** The last file of this device that has its place, also behind the position. */
  static long lastOwnSequence(Reader reader) {
    Statement select = reader.statement(
        "SELECT max((SELECT coalesce(max(sequence), 0) FROM _sealift_chain), (SELECT coalesce(max(sequence), 0)"
            + " FROM _sealift_log WHERE device = " + Devices.SELF + "))");
    try {
      return select.next() ? select.integer(1) : 0;
    } finally {
      select.reset();
    }
  }

  static Optional<FileId> ownFileAt(Reader reader, long counter) {
    Statement select = reader.statement("SELECT file FROM _sealift_outbox WHERE counter = ?1"
        + " UNION ALL SELECT file FROM _sealift_chain WHERE counter = ?1");
    select.bind(1, counter);
    try {
      return select.next() ? Optional.of(Stored.file(select.blob(1))) : Optional.empty();
    } finally {
      select.reset();
    }
  }

  static Optional<ChainHead> ownHead(Reader reader) {
    return head(reader.statement(
        "SELECT counter, file, 0 FROM (SELECT counter, file, 2 AS source FROM _sealift_outbox"
            + " UNION ALL SELECT counter, file, 0 FROM _sealift_chain"
            + " UNION ALL SELECT counter, file, 1 FROM _sealift_log WHERE device = 0)"
            + " ORDER BY counter DESC, source DESC LIMIT 1"));
  }

  private static Optional<ChainHead> head(Statement select) {
    try {
      return select.next()
          ? Optional.of(
              new ChainHead(select.integer(1), Stored.file(select.blob(2)), select.integer(3)))
          : Optional.empty();
    } finally {
      select.reset();
    }
  }
}
