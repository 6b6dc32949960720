package dev.sealift.storage.postgres;

import dev.sealift.storage.StoreException;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts failures and says in the log when writing begins to fail, and when it works again. */
final class WriteFailures {
  private static final Logger LOG = LoggerFactory.getLogger(WriteFailures.class);

  private final MeterRegistry meters;
  private boolean failing;

  WriteFailures(MeterRegistry meters) {
    this.meters = meters;
  }

  StoreException note(Throwable failure) {
    PgFailure known = PgFailure.of(failure);
    meters.counter("sealift.storage.write.failures", "reason", known.reason()).increment();
    if (!failing) {
      failing = true;
      LOG.warn("A transaction of the store failed: {}.", known.reason(), failure);
    }
    return failure instanceof StoreException told ? told : known.toStoreException(failure);
  }

  /** A space's own fault, or a transaction that is tried again. */
  void count(PgFailure failure) {
    meters.counter("sealift.storage.write.failures", "reason", failure.reason()).increment();
  }

  void noteSuccess() {
    if (failing) {
      failing = false;
      LOG.info("The store commits again.");
    }
  }
}
