package dev.sealift.client.store;

import dev.sealift.client.value.Value;

/**
 * A value that does not fit what this device's app, or else the space, declares of its column. It is kept and sent on, and queries show it as it is.
 *
 * @param table what it is called here, as the column
 * @param value what the column holds; of a lens that failed, what it was given
 */
public record Misfit(String table, String key, String column, Value value, Cause cause) {
  /** Why it does not fit. */
  public enum Cause {
    /** A value of another type: another version of the app wrote it. */
    TYPE,
    /** A lens failed, or made something of another type; the column shows null, or its default. */
    LENS
  }
}
