package dev.sealift.client.rule;

import dev.sealift.client.value.Value;

/**
 * Gives a row another value in the place of one that an earlier row has. A pure function of the app: the same on every device, of nothing but what it is given. Called while the space is being written to, so
 * it must be quick and not call Sealift. What it throws counts as having none.
 */
@FunctionalInterface
public interface Rename {
  /**
   * @param value what two rows have
   * @param key of the row that is to have another
   * @param attempt 1, and more when what came of a lower one is taken as well
   */
  Value rename(Value value, String key, int attempt);
}
