package dev.sealift.client.pack;

import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import java.util.List;

/**
 * One event.
 *
 * @param time never zero
 * @param values parallel to the columns of its run; empty in a removal
 */
public record RowEvent(String key, HybridTime time, List<Value> values) {
  public RowEvent {
    if (time.bits() == 0) {
      throw new IllegalArgumentException("an event has a time");
    }
    values = List.copyOf(values);
  }
}
