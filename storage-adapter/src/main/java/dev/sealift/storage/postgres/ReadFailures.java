package dev.sealift.storage.postgres;

import dev.sealift.storage.StoreException;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts reads that fail, and what such a failure does to its lane. */
final class ReadFailures {
  private final MeterRegistry meters;

  ReadFailures(MeterRegistry meters) {
    this.meters = meters;
  }

  /** What whoever asked is told. */
  StoreException note(Lane lane, Throwable failure) {
    if (failure instanceof StoreException told) {
      return told;
    }
    PgFailure known = PgFailure.of(failure);
    meters.counter("sealift.storage.read.failures", "reason", known.reason()).increment();
    if (known != PgFailure.DAMAGED) {
      lane.drop();
    }
    return known.toStoreException(failure);
  }
}
