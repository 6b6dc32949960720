package dev.sealift.client;

import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.Batch;
import dev.sealift.client.value.Value;
import java.util.List;
import java.util.Optional;

/**
 * What one {@link Space#transact} reads and writes. What it reads is guarded, and it sees what it has written itself. Not for use after that call has returned.
 */
public final class Transaction extends Writes {
  Transaction(Batch batch) {
    super(batch);
  }

  /**
   * A row as it stands now, and empty when there is none: the transaction goes to the inbox if somebody else turns out to have changed that before.
   *
   * @throws SealiftException {@code NO_SUCH_TABLE}, {@code TRANSACTION_TOO_LARGE}; {@code INVALID_INPUT} in a transaction that adds to a counter
   */
  public Optional<Row> get(String table, String key) {
    return Errors.checked(() -> batch.read(table, key)).map(Row::ofValues);
  }

  /**
   * What a cell that holds several values has in it, as {@link Table#values} says; guarded as in {@link #get}: by each part of it.
   *
   * @throws SealiftException as {@link #get}; {@code INVALID_INPUT} when the column is of another type
   */
  public List<Value> values(String table, String key, String column) {
    return Errors.checked(() -> batch.readValues(table, key, column));
  }
}
