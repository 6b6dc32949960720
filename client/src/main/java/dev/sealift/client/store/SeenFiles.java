package dev.sealift.client.store;

import dev.sealift.client.pack.DotRef;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.store.AuthorSeen.Reach;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files by others that this device was given directly and that have no place in the log yet; and which of them it held when it wrote something. That is a set of dots, the newest of
 * each chain, which stands for all before it; each set is kept once, under a number.
 */
final class SeenFiles {
  /** The set of nothing. */
  static final long NONE = 0;

  private static final int DOT_BYTES = DeviceId.BYTES + Long.BYTES + FileId.BYTES;

  /** What a dot takes beside in a payload: the lengths of its fields. */
  private static final int DOT_MORE_BYTES = 8;

  private static final String NEWEST =
      "SELECT v.device, max(t.counter), t.file FROM _sealift_taken_over t"
          + " JOIN _sealift_device v ON v.idx = t.device WHERE t.refused = 0 AND t.device <> "
          + Devices.SELF + " GROUP BY t.device";

  /** As many sets are remembered at the most: events that wait come in few. */
  private static final int MOST_REACHES = 256;

  private static final String HELD =
      "SELECT t.id, v.device, t.counter, t.file, t.own_t, t.place, t.seen, t.files"
          + " FROM _sealift_taken_over t JOIN _sealift_device v ON v.idx = t.device WHERE t.";

  private static final String SELECT = "SELECT dots FROM _sealift_seen_files WHERE id = ?";

  private final Db db;
  private final Devices devices;
  private final FileLog log;
  private final Statement select;
  private final Statement any;
  private final Statement waitingTime;
  private final Statement takenTime;
  private final Statement takenPlace;
  private final Statement placedBefore;

  /** What sets come to, as the log is and files are held now. */
  private final Map<Long, Map<Integer, Reach>> reaches = new HashMap<>();

  private boolean empty;
  private long now;
  private long nowBytes;
  private boolean known;

  SeenFiles(Db db, Devices devices, FileLog log) {
    this.db = db;
    this.devices = devices;
    this.log = log;
    select = db.prepare(SELECT);
    any = db.prepare("SELECT 1 FROM _sealift_taken_over LIMIT 1");
    waitingTime = db.prepare(
        "SELECT last_t FROM _sealift_taken_over WHERE file = ? AND counter = ? AND refused = 0");
    takenTime = db.prepare(
        "SELECT last_t FROM _sealift_taken_over WHERE file = ? AND device = ? AND counter = ?");
    takenPlace = db.prepare(
        "SELECT coalesce(max(place), 0) FROM _sealift_taken_over WHERE device = ? AND counter = ? AND (file = ? OR ? IS NULL)");
    placedBefore = db.prepare("SELECT sequence FROM _sealift_log WHERE device = ?1"
        + " AND counter < (SELECT min(counter) FROM _sealift_taken_over WHERE device = ?1)"
        + " AND EXISTS (SELECT 1 FROM _sealift_taken_over WHERE device = ?1 AND counter = ?2 AND file = ?3)"
        + " ORDER BY counter DESC LIMIT 1");
    load();
  }

  /** As the database has it. */
  void load() {
    known = false;
    reaches.clear();
    try {
      empty = !any.next();
    } finally {
      any.reset();
    }
  }

  // Files

  boolean isEmpty() {
    return empty;
  }

