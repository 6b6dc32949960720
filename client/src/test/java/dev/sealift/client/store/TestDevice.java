package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.pack.DotRef;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.value.Bytes;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.membership.SpaceRules;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.sqlite.SQLiteConfig.SynchronousMode;

/** A store with a clock set by hand, and files that are nothing but their events. */
public final class TestDevice implements AutoCloseable {
  static final SpaceRules RULES = SpaceRules.defaults();

  /** What came more than a second after it was written is late. */
  static final SpaceRules BY_ARRIVAL = byArrival();

  static final long CLOCK_BOUND_MILLIS = RULES.clockBoundMillis();
  static final long START_MILLIS = 1_800_000_000_000L;
  static final TableSchema CITIES = new TableSchema(
      "cities",
      "id",
      List.of(
          new ColumnSchema("name", ColumnType.ANY),
          new ColumnSchema("country", ColumnType.ANY),
          new ColumnSchema("population", ColumnType.ANY)));

  /** With a column of each kind of compound cells. */
  static final TableSchema COMPOUND_CITIES = new TableSchema(
      "cities",
      "id",
      List.of(
          new ColumnSchema("name", ColumnType.ANY),
          new ColumnSchema("country", ColumnType.ANY),
          new ColumnSchema("population", ColumnType.ANY),
          new ColumnSchema("mood", ColumnType.MULTI_VALUE),
          new ColumnSchema("visits", ColumnType.COUNTER),
          new ColumnSchema("tags", ColumnType.SET),
          new ColumnSchema("text", ColumnType.UPDATES)));

