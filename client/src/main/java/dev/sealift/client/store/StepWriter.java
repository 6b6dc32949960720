package dev.sealift.client.store;

import dev.sealift.client.compact.CarriedFile;
import dev.sealift.client.compact.CarriedJudgement;
import dev.sealift.client.compact.CarriedPolicy;
import dev.sealift.client.compact.StepRange;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * What taking a step does beside the rows: what the log says of transactions and policies, the log's files, and what becomes of this device's own. In the writer's transactions, of which a step needs many; a mark stands
 * in the database as long as some rows are at the base and others are not.
 */
final class StepWriter {
  private static final String MARK = Settings.OWN_PREFIX + "step";

  private final Settings settings;
  private final Catalog catalog;
  private final Devices devices;
  private final FileLog log;
  private final Places places;
  private final Judged judged;
  private final KeepPolicies policies;
  private final History history;
  private final Losers losers;
  private final Asides asides;
  private final Journal journal;
  private final PartOps ops;
  private final Guards guards;
  private final RemoteWriter remote;
  private final OwnStamps stamps;

  /** The base of the step that is under way; asked for each file of the log. */
  private Optional<Long> begun = Optional.empty();

  StepWriter(
      Settings settings,
      Catalog catalog,
      Devices devices,
      FileLog log,
      Places places,
      Judged judged,
      KeepPolicies policies,
      History history,
      Losers losers,
      Asides asides,
      Journal journal,
      PartOps ops,
      Guards guards,
      RemoteWriter remote,
      OwnStamps stamps) {
    this.settings = settings;
    this.catalog = catalog;
    this.devices = devices;
    this.log = log;
    this.places = places;
    this.judged = judged;
    this.policies = policies;
    this.history = history;
    this.losers = losers;
    this.asides = asides;
    this.journal = journal;
    this.ops = ops;
    this.guards = guards;
    this.remote = remote;
    this.stamps = stamps;
    load();
  }

  /** As the database has it. */
  void load() {
    begun = settings.get(MARK).map(StepWriter::base);
  }

  private static long base(byte[] kept) {
    return ByteBuffer.wrap(kept).getLong();
  }

  static Optional<Long> begun(Reader reader) {
    return Settings.read(reader, MARK).map(StepWriter::base);
  }

  /** The log is not applied on rows that are partly ahead of it. */
  void requireNone() {
    if (begun.isPresent()) {
      throw new IllegalStateException("a step was begun: it is to be taken to its end first");
    }
  }

  /** From now on rows may be ahead of the log. What another step did that was cut off is overtaken by this one. */
  void begin(StepRange range) {
    boolean covers = range.isFull() || begun.map(base -> base <= range.base()).orElse(true);
    if (!range.takes(log.position()) || !covers) {
      throw new IllegalArgumentException("a step that does not begin where the store is");
    }
    if (range.isFull()) {
      judged.rewind(range.base());
      policies.rewind(range.base());
    }
    stamps.forget();
    settings.put(MARK, ByteBuffer.allocate(Long.BYTES).putLong(range.base()).array());
    begun = Optional.of(range.base());
  }

  void take(CarriedJudgement judgement) {
    judged.add(
        devices.number(judgement.device()),
        judgement.number(),
        judgement.events().toByteArray(),
        new Judged.Judgement(judgement.sequence(), judgement.conflict()));
  }

  /** What a window had let go of rows that are not carried, before it ended to be one, is gone. */
  void take(CarriedPolicy policy, long windowMillis) {
    Keep keep = Keep.of(policy.keep());
    TableInfo table = catalog.table(policy.table());
    if (table != null && policies.byLog(policy.table()) == Keep.WINDOW) {
      history.prune(table, policy.serverTimeMillis() - windowMillis);
    }
    policies.declaredInLog(policy.table(), keep, policy.sequence());
    catalog.outdateViews();
  }

  /** A file of the log, if it is not known; the position is there afterwards. */
  boolean take(CarriedFile file, StepRoots roots) {
    if (file.sequence() <= log.position()) {
      return false;
    }
    DeviceId author = file.author();
    log.append(new LogEntry(
        file.sequence(),
        file.file(),
        author,
        file.counter(),
        file.serverTimeMillis(),
        file.base(),
        roots.with(file.sequence(), file.file(), file.serverTimeMillis(), file.base())));
    places.install(file);
    if (devices.number(author) == Devices.SELF) {
      log.settle(file.counter(), file.file(), file.sequence());
    }
    return true;
  }

  /** The position is at the base. What this device wrote and the log has does not wait any more. */
  void admitOwn(StepRange range) {
    if (log.position() != range.base()) {
      throw new IllegalArgumentException("a step lacks files of the log");
    }
    log.admitted();
    stamps.forget();
    long last = log.lastAdmitted();
    if (last != 0) {
      journal.forgetOvertaken(last);
      ops.forget(last);
      guards.forget(last);
      losers.forgetDismissals(last);
      if (places.areUsed()) {
        places.raise(new HybridTime(last), places.ofLastOwn());
      }
    }
  }

  /**
   * Shows anew some of the rows that have something on top of what the log has.
   *
   * @return the last of them; empty when there are no more behind {@code after}
   */
  Optional<Asides.Kept> settle(Asides.Kept after) {
    List<Asides.Kept> chunk = asides.after(after);
    chunk.forEach(kept -> settle(catalog.byId(kept.table()), kept.row()));
    return chunk.isEmpty() ? Optional.empty() : Optional.of(chunk.get(chunk.size() - 1));
  }

  /** What this device wrote has stamps of its own, now that it is known which files of its are in the log. */
  private void settle(TableInfo table, long row) {
    RowImage base = asides.get(table, row).orElseThrow();
    RowImage own = stamps.of(base);
    if (!own.equals(base)) {
      asides.put(table, row, own);
    }
    remote.settle(table, row);
  }

  /** All is at the base. */
  void end(long sinceMillis) {
    losers.forgetBefore(sinceMillis);
    history.forgetBefore(sinceMillis);
    settings.remove(MARK);
    begun = Optional.empty();
  }
}
