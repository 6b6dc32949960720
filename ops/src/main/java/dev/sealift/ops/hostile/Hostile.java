package dev.sealift.ops.hostile;

import dev.sealift.ops.simulate.Campaign;
import dev.sealift.ops.simulate.Result;
import dev.sealift.ops.simulate.Scenario;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** Tells lies to devices, and lets others work with an honest mesh: counts which were named, and who was blamed. */
public final class Hostile {
  /** What a device says that takes somebody for a liar. */
  private static final List<String> ALARMS =
      List.of("L11: ", "MESH_VIOLATION", "WRONG_MESH", "NOT_A_MESH");

  private final int parallel;
  private final Consumer<HostileTally> watch;
  private HostileTally tally = HostileTally.nothing();

  /**
   * @param parallel how many runs at once
   * @param watch is told after each
   */
  public Hostile(int parallel, Consumer<HostileTally> watch) {
    this.parallel = parallel;
    this.watch = watch;
  }

  /**
   * A kind of lie, for people.
   *
   * @param by who can tell it
   * @param what it does
   * @param answer what a device has to answer
   * @param counted whether it can answer at all
   */
  public record Kind(String name, String by, String what, String answer, boolean counted) {}

  /** All of them. */
  public static List<Kind> kinds() {
    return Lies.all().stream()
        .map(lie -> new Kind(
            lie.name(),
            lie.by().name().toLowerCase(Locale.ROOT),
            lie.what(),
            lie.expected().text(),
            lie.isCounted()))
        .toList();
  }

  /** What is wrong where one kind of lie is told; empty if nothing is. */
  public static Optional<String> failure(String kind, long seed) {
    return HostileRun.one(seed, List.of(lie(kind))).failure();
  }

  private static Lie lie(String kind) {
    return Lies.named(kind)
        .orElseThrow(() -> new IllegalArgumentException("no kind of lie is named " + kind));
  }

  public HostileTally tally() {
    return tally;
  }

  /** Lies that the seeds draw: with so many seeds as there are kinds, each kind. */
  public void tell(long from, long seeds) throws InterruptedException {
    each(from, seeds, HostileRun::one);
  }

  /** Lies of one kind. */
  public void tell(String kind, long from, long seeds) throws InterruptedException {
    List<Lie> one = List.of(lie(kind));
    each(from, seeds, seed -> HostileRun.one(seed, one));
  }

  /** Each kind once, by itself. */
  public void tellEach(long seed) throws InterruptedException {
    List<Lie> all = Lies.all();
    each(0, all.size(), at -> HostileRun.one(seed + at, List.of(all.get((int) at))));
  }

  private void each(long from, long most, LongFunction<HostileResult> run)
      throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(parallel);
    try {
      Deque<Future<HostileResult>> underWay = new ArrayDeque<>();
      for (long next = from; next < from + most || !underWay.isEmpty(); ) {
        while (next < from + most && underWay.size() < 2 * parallel) {
          long seed = next++;
          underWay.add(threads.submit(() -> run.apply(seed)));
        }
        told(tally.plus(result(underWay.remove())));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static HostileResult result(Future<HostileResult> run) throws InterruptedException {
    try {
      return run.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a run ended without a result", e.getCause());
    }
  }

  /** Runs without a liar, with all that goes wrong in honest meshes: every other one with compaction. Ends at the first in which something is wrong. */
  public void honest(long from, long runs) throws InterruptedException {
    honest(Scenario.TROUBLE, from, runs - runs / 2);
    if (tally.failures().isEmpty()) {
      honest(Scenario.COMPACTION, from, runs / 2);
    }
  }

  private void honest(Scenario scenario, long from, long runs) throws InterruptedException {
    new Campaign(scenario, parallel, () -> true)
        .run(
            from, runs, result -> told(tally.plusHonest(fault(scenario, result), isAlarm(result))));
  }

  private static Optional<String> fault(Scenario scenario, Result result) {
    return result
        .fault()
        .map(what -> "honest seed %d of %s: %s"
            .formatted(result.seed(), scenario.name().toLowerCase(Locale.ROOT), what));
  }

  private static boolean isAlarm(Result result) {
    return result
        .fault()
        .filter(what -> ALARMS.stream().anyMatch(what::contains))
        .isPresent();
  }

  private void told(HostileTally now) {
    tally = now;
    watch.accept(now);
  }
}
