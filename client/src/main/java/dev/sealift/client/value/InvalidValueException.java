package dev.sealift.client.value;

/**
 * A value, key or name that Sealift cannot keep, with a sentence that says what to do instead.
 * Nothing was written.
 *
 * <p>The message never repeats the value itself.
 */
public final class InvalidValueException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** Which rule was broken. */
  public enum Code {
    NOT_A_NUMBER,
    UNPAIRED_SURROGATE,
    VALUE_TOO_LARGE,
    ROW_TOO_LARGE,
    EMPTY_KEY,
    KEY_TOO_LARGE,
    BAD_NAME
  }

  private final Code code;

  InvalidValueException(Code code, String message) {
    super(message);
    this.code = code;
  }

  public Code code() {
    return code;
  }
}
