package dev.sealift.client;

import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.Batch;

/** Writes of one {@link Space#write}: durable together, or not at all. Not for use after that call has returned. */
public final class Writes {
  private final Batch batch;

  Writes(Batch batch) {
    this.batch = batch;
  }

  /**
   * As {@link Table#put}.
   *
   * @throws SealiftException {@code NO_SUCH_TABLE}, {@code INVALID_INPUT}, {@code DISK_FULL}
   */
  public void put(String table, String key, Row row) {
    Errors.checked(() -> batch.put(table, key, row.values()));
  }

  /** As {@link Table#patch}. */
  public void patch(String table, String key, Row row) {
    Errors.checked(() -> batch.patch(table, key, row.values()));
  }

  /** As {@link Table#remove}. */
  public void remove(String table, String key) {
    Errors.checked(() -> batch.remove(table, key));
  }
}
