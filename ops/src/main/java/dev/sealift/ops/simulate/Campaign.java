package dev.sealift.ops.simulate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** Many runs, one a thread and several at once, until one fails. */
public final class Campaign {
  private static final Path MEMORY = Path.of("/dev/shm");

  private final Scenario scenario;
  private final int parallel;
  private final BooleanSupplier goesOn;

  /**
   * @param parallel how many runs at once
   * @param goesOn asked before each run
   */
  public Campaign(Scenario scenario, int parallel, BooleanSupplier goesOn) {
    this.scenario = scenario;
    this.parallel = parallel;
    this.goesOn = goesOn;
  }

  /**
   * Runs the seeds from one on.
   *
   * @param most how many
   * @param each is told of each, in the order of the seeds; of the first that fails last
   */
  public void run(long from, long most, Consumer<Result> each) throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(parallel);
    try {
      run(from, most, each, threads);
    } finally {
      threads.shutdownNow();
    }
  }

  private void run(long from, long most, Consumer<Result> each, ExecutorService threads)
      throws InterruptedException {
    Deque<Future<Result>> underWay = new ArrayDeque<>();
    boolean failed = false;
    long next = from;
    while (!failed && (next < from + most || !underWay.isEmpty())) {
      while (next < from + most && underWay.size() < 2 * parallel && goesOn.getAsBoolean()) {
        long seed = next;
        underWay.add(threads.submit(() -> one(scenario, seed, false)));
        next++;
      }
      if (underWay.isEmpty()) {
        return;
      }
      Result result = result(underWay.remove());
      each.accept(result);
      failed = result.fault().isPresent();
    }
  }

  private static Result result(Future<Result> run) throws InterruptedException {
    try {
      return run.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a run ended without a result", e.getCause());
    }
  }

  /** Runs one seed of what can go wrong, in a folder of its own. */
  public static Result one(long seed, boolean keepTrace) {
    return one(Scenario.TROUBLE, seed, keepTrace);
  }

  /** Runs one seed, in a folder of its own. */
  public static Result one(Scenario scenario, long seed, boolean keepTrace) {
    return inFolder(folder -> RunThread.call(seed, () -> scenario.run(folder, seed, keepTrace)));
  }

  /** Does something in a folder of its own, which is gone afterwards. */
  static <T> T inFolder(Function<Path, T> work) {
    Path folder = newFolder();
    Thread cleaning = new Thread(() -> delete(folder), "sealift-clean");
    Runtime.getRuntime().addShutdownHook(cleaning); // Ctrl-C leaves nothing behind either
    try {
      return work.apply(folder);
    } finally {
      delete(folder);
      forget(cleaning);
    }
  }

  private static void forget(Thread cleaning) {
    try {
      Runtime.getRuntime().removeShutdownHook(cleaning);
    } catch (IllegalStateException e) {
      // This JVM is ending, and the hook runs.
    }
  }

  private static Path newFolder() {
    try {
      return Files.isWritable(MEMORY)
          ? Files.createTempDirectory(MEMORY, "sealift-simulate-")
          : Files.createTempDirectory("sealift-simulate-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As far as it goes: at the end of the JVM a run may be making files still. */
  private static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      // What is left is a run's files under a name of their own, and nobody needs them.
    }
  }
}
