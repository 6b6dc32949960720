package dev.sealift.storage;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What any store shows of itself, under the same names whichever it is. Every counter is there from the start, at 0 for each reason, so
 * that an alert sees the first failure. Safe for use by several threads.
 */
public final class StoreMeters implements AutoCloseable {
  /** A transaction that was rolled back and is run again: nobody was told of a failure yet. */
  public static final String RETRIED = "retried";

  private static final String PREFIX = "sealift.storage.";
  private static final String WRITE_FAILURES = PREFIX + "write.failures";
  private static final String READ_FAILURES = PREFIX + "read.failures";

  /** How full something is. */
  public interface Level extends LongSupplier {}

  private final MeterRegistry registry;
  private final Timer transactions;
  private final DistributionSummary transactionFiles;
  private final DistributionSummary transactionBytes;
  private final List<Gauge> gauges = new ArrayList<>();

  /** @param reasons for which this store's reads and transactions fail */
  public StoreMeters(MeterRegistry registry, List<String> reasons) {
    this.registry = registry;
    this.transactions = registry.timer(PREFIX + "transaction");
    this.transactionFiles = registry.summary(PREFIX + "transaction.files");
    this.transactionBytes = registry.summary(PREFIX + "transaction.bytes");
    for (String reason : reasons) {
      count(WRITE_FAILURES, reason, 0);
      count(READ_FAILURES, reason, 0);
    }
    count(WRITE_FAILURES, RETRIED, 0);
  }

  private void count(String counter, String reason, int more) {
    registry.counter(counter, "reason", reason).increment(more);
  }

  /** Payloads that wait for their commit. */
  public void showStagedBytes(Level now, long most) {
    showBounded("staged.bytes", now, most);
  }

  public void showWritesWaiting(Level now, long most) {
    showBounded("writes.waiting", now, most);
  }

  public void showReadsWaiting(Level now, long most) {
    showBounded("reads.waiting", now, most);
  }

  private void showBounded(String name, Level now, long most) {
    show(name, now);
    show(name + ".max", () -> most);
  }

  /** What a store has that others have not. */
  public void show(String name, Level now) {
    gauges.add(Gauge.builder(PREFIX + name, now::getAsLong).register(registry));
  }

  /** @param nanos from begin to durable */
  public void noteTransaction(long nanos, long files, long bytes) {
    transactions.record(nanos, TimeUnit.NANOSECONDS);
    transactionFiles.record(files);
    transactionBytes.record(bytes);
  }

  public void noteWriteFailure(String reason) {
    count(WRITE_FAILURES, reason, 1);
  }

  public void noteReadFailure(String reason) {
    count(READ_FAILURES, reason, 1);
  }

  /** Levels of a store that is closed would be shown for ever after. */
  @Override
  public void close() {
    gauges.forEach(registry::remove);
  }
}
