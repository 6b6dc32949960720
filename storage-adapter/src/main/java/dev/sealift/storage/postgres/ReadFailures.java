package dev.sealift.storage.postgres;

import dev.sealift.storage.StoreException;
import dev.sealift.storage.StoreMeters;

/** Counts reads that fail, and what such a failure does to its lane. */
final class ReadFailures {
  private final StoreMeters meters;

  ReadFailures(StoreMeters meters) {
    this.meters = meters;
  }

  /** What whoever asked is told. */
  StoreException note(Lane lane, Throwable failure) {
    if (failure instanceof StoreException told) {
      return told;
    }
    PgFailure known = PgFailure.of(failure);
    meters.noteReadFailure(known.reason());
    if (known != PgFailure.DAMAGED) {
      lane.drop();
    }
    return known.toStoreException(failure);
  }
}
