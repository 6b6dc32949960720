package dev.sealift.client.store;

import dev.sealift.client.compact.CarriedJudgement;
import dev.sealift.client.compact.CarriedPolicy;
import dev.sealift.client.compact.StepRange;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import java.util.List;
import java.util.Optional;

/** What taking a step does beside the rows: what the log says of transactions and policies, the log's files, and what becomes of this device's own. In the writer's transactions, of which a step needs many. */
final class StepWriter {
  /** No file of the log. */
  private static final long NOTHING = 0;

  private final StepMark mark;
  private final StepStaging staging;
  private final Catalog catalog;
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

  /** Who takes the step that is under way. */
  private Optional<Object> current = Optional.empty();

  StepWriter(
      StepMark mark,
      StepStaging staging,
      Catalog catalog,
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
    this.mark = mark;
    this.staging = staging;
    this.catalog = catalog;
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
  }

  /**
   * A step begins, or begins again; what another one brought of the log that was cut off is cleared. Nothing is ahead of the log yet.
   *
   * @param step who takes it from now on: nobody else does
   */
  void begin(Object step, StepRange range) {
    boolean mends = mark.present().map(left -> left.isMendedBy(range)).orElse(true);
    if (!range.takes(log.position()) || !mends) {
      throw new IllegalArgumentException("a step that does not begin where the store is");
    }
    staging.clear();
    stamps.forget();
    current = Optional.of(step);
  }

  void requireCurrent(Object step) {
    if (current.filter(one -> one == step).isEmpty()) {
      throw new IllegalStateException("another step was begun since, or the log has gone back");
    }
  }

  /** The log has no more than {@code size} files left. */
  void rewind(long size) {
    current = Optional.empty();
    mark.rewind(size);
  }

  // What it brings of the log

  void stage(List<StepFiles.Staged> files) {
    files.forEach(staged -> staging.add(staged.file(), staged.root()));
    staging.flush();
  }

  void stage(List<CarriedPolicy> policies, List<CarriedJudgement> judgements)
      throws FormatException {
    for (CarriedPolicy policy : policies) {
      staging.add(policy);
    }
    for (CarriedJudgement judgement : judgements) {
      staging.add(judgement);
    }
  }

  /** After a rollback. */
  void forget() {
    staging.forget();
  }

  // Its end

  /** All that it brings of the log takes effect, and the position is at the base. */
  void append(StepRange range, long windowMillis) {
    if (!staging.follows(log.position(), range.base())) {
      throw new IllegalStateException("the log has gone on while a step was taken");
    }
    if (log.position() < range.base()) {
      mark.noteUnkept();
    }
    mark.noteTaken(range.base());
    staging.appendFiles(places.areUsed());
    log.load();
    places.load();
    log.settleAdmitted();
    if (range.isFull()) {
      judged.rewind(NOTHING);
      policies.rewind(NOTHING);
    }
    staging.appendJudged();
    staging.policies().forEach(policy -> take(policy, windowMillis));
    admitOwn();
  }

  /** What a window had let go of rows that are not carried, before it ended to be one, is gone. */
  private void take(StepStaging.Policy policy, long windowMillis) {
    if (policy.keep() == Keep.LATEST) {
      policies.declaredInLog(policy.table(), policy.lifetimeMillis(), policy.sequence());
      return;
    }
    TableInfo table = catalog.table(policy.table());
    if (table != null && policies.byLog(policy.table()) == Keep.WINDOW) {
      history.prune(table, policy.serverTimeMillis() - windowMillis);
    }
    policies.declaredInLog(policy.table(), policy.keep(), policy.sequence());
    catalog.outdateViews();
  }

  /** What this device wrote and the log has does not wait any more. */
  private void admitOwn() {
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

  /** Own files that a step brought have turned out to be those of this store. */
  void settleOwn() {
    stamps.forget();
    Optional<Asides.Kept> after = Optional.of(Asides.Kept.FIRST);
    while (after.isPresent()) {
      after = settle(after.get());
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
    staging.clear();
    mark.end();
    current = Optional.empty();
  }
}