  private static SpaceRules byArrival() {
    try {
      return SpaceRules.byArrival(1_000);
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  static SpaceRules rules(boolean byArrival) {
    return byArrival ? BY_ARRIVAL : RULES;
  }

  private final Driver driver;
  final DeviceId id;
  final Path file;
  public SpaceStore store;
  long millis = START_MILLIS;
  private final Map<FileId, Sent> kept = new HashMap<>();
  private long counter;

  /** A file as it travels between tests' devices. */
  record Sent(
      DeviceId author,
      long counter,
      FileId id,
      HybridTime first,
      HybridTime newest,
      List<DotRef> buildsOn,
      long expiresAtMillis,
      List<EventRun> runs) {
    OutboxFile outboxFile() {
      return new OutboxFile(counter, id, header(), payload(), first, newest);
    }

    /** As its header says it: what has no place in the log that its author holds. */
    Sent buildingOn(List<DotRef> files) {
      return new Sent(author, counter, id, first, newest, files, expiresAtMillis, runs);
    }

    Sent expiring(long millis) {
      return new Sent(author, counter, id, first, newest, buildsOn, millis, runs);
    }

    /** Whether the mesh may let go of what it holds once the log is where a server time is. */
    boolean isExpired(long serverTimeMillis) {
      return expiresAtMillis != RemoteFile.NEVER && expiresAtMillis <= serverTimeMillis;
    }

    List<DotRef> seenFiles() {
      return runs.stream().flatMap(run -> run.seenFiles().stream()).toList();
    }

    Bytes header() {
      return Bytes.of(id.toByteArray());
    }

    static Bytes payload() {
      return Bytes.of((byte) 2);
    }

    LogEntry entry(long sequence) {
      return entry(sequence, START_MILLIS + sequence, 0);
    }

    private LogEntry entry(long sequence, long serverTimeMillis, long base) {
      return new LogEntry(
          sequence, id, author, counter, serverTimeMillis, base, hash("root" + sequence));
    }

    RemoteFile at(long sequence) {
      return at(sequence, START_MILLIS + sequence);
    }

    RemoteFile at(long sequence, long serverTimeMillis) {
      return at(sequence, serverTimeMillis, 0);
    }

    RemoteFile at(long sequence, long serverTimeMillis, long base) {
      return remote(entry(sequence, serverTimeMillis, base));
    }

    RemoteFile remote(LogEntry entry) {
      return new RemoteFile(entry, newest, entry.sequence() - 1, expiresAtMillis, runs);
    }
  }

  TestDevice(Path file, String name) {
    this(new JdbcDriver(SynchronousMode.OFF), file, name);
  }

  TestDevice(Driver driver, Path file, String name) {
    this(driver, file, DeviceId.of(hash(name)));
  }

  TestDevice(Driver driver, Path file, DeviceId id) {
    this.driver = driver;
    this.file = file;
    this.id = id;
    open();
  }

  void open() {
    store = SpaceStore.open(driver, file, id, () -> millis);
    counter = store.ownHead().map(ChainHead::counter).orElse(0L);
  }

  static Hash hash(String text) {
    return Hash.of(text.getBytes(StandardCharsets.UTF_8));
  }

  public TestDevice withCities() {
    write(batch -> batch.declare(CITIES));
    return this;
  }

  TestDevice withCompoundCities() {
    write(batch -> batch.declare(COMPOUND_CITIES));
    return this;
  }

  /** One of six operations on the compound cells of {@link #COMPOUND_CITIES}, if the store knows them. */
  void part(String key, int which, int value) {
    if (store.tables().stream()
        .noneMatch(table -> table.name().equals("cities")
            && table.columns().containsAll(COMPOUND_CITIES.columns()))) {
      return;
    }
    Value update = Value.of(new byte[] {(byte) value});
    write(batch -> {
      switch (which) {
        case 0 -> batch.assign("cities", key, "mood", Value.of(value));
        case 1 -> batch.increment("cities", key, "visits", value - 2);
        case 2, 3 -> batch.add("cities", key, "tags", Value.of(value % 3));
        case 4, 5 -> batch.discard("cities", key, "tags", Value.of(value % 3));
        case 6 -> batch.append("cities", key, "text", update);
        default -> batch.collapse("cities", key, "text", update);
      }
    });
  }

  void write(Consumer<Batch> work) {
    try (Batch batch = store.batch()) {
      work.accept(batch);
      batch.commit();
    }
  }

  public void put(String key, Map<String, Value> values) {
    write(batch -> batch.put("cities", key, values));
  }

  public void patch(String key, Map<String, Value> values) {
    write(batch -> batch.patch("cities", key, values));
  }

  public void remove(String key) {
    write(batch -> batch.remove("cities", key));
  }

  /** The events that a packer would get, up to {@code maxBytes}. */
  List<EventRun> pendingRuns(PendingEvents pending) {
    List<EventRun> runs = new ArrayList<>();
    pending.runs().forEach(runs::add);
    return runs;
  }

  /** Packs what is pending into one file; null when nothing is. */
  Sent pack(long maxBytes) {
    PendingEvents pending = store.takePending(maxBytes);
    List<EventRun> runs = pendingRuns(pending);
    return runs.isEmpty() ? null : commit(pending, runs);
  }

  Sent pack() {
    return pack(Long.MAX_VALUE);
  }

  Sent commit(PendingEvents pending, List<EventRun> runs) {
    Sent sent = sent(runs);
    write(batch -> batch.commitPacked(pending, sent.outboxFile()));
    remember(List.of(sent));
    return sent;
  }

  Sent sent(List<EventRun> runs) {
    counter++;
    return sentAfter(store.ownHead().map(ChainHead::file), counter, runs);
  }

  /** A file of this home, which names the one before in the chain. */
  Sent sentAfter(Optional<FileId> previous, long at, List<EventRun> runs) {
    Sent sent = sent(id, at, runs, file + " after " + previous).expiring(store.expiry(runs));
    return sent.buildingOn(sent.seenFiles().stream()
        .filter(dot -> store.chainAt(dot.device(), dot.counter()).isEmpty())
        .distinct()
        .toList());
  }

  /** A file of this home; another copy of it makes another one of the same events. */
  Sent sentAt(long at, List<EventRun> runs) {
    return sent(id, at, runs, file.toString());
  }

  static Sent sent(DeviceId author, long counter, List<EventRun> runs) {
    return sent(author, counter, runs, "");
  }

  private static Sent sent(DeviceId author, long counter, List<EventRun> runs, String salt) {
    List<HybridTime> times = runs.stream()
        .flatMap(run -> run.rows().stream())
        .map(RowEvent::time)
        .sorted()
        .toList();
    FileId file = FileId.of(hash(author + "/" + counter + "/" + salt + "/" + runs));
    return new Sent(
        author,
        counter,
        file,
        times.get(0),
        times.get(times.size() - 1),
        List.of(),
        RemoteFile.NEVER,
        runs);
  }

  /** Takes over a file that another device has handed over. */
  void takeOver(Sent sent) {
    write(batch -> takeOver(sent, batch));
  }

  void takeOver(Sent sent, Batch batch) {
    remember(List.of(sent));
    DotRef dot = new DotRef(sent.author(), sent.counter(), sent.id());
    HandedFile file =
        new HandedFile(dot, sent.header(), Sent.payload(), sent.newest(), sent.runs());
    assertThat(batch.takeOver(file)).isTrue();
  }

  /** The packed files that wait in the outbox, with the events that their payloads would hold. */
  List<Sent> waiting() {
    return store.outbox().stream().map(file -> kept.get(file.file())).toList();
  }

  /** Others' files that lost their places, by their numbers. */
  Map<Long, Sent> displaced() {
    Map<Long, Sent> displaced = new TreeMap<>();
    for (Optional<DisplacedFile> file = store.displaced(0);
        file.isPresent();
        file = store.displaced(file.get().id())) {
      displaced.put(file.get().id(), kept(file.get().header()));
    }
    return displaced;
  }

  private Sent kept(Bytes header) {
    return kept.values().stream()
        .filter(sent -> sent.header().equals(header))
        .findFirst()
        .orElseThrow();
  }

  /** What this device has in its store it can open. */
  void rememberAllOf(TestDevice copied) {
    kept.putAll(copied.kept);
  }

  void remember(List<Sent> sent) {
    sent.forEach(one -> kept.put(one.id(), one));
  }

  /** As it was kept. */
  RemoteFile open(LogEntry entry, Bytes header, Bytes payload) {
    Sent sent = kept(header);
    assertThat(payload).isEqualTo(Sent.payload());
    return sent.remote(entry);
  }

  /** The mesh has lost what stands beyond a size. */
  void rewind(long size) {
    write(batch -> batch.rewind(size, size, this::open));
  }

  /** Lets go of the log, to take all of it in again. */
  void beginAnew() {
    write(batch -> batch.beginAnew(this::open));
  }

  /** Numbers go on from here. */
  void counter(long last) {
    counter = last;
  }

  void receive(Sent sent) {
    receive(sent, sent.at(store.position() + 1));
  }

  /** As it stands in a log behind what this device has of it. */
  void receive(Sent sent, RemoteFile file) {
    boolean own = sent.author().equals(id) && store.isOwn(sent.counter(), sent.id());
    remember(List.of(sent));
    write(batch -> {
      if (!own) {
        batch.keep(
            file.entry().sequence(), sent.header().toByteArray(), Sent.payload().toByteArray());
      }
      if (own && !batch.needsOwnEvents(file.entry())) {
        batch.record(file);
      } else {
        batch.apply(file);
      }
    });
  }

  /** As it stands in the log, where the mesh has let go of what it holds. */
  void receiveExpired(Sent sent, RemoteFile file) {
    if (sent.author().equals(id) && store.isOwn(sent.counter(), sent.id())) {
      receive(sent, file);
      return;
    }
    remember(List.of(sent));
    RemoteFile without = new RemoteFile(
        file.entry(), file.newest(), file.seenSequence(), file.expiresAtMillis(), List.of());
    write(batch -> batch.recordExpired(without));
  }

  Map<String, Value> get(String key) {
    return store.get("cities", key).orElse(Map.of());
  }

  void reopen() {
    store.close();
    open();
  }

  @Override
  public void close() {
    store.close();
  }
}
