package dev.sealift.ops.csv;

/** A CSV file that cannot be imported. Says where and what to do; nothing was written. */
public final class CsvException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What is wrong, for programs. */
  public enum Code {
    FILE_NOT_FOUND,
    FILE_UNREADABLE,
    NOT_UTF8,
    NOT_GZIP,
    NO_HEADER,
    BAD_HEADER,
    NO_KEY_COLUMN,
    BROKEN_QUOTES,
    RAGGED_ROW,
    EMPTY_KEY,
    DUPLICATE_KEY,
    BAD_VALUE,
    CHANGED_MEANWHILE
  }

  private final Code code;

  CsvException(Code code, String message) {
    super(message);
    this.code = code;
  }

  public Code code() {
    return code;
  }
}
