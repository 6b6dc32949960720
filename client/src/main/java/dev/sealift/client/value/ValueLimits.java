package dev.sealift.client.value;

import java.util.Collection;

/**
 * The bounds of what an app can store. They follow from one: an event is never split, so that it
 * arrives whole or not at all, and therefore every event must fit into a payload of {@link
 * dev.sealift.protocol.Limits#MAX_PAYLOAD_BYTES} whatever it holds, also when nothing in it can be
 * compressed.
 */
public final class ValueLimits {
  /**
   * One value: three quarters of a payload. Larger things belong into blob chunks, not into cells.
   */
  public static final int MAX_VALUE_BYTES = 768 << 10;

  /**
   * All values of one write and its key together. With the names of {@link #MAX_COLUMNS} columns
   * (32 KiB) and framing it stays below 1,008 KiB, the largest padded size that can be sealed
   * within 1 MiB.
   */
  public static final int MAX_ROW_BYTES = 896 << 10;

  /**
   * A row's key, in UTF-8. Keys are indexed on every device and compared often: longer ones want
   * hashing by the app.
   */
  public static final int MAX_KEY_BYTES = 1 << 10;

  /**
   * A table's or column's name, in UTF-8. Long enough for any sensible name, short enough to repeat
   * in each payload.
   */
  public static final int MAX_NAME_BYTES = 128;

  /**
   * Columns of a table beside its key: more than any table meant for people, and names of all fit
   * into one payload.
   */
  public static final int MAX_COLUMNS = 256;

  private ValueLimits() {}

  /**
   * Checks one write: its key, and that it fits into a payload together with its values.
   *
   * @throws InvalidValueException when it does not
   */
  public static void requireRow(String key, Collection<Value> values) {
    long total = RowKeys.requireValid(key);
    for (Value value : values) {
      total += value.canonicalLength();
    }
    if (total > MAX_ROW_BYTES) {
      throw new InvalidValueException(
          InvalidValueException.Code.ROW_TOO_LARGE,
          "the values of one write take "
              + total
              + " bytes and may take "
              + MAX_ROW_BYTES
              + "; write the largest columns by patches of their own");
    }
  }
}