  /**
   * A file is held from now on.
   *
   * @param id its number among those that are displaced
   * @param newest the time of its newest event
   * @param basis what its author had seen of the log, and without places
   * @param lastOwn the time of this device's last event, which is the last that has not seen it
   * @param place where it stands until the log has it
   */
  void take(long id, DotRef dot, HybridTime newest, Basis basis, HybridTime lastOwn, long place) {
    try (Statement insert = db.prepare(
        "INSERT INTO _sealift_taken_over(id, device, counter, file, last_t, seen, files, own_t, place)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      insert.bind(1, id).bind(2, devices.number(dot.device())).bind(3, dot.counter());
      insert.bind(4, dot.file().toByteArray()).bind(5, newest.bits());
      insert.bind(6, basis.sequence()).bind(7, of(basis.files()));
      insert.bind(8, lastOwn.bits()).bind(9, place).run();
    }
    load();
  }

  /** At the end of what was taken over. */
  void requireFew() {
    if (newest().size() > Limits.MAX_BUILDS_ON) {
      throw new StoreException(
          StoreException.Code.TOO_MANY_FILES,
          "files of more devices wait for the mesh than one file can name; connect first");
    }
  }

  /**
   * The file has a place, or is given up.
   *
   * @return whether it is one that came directly
   */
  boolean forget(long id) {
    if (empty) {
      return false;
    }
    boolean held;
    try (Statement delete = db.prepare("DELETE FROM _sealift_taken_over WHERE id = ?")) {
      held = delete.bind(1, id).run() > 0;
    }
    load();
    if (empty) {
      db.execute(
          "DELETE FROM _sealift_seen_files WHERE id NOT IN (SELECT files FROM _sealift_journal"
              + " UNION SELECT files FROM _sealift_op UNION SELECT files FROM _sealift_unplaced)");
    }
    return held;
  }

  /**
   * The mesh has refused a displaced file for good.
   *
   * @return whether it is one that came directly
   */
  boolean refuse(long id) {
    known = false;
    reaches.clear();
    try (Statement refuse = db.prepare("UPDATE _sealift_taken_over SET refused = 1 WHERE id = ?")) {
      return refuse.bind(1, id).run() > 0;
    }
  }

  /** Those that are held: of each chain the newest. What the mesh will never take is not waited for. */
  private List<DotRef> newest() {
    try (Statement held = db.prepare(NEWEST)) {
      return newest(held);
    }
  }

  static List<DotRef> newest(Reader reader) {
    Statement held = reader.statement(NEWEST);
    try {
      return newest(held);
    } finally {
      held.reset();
    }
  }

  /** Whether a displaced file is one of them, and is waited for. */
  static boolean isHeld(Reader reader, long id) {
    return FileLog.isThere(reader
        .statement("SELECT 1 FROM _sealift_taken_over WHERE id = ? AND refused = 0")
        .bind(1, id));
  }

  private static List<DotRef> newest(Statement held) {
    List<DotRef> dots = new ArrayList<>();
    while (held.next()) {
      dots.add(new DotRef(Stored.device(held.blob(1)), held.integer(2), Stored.file(held.blob(3))));
    }
    return dots;
  }

  // Sets

  /** The set of what is held now. */
  long now() {
    if (empty) {
      return NONE;
    }
    if (!known) {
      List<DotRef> dots = newest();
      now = of(dots);
      nowBytes = dots.size() * (long) (DOT_BYTES + DOT_MORE_BYTES);
      known = true;
    }
    return now;
  }

  /** What it takes on each run in a file, about. */
  long nowBytes() {
    return now() == NONE ? 0 : nowBytes;
  }

  /** The number of a set. */
  long of(List<DotRef> dots) {
    if (dots.isEmpty()) {
      return NONE;
    }
    byte[] bytes = toBytes(dots);
    try (Statement insert =
        db.prepare("INSERT OR IGNORE INTO _sealift_seen_files(dots) VALUES (?)")) {
      insert.bind(1, bytes).run();
    }
    try (Statement find = db.prepare("SELECT id FROM _sealift_seen_files WHERE dots = ?")) {
      if (!find.bind(1, bytes).next()) {
        throw new IllegalStateException("a set that was kept is there");
      }
      return find.integer(1);
    }
  }

  private static byte[] toBytes(List<DotRef> dots) {
    ByteBuffer bytes = ByteBuffer.allocate(DOT_BYTES * dots.size());
    dots.stream()
        .sorted(Comparator.comparing(DotRef::device))
        .forEach(dot -> bytes
            .put(dot.device().toByteArray())
            .putLong(dot.counter())
            .put(dot.file().toByteArray()));
    return bytes.array();
  }

  private static List<DotRef> parse(byte[] all) {
    ByteBuffer bytes = ByteBuffer.wrap(all);
    List<DotRef> dots = new ArrayList<>();
    while (bytes.remaining() >= DOT_BYTES) {
      byte[] device = new byte[DeviceId.BYTES];
      byte[] file = new byte[FileId.BYTES];
      bytes.get(device);
      long counter = bytes.getLong();
      bytes.get(file);
      dots.add(new DotRef(Stored.device(device), counter, Stored.file(file)));
    }
    return dots;
  }

  /** The dots of a set. */
  static List<DotRef> dots(Reader reader, long set) {
    return set == NONE ? List.of() : read(reader.statement(SELECT), set);
  }

  private List<DotRef> dots(long set) {
    return set == NONE ? List.of() : read(select, set);
  }

  /** Each set that pending writes have, by the time of the first that has it. */
  static Map<HybridTime, List<DotRef>> pending(Reader reader) {
    Map<HybridTime, List<DotRef>> sets = new HashMap<>();
    Statement select = reader.statement("SELECT min(j.t), s.dots FROM _sealift_journal j"
        + " JOIN _sealift_seen_files s ON s.id = j.files GROUP BY s.id");
    try {
      while (select.next()) {
        sets.put(new HybridTime(select.integer(1)), parse(select.blob(2)));
      }
    } finally {
      select.reset();
    }
    return sets;
  }

  private static List<DotRef> read(Statement select, long set) {
    select.bind(1, set);
    try {
      return select.next() ? parse(select.blob(1)) : List.of();
    } finally {
      select.reset();
    }
  }

  // Times

  /** The time of the newest event in files that the log may have yet; zero when there are none. */
  HybridTime lastTime() {
    if (empty) {
      return HybridTime.ZERO;
    }
    try (Statement last =
        db.prepare("SELECT coalesce(max(last_t), 0) FROM _sealift_taken_over WHERE refused = 0")) {
      return new HybridTime(last.next() ? last.integer(1) : 0);
    }
  }

  /** The same, of the files of a set. */
  long lastTimeOf(long set) {
    long last = 0;
    for (DotRef dot : dots(set)) {
      last = Math.max(last, waitingTime(dot));
    }
    return last;
  }

  private long waitingTime(DotRef dot) {
    return numberOf(waitingTime.bind(1, dot.file().toByteArray()).bind(2, dot.counter()));
  }

  private static long numberOf(Statement one) {
    try {
      return one.next() ? one.integer(1) : 0;
    } finally {
      one.reset();
    }
  }

  // Places

  /**
   * What the author of a file's events had seen: the most that any of them had.
   *
   * @param files the newest of each chain that had no place, of those that are known here
   */
  record Basis(long sequence, List<DotRef> files) {}

  /** That of a file that comes directly. It may name whatever its author likes: of that no more is kept than there are chains. */
  Basis basis(List<EventRun> runs) {
    Map<DeviceId, DotRef> newest = new HashMap<>();
    runs.stream()
        .flatMap(run -> run.seenFiles().stream())
        .distinct()
        .filter(this::isKnown)
        .forEach(dot -> newest.merge(
            dot.device(), dot, (one, other) -> one.counter() < other.counter() ? other : one));
    long sequence = runs.stream().mapToLong(EventRun::seenSequence).max().orElse(0);
    return new Basis(sequence, List.copyOf(newest.values()));
  }

  private boolean isKnown(DotRef dot) {
    return log.sequenceOf(dot).isPresent()
        || waitingTime(dot) != 0
        || number(dot).orElse(-1) == Devices.SELF && log.isOwn(dot.counter(), dot.file());
  }

  /**
   * A file that came directly.
   *
   * @param lastOwn the time of this device's last event that has not seen it
   * @param place where it stands until the log has it
   */
  record Held(long id, DotRef dot, Basis basis, HybridTime lastOwn, long place) {}

  private Held held(Statement from) {
    DotRef dot =
        new DotRef(Stored.device(from.blob(2)), from.integer(3), Stored.file(from.blob(4)));
    Basis basis = new Basis(from.integer(7), dots(from.integer(8)));
    return new Held(from.integer(1), dot, basis, new HybridTime(from.integer(5)), from.integer(6));
  }

  /** By its number. */
  Optional<Held> held(long id) {
    try (Statement select = db.prepare(HELD + "id = ?")) {
      return select.bind(1, id).next() ? Optional.of(held(select)) : Optional.empty();
    }
  }

  /** All that the log may have yet, each behind those that it builds on. */
  List<Held> held() {
    List<Held> held = new ArrayList<>();
    try (Statement select = db.prepare(HELD + "refused = 0 ORDER BY t.id")) {
      while (select.next()) {
        held.add(held(select));
      }
    }
    return held;
  }

  /** Where a file stands that came directly; 0 of one that is none. */
  long placeOf(DotRef file) {
    takenPlace.bind(3, file.file().toByteArray()).bind(4, file.file().toByteArray());
    return placeAt(file.device(), file.counter());
  }

  /** Where the file stands that came directly and is at a place of a chain. */
  long placeOf(DeviceId device, long counter) {
    takenPlace.bind(3, Value.NULL).bind(4, Value.NULL);
    return placeAt(device, counter);
  }

  private long placeAt(DeviceId device, long counter) {
    return numberOf(takenPlace.bind(1, devices.number(device)).bind(2, counter));
  }

  void raise(long id, long place) {
    try (Statement raise = db.prepare("UPDATE _sealift_taken_over SET place = ? WHERE id = ?")) {
      raise.bind(1, place).bind(2, id).run();
    }
  }

  // What they say of what was seen

  /**
   * What the author of admitted events had seen. A function of the log before them.
   *
   * @param sequence up to here he says to have seen all
   * @param files and those, without receipts
   * @param before the sequence of his file: what stands there or behind it was not seen, whatever he says
   * @param serverTimeMillis of the same file
   */
  AuthorSeen inLog(
      int author, long sequence, List<DotRef> files, long before, long serverTimeMillis) {
    if (files.isEmpty()) {
      return new AuthorSeen(author, sequence, log.lastOwnTime(sequence), Map.of());
    }
    Map<Integer, Reach> more = new HashMap<>();
    for (DotRef dot : files) {
      log.sequenceOf(dot, serverTimeMillis)
          .filter(there -> there < before)
          .ifPresent(there -> more.merge(
              number(dot).orElseThrow(), new Reach(there, ownTime(dot, there)), Reach::max));
    }
    return new AuthorSeen(author, sequence, log.lastOwnTime(sequence), more);
  }

  private long ownTime(DotRef dot, long sequence) {
    return number(dot).orElseThrow() == Devices.SELF ? log.lastOwnTime(sequence) : 0;
  }

  private Optional<Integer> number(DotRef dot) {
    return devices.known(dot.device().toByteArray());
  }

  /** As above, of events that have no place yet, as they are shown. */
  AuthorSeen shown(int author, long sequence, long set) {
    long ownTime = author == Devices.SELF ? 0 : log.lastOwnTime(sequence); // it has seen its own
    return new AuthorSeen(author, sequence, ownTime, set == NONE ? Map.of() : reaches(set));
  }

  private Map<Integer, Reach> reaches(long set) {
    if (reaches.size() >= MOST_REACHES) {
      reaches.clear();
    }
    return reaches.computeIfAbsent(set, this::findReaches);
  }

  private Map<Integer, Reach> findReaches(long set) {
    Map<Integer, Reach> more = new HashMap<>();
    for (DotRef dot : dots(set)) {
      number(dot)
          .ifPresent(number -> more.merge(
              number,
              new Reach(
                  log.sequenceOf(dot).orElseGet(() -> placedBefore(number, dot)),
                  newestTime(number, dot)),
              Reach::max));
    }
    return more;
  }

  /** Up to where the log has the chain in front of a file that is held for it; 0 where it has another file than one that is held, and once the file is given up. */
  private long placedBefore(int device, DotRef dot) {
    return numberOf(
        placedBefore.bind(1, device).bind(2, dot.counter()).bind(3, dot.file().toByteArray()));
  }

  /** The log may have gone on, or back. */
  void forgetReaches() {
    reaches.clear();
  }

  private long newestTime(int device, DotRef dot) {
    if (device == Devices.SELF) {
      return log.times(dot.counter(), dot.file()).map(FileLog.Times::last).orElse(0L);
    }
    return numberOf(
        takenTime.bind(1, dot.file().toByteArray()).bind(2, device).bind(3, dot.counter()));
  }
}
