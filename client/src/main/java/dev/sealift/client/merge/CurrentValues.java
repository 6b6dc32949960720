package dev.sealift.client.merge;

import dev.sealift.client.value.Value;
import java.util.Map;

/** The values that a row holds at present. Asked only when they matter, so an implementation may read the database. */
@FunctionalInterface
public interface CurrentValues {
  /** The value of a cell that has a stamp; {@code cell} is never the marker. */
  Value at(int cell);

  /** The row's compound cells by number; asked only of a row that has a touch. A row without any by default. */
  default Map<Integer, CompoundCell> compounds() {
    return Map.of();
  }
}
