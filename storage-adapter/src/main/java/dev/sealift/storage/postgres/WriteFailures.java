package dev.sealift.storage.postgres;

import dev.sealift.storage.StoreException;
import dev.sealift.storage.StoreMeters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts failures and says in the log when writing begins to fail, and when it works again. */
final class WriteFailures {
  private static final Logger LOG = LoggerFactory.getLogger(WriteFailures.class);

  private final StoreMeters meters;
  private boolean failing;

  WriteFailures(StoreMeters meters) {
    this.meters = meters;
  }

  StoreException note(Throwable failure) {
    PgFailure known = PgFailure.of(failure);
    meters.noteWriteFailure(known.reason());
    if (!failing) {
      failing = true;
      LOG.warn("A transaction of the store failed: {}.", known.reason(), failure);
    }
    return failure instanceof StoreException told ? told : known.toStoreException(failure);
  }

  /** A space's own fault, which is answered as a conflict. */
  void noteRefused() {
    meters.noteWriteFailure(PgFailure.CONSTRAINT.reason());
  }

  /** A transaction was rolled back and is run again, whole or step by step: no failure of it yet. */
  void noteRetried() {
    meters.noteWriteFailure(StoreMeters.RETRIED);
  }

  void noteSuccess() {
    if (failing) {
      failing = false;
      LOG.info("The store commits again.");
    }
  }
}
