package dev.sealift.client.store;

import dev.sealift.client.compact.CodePoints;
import org.jspecify.annotations.Nullable;

/** Finds some of the rows that a statement selects in the order of their keys. To the next one it goes on; what lies further on it looks up. So it is a scan where nearly all are asked for, and costs no more than looking each up where few are. */
final class Ascending {
  private final Statement select;
  private final int keyAt;
  private final int keyColumn;
  private boolean isBegun;

  /** Of the line that the statement stands on; null behind the last. */
  private @Nullable String at;

  /**
   * @param keyAt the parameter for the key that the selected ones begin with
   * @param keyColumn where a line has its key
   */
  Ascending(Statement select, int keyAt, int keyColumn) {
    this.select = select;
    this.keyAt = keyAt;
    this.keyColumn = keyColumn;
  }

  /** Whether there is a line with a key; then the statement stands on the first. Keys ascend from call to call. */
  boolean isAt(String key) {
    if (!isBegun) {
      isBegun = true;
      lookUp(key);
    } else if (isBefore(key)) {
      advance();
      if (isBefore(key)) {
        lookUp(key);
      }
    }
    return key.equals(at);
  }

  private boolean isBefore(String key) {
    return at != null && CodePoints.compare(at, key) < 0;
  }

  private void lookUp(String key) {
    select.reset();
    select.bind(keyAt, key);
    advance();
  }

  private void advance() {
    at = select.next() ? select.text(keyColumn) : null;
  }

  /** Whether the next line is of the same key; the statement stands on it, or on that of another key. */
  boolean goesOn() {
    String before = at;
    advance();
    return before != null && before.equals(at);
  }
}
