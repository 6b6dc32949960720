package dev.sealift.client.value;

import static dev.sealift.client.value.ValueLimits.MAX_KEY_BYTES;

/** The rule for row keys: text of 1 to {@value ValueLimits#MAX_KEY_BYTES} bytes in UTF-8. */
public final class RowKeys {
  private RowKeys() {}

  /**
   * @return the length of {@code key} in UTF-8
   * @throws InvalidValueException when it is no key
   */
  public static int requireValid(String key) {
    int length = Utf8.length(key);
    if (length == 0) {
      throw new InvalidValueException(
          InvalidValueException.Code.EMPTY_KEY, "a row needs a key of at least one character");
    }
    if (length > MAX_KEY_BYTES) {
      throw new InvalidValueException(
          InvalidValueException.Code.KEY_TOO_LARGE,
          "a key may take "
              + MAX_KEY_BYTES
              + " bytes in UTF-8 and this one takes "
              + length
              + "; use a hash of it as the key and keep it in a column");
    }
    return length;
  }
}
