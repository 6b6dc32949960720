package dev.sealift.storage.postgres;

import dev.sealift.storage.StoreException;
import dev.sealift.storage.StoreMeters;
import dev.sealift.storage.staging.StagingArea;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Brings a group of commits to its end: all together as a rule; step by step when one of them breaks a
 * constraint, so that this one pays alone; again when the server says that it was rolled back for no fault of
 * its own. A commit whose outcome is unknown is never tried again: its caller loads the space and sees.
 */
final class GroupCommit {
  /** Of transactions that got in one another's way, one always comes through; more than this is no accident. */
  private static final int MOST_TRIES = 4;

  private final Context context;
  private final StagingArea staging;
  private final WriteFailures failures;
  private final StoreMeters meters;

  GroupCommit(Context context, StagingArea staging, WriteFailures failures, StoreMeters meters) {
    this.context = context;
    this.staging = staging;
    this.failures = failures;
    this.meters = meters;
  }

  /** Never fails: every commit is answered, or failed, when it completes. */
  Future<Void> run(Lane lane, List<PgWrite.Commit> group) {
    List<CommitStep> steps =
        group.stream().flatMap(commit -> commit.steps().stream()).toList();
    return attempt(lane, steps, 1).transform(outcome -> {
      if (outcome.succeeded()) {
        failures.noteSuccess();
        group.forEach(commit -> commit.answer(staging, outcome.result()));
        return Future.succeededFuture();
      }
      if (isOneStepsFault(outcome.cause())) {
        failures.noteRetried();
        return runApart(lane, group);
      }
      StoreException failure = failures.note(outcome.cause());
      group.forEach(commit -> commit.fail(failure));
      return Future.succeededFuture();
    });
  }

  private static boolean isOneStepsFault(Throwable failure) {
    return PgFailure.of(failure) == PgFailure.CONSTRAINT;
  }

  private Future<Void> runApart(Lane lane, List<PgWrite.Commit> group) {
    return OneByOne.run(context, group, commit -> runApart(lane, commit));
  }

  private Future<Void> runApart(Lane lane, PgWrite.Commit commit) {
    AtomicLong time = new AtomicLong();
    return OneByOne.run(
            context,
            commit.steps(),
            step -> alone(lane, step).map(at -> {
              time.accumulateAndGet(at, Math::max);
              return null;
            }))
        .transform(outcome -> {
          if (outcome.succeeded()) {
            commit.answer(staging, time.get());
          } else {
            commit.fail(failures.note(outcome.cause()));
          }
          return Future.succeededFuture();
        });
  }

  private Future<Long> alone(Lane lane, CommitStep step) {
    return attempt(lane, List.of(step), 1).recover(failure -> {
      if (!isOneStepsFault(failure)) {
        return Future.failedFuture(failure);
      }
      failures.noteRefused();
      step.refuse();
      return Future.succeededFuture(0L);
    });
  }

  /** A transaction that failed costs its session: the next one is in no doubtful state. */
  private Future<Long> attempt(Lane lane, List<CommitStep> steps, int tries) {
    return lane.session().compose(session -> transact(session, steps)).recover(failure -> {
      lane.drop();
      if (PgFailure.of(failure) != PgFailure.SERIALIZATION || tries == MOST_TRIES) {
        return Future.failedFuture(failure);
      }
      failures.noteRetried();
      return attempt(lane, steps, tries + 1);
    });
  }

  private Future<Long> transact(Session session, List<CommitStep> steps) {
    long started = System.nanoTime();
    return new CommitTransaction(session, staging, steps).run().onSuccess(done -> {
      List<CommitStep> won = steps.stream().filter(CommitStep::isWon).toList();
      if (!won.isEmpty()) {
        meters.noteTransaction(
            System.nanoTime() - started,
            won.stream().mapToLong(step -> step.commit().getFilesCount()).sum(),
            won.stream().mapToLong(CommitStep::bytes).sum());
      }
    });
  }
}
