package dev.sealift.client.store;

import dev.sealift.client.value.Value;
import java.util.List;

/** What SQL can call on a connection. Gives the same for the same arguments, and does not throw. Called on the thread that reads. */
@FunctionalInterface
public interface SqlFunction {
  Value call(List<Value> arguments);
}
