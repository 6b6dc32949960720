package dev.sealift.client.store;

import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.DotRef;
import dev.sealift.client.pack.EventRun;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import java.util.List;
import java.util.OptionalLong;

/**
 * Where files stand in a space that ranks by arrival, and this device's writes that have no place in the log yet. In a space that ranks by hybrid time everything
 * is at place 0, and nothing is kept or asked here. The package {@code merge} has the rule.
 *
 * <p>The places of unadmitted writes never fall in the order of their times, so what is kept of them is where they rise: an entry for the first write of each place.
 */
final class Places {
  private static final long NONE = 0;

  private final Db db;
  private final KeptRules rules;
  private final Devices devices;
  private final Unplaced unplaced;
  private final FileLog log;
  private final Statement insert;
  private final Statement select;
  private final Statement selectAt;
  private final Statement serverTime;
  private final Statement insertOwn;
  private final Statement deleteOwn;
  private final Statement deleteFrom;
  private final Statement selectOwn;
  private long lastServerTimeMillis;
  private long highestOwn;

  Places(Db db, KeptRules rules, Devices devices, Unplaced unplaced, FileLog log) {
    this.db = db;
    this.rules = rules;
    this.devices = devices;
    this.unplaced = unplaced;
    this.log = log;
    insert = db.prepare(
        "INSERT INTO _sealift_place(sequence, place, public, newest) VALUES (?, ?, ?, ?)");
    select = db.prepare("SELECT place FROM _sealift_place WHERE sequence = ?");
    selectAt = db.prepare(
        "SELECT p.place, p.newest FROM _sealift_log l JOIN _sealift_place p USING (sequence)"
            + " WHERE l.device = ? AND l.counter = ?");
    serverTime = db.prepare("SELECT server_time FROM _sealift_log WHERE sequence = ?");
    insertOwn = db.prepare("INSERT OR REPLACE INTO _sealift_own_place(t, place) VALUES (?, ?)");
    deleteOwn = db.prepare("DELETE FROM _sealift_own_place WHERE t <= ? OR place <= ?");
    deleteFrom = db.prepare("DELETE FROM _sealift_own_place WHERE t >= ? AND place <= ?");
    selectOwn = db.prepare("SELECT coalesce(max(place), 0) FROM _sealift_own_place WHERE t <= ?");
    load();
  }

  /** As the database has it. */
  void load() {
    String sql = "SELECT coalesce(max(server_time), 0) FROM _sealift_log WHERE sequence ="
        + " (SELECT max(sequence) FROM _sealift_log)";
    try (Statement last = db.prepare(sql)) {
      lastServerTimeMillis = last.next() ? last.integer(1) : 0;
    }
    highestOwn = number(selectOwn.bind(1, Long.MAX_VALUE));
  }

  private static long number(Statement one) {
    try {
      return one.next() ? one.integer(1) : NONE;
    } finally {
      one.reset();
    }
  }

  /** The server time at the position. */
  long lastServerTimeMillis() {
    return lastServerTimeMillis;
  }

  boolean areUsed() {
    return rules.current().isByArrival();
  }

  // Files

  /**
   * A file has come to the end of the log, where it stands now.
   *
   * @param runs those that count; none of a file that nobody can read
   * @return its place
   */
  long admit(RemoteFile file, List<EventRun> runs) {
    LogEntry entry = file.entry();
    lastServerTimeMillis = entry.serverTimeMillis();
    if (!areUsed()) {
      return NONE;
    }
    At before = at(devices.number(entry.author()), entry.counter() - 1);
    long place = rules.current().isLate(entry.serverTimeMillis(), file.newest())
        ? Math.max(Math.max(floor(file, runs), entry.base()), before.place())
        : entry.serverTimeMillis();
    long known = rules.current().publicPlace(entry.serverTimeMillis(), entry.base(), file.newest());
    long newest = Math.max(before.newest(), newest(runs));
    insert
        .bind(1, entry.sequence())
        .bind(2, place)
        .bind(3, known)
        .bind(4, newest)
        .run();
    return place;
  }

  /** The place of this device's last file in the log. */
  long ofLastOwn() {
    try (Statement last =
        db.prepare("SELECT p.place FROM _sealift_chain c JOIN _sealift_place p USING (sequence)"
            + " WHERE c.last_t > 0 ORDER BY sequence DESC LIMIT 1")) {
      return last.next() ? last.integer(1) : NONE;
    }
  }

  private static long newest(List<EventRun> runs) {
    return runs.stream()
        .flatMap(run -> run.rows().stream())
        .mapToLong(row -> row.time().bits())
        .max()
        .orElse(0);
  }

  /**
   * The time of the log as the author had seen it when writing the newest of the events, as far as the header bears it out, and the places of what he had seen beside it when writing
   * any.
   */
  private long floor(RemoteFile file, List<EventRun> runs) {
    if (runs.isEmpty()) {
      return NONE;
    }
    LogEntry entry = file.entry();
    long seen = Math.min(runs.get(runs.size() - 1).seenSequence(), file.seenSequence());
    List<DotRef> beside =
        runs.stream().flatMap(run -> run.seenFiles().stream()).distinct().toList();
    return Math.max(serverTime(Math.min(seen, entry.sequence() - 1)), highest(beside, entry));
  }

  /** The highest place of files, as far as the log has them before the one that names them. */
  private long highest(List<DotRef> files, LogEntry by) {
    long highest = NONE;
    for (DotRef file : files) {
      long there = log.sequenceOf(file, by.serverTimeMillis()).orElse(by.sequence());
      highest = there < by.sequence() ? Math.max(highest, ofSequence(there)) : highest;
    }
    return highest;
  }

  private long ofSequence(long sequence) {
    return number(select.bind(1, sequence));
  }

