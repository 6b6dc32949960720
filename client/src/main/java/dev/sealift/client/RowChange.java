package dev.sealift.client;

import dev.sealift.client.store.Change;
import java.util.Optional;

/**
 * A row that changed.
 *
 * @param last what happened to it last, of what is told of here
 * @param now the row as it is when this is told, which may be newer; empty when it is not there
 */
public record RowChange(Change last, Optional<Row> now) {
  public String key() {
    return last.key();
  }
}
