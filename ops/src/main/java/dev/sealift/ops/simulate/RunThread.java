package dev.sealift.ops.simulate;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The thread of one run. What is drawn on it for keys, salts and nonces comes from the run's seed, since whoever draws from {@link RunRandom} is given what this draws. */
final class RunThread extends Thread implements RandomGenerator {
  private final Dice dice;

  private RunThread(long seed, Runnable work) {
    super(work, "sealift-run-" + seed);
    this.dice = new Dice(~seed); // others than the run's own
  }

  /** Does something on a thread of its own, and waits for it: what a thread keeps of an earlier run, it would draw from again. */
  static <T> T call(long seed, Supplier<T> work) {
    RunRandom.install();
    return CompletableFuture.supplyAsync(work, task -> new RunThread(seed, task).start())
        .join();
  }

  @Override
  public long nextLong() {
    return dice.nextLong();
  }
}