  /** That of a file of the log; 0 of one that it does not have. */
  long of(DotRef file) {
    return areUsed() ? log.sequenceOf(file).map(this::ofSequence).orElse(NONE) : NONE;
  }

  private long serverTime(long sequence) {
    return number(serverTime.bind(1, sequence));
  }

  /**
   * A file of a chain.
   *
   * @param newest the time of the newest event of the chain so far
   */
  private record At(long place, long newest) {
    static final At NOWHERE = new At(NONE, 0);
  }

  private At at(int device, long counter) {
    selectAt.bind(1, device).bind(2, counter);
    try {
      return selectAt.next() ? new At(selectAt.integer(1), selectAt.integer(2)) : At.NOWHERE;
    } finally {
      selectAt.reset();
    }
  }

  /** That of the file of the log at a place of a chain; 0 of none. */
  long at(DeviceId device, long counter) {
    return at(devices.number(device), counter).place();
  }

  /** Not below this is what was written after this much of the log was seen, as far as that is held. */
  long ofWhatWasSeen(long sequence) {
    return serverTime(Math.min(sequence, log.position()));
  }

  /** Those of the events of a file of the log. */
  OfEvents of(LogEntry entry) {
    if (!areUsed()) {
      return OfEvents.ZERO;
    }
    int author = devices.number(entry.author());
    long place = ofSequence(entry.sequence());
    At before = at(author, entry.counter() - 1);
    return new OfRepeated(author, entry, place, before.newest());
  }

  /** Remembers what the events of a run have in common, which hold many. */
  private final class OfRepeated implements OfEvents {
    private final int author;
    private final LogEntry entry;
    private final long place;
    private final long newestBefore;
    private List<DotRef> files = List.of();
    private long ofFiles;

    OfRepeated(int author, LogEntry entry, long place, long newestBefore) {
      this.author = author;
      this.entry = entry;
      this.place = place;
      this.newestBefore = newestBefore;
    }

    @Override
    public long at(long time, long seen, List<DotRef> seenFiles) {
      if (Long.compareUnsigned(time, newestBefore) > 0) {
        return place;
      }
      if (!seenFiles.equals(files)) {
        files = seenFiles;
        ofFiles = highest(files, entry);
      }
      return Math.max(first(author, entry.counter(), time), Math.max(serverTime(seen), ofFiles));
    }
  }

  /** That of the first file of a chain behind which no event of it should have such a time; one up to {@code counter} is. */
  private long first(int device, long counter, long time) {
    long below = 0;
    long first = counter;
    while (below + 1 < first) {
      long middle = (below + first) >>> 1;
      if (Long.compareUnsigned(at(device, middle).newest(), time) < 0) {
        below = middle;
      } else {
        first = middle;
      }
    }
    return at(device, first).place();
  }

  /** The places of a file's events: that of the file, but for those that are not later than what their author's files before it hold. Their author had gone on from them there, and was put back. */
  interface OfEvents {
    /** In a space that ranks by hybrid time. */
    OfEvents ZERO = (time, seen, files) -> NONE;

    /**
     * @param seen what its author had seen of the log; not the file, nor what stands behind it
     * @param files and beside it
     */
    long at(long time, long seen, List<DotRef> files);
  }

  // What this device wrote, and has no place in the log yet

  /** The place of what would be written now: not below anything that the device has seen. */
  long next() {
    return areUsed()
        ? Math.max(Math.max(lastServerTimeMillis, highestOwn), unplaced.highest())
        : NONE;
  }

  /** A write of this device at this time has its place from now on. */
  long written(HybridTime time) {
    long place = next();
    if (place > highestOwn) {
      insertOwn.bind(1, time.bits()).bind(2, place).run();
      highestOwn = place;
    }
    return place;
  }

  /** The place of an unadmitted write of this device. */
  long pending(long time) {
    return areUsed() ? number(selectOwn.bind(1, time)) : NONE;
  }

  /** The stamp of an unadmitted write of this device. */
  Stamp pendingStamp(long time) {
    return new Stamp(pending(time), time, Devices.SELF, 0);
  }

  /**
   * A file of this device has its place: what was written after it is not below that any more.
   *
   * @param last the time of its last event
   * @return the lowest place that anything written after it had before
   */
  long raise(HybridTime last, long place) {
    long after = last.bits() + 1;
    long lowest = pending(after);
    deleteOwn.bind(1, last.bits()).bind(2, place).run();
    insertOwn.bind(1, after).bind(2, Math.max(lowest, place)).run();
    highestOwn = Math.max(highestOwn, place);
    return lowest;
  }

  /**
   * What this device wrote at a time and after it is not below a place any more: something that it had seen without a place has that.
   *
   * @return the lowest place that any of it had before; empty when nothing has risen
   */
  OptionalLong raiseFrom(HybridTime first, long place) {
    long lowest = pending(first.bits());
    if (lowest >= place) {
      return OptionalLong.empty();
    }
    deleteFrom.bind(1, first.bits()).bind(2, place).run();
    insertOwn.bind(1, first.bits()).bind(2, place).run();
    highestOwn = Math.max(highestOwn, place);
    return OptionalLong.of(lowest);
  }

  /** Before the log goes back to {@code size}: this device's writes that lose their places in it do not stand lower by that. */
  void rewind(long size) {
    try (Statement keep = db.prepare(
        "INSERT OR REPLACE INTO _sealift_own_place(t, place) SELECT c.first_t, p.place"
            + " FROM _sealift_chain c JOIN _sealift_place p USING (sequence) WHERE c.sequence > ? AND c.last_t > 0")) {
      keep.bind(1, size).run();
    }
    try (Statement forget = db.prepare("DELETE FROM _sealift_place WHERE sequence > ?")) {
      forget.bind(1, size).run();
    }
  }
}
