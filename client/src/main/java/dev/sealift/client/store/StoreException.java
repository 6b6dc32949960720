package dev.sealift.client.store;

import org.jspecify.annotations.Nullable;

/**
 * The store cannot do what was asked. Nothing of the unit of work it happened in is kept. The message says what to do, and
 * never repeats keys or values.
 */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong, for programs. */
  public enum Code {
    /** The file was written by a newer version of Sealift. */
    NEWER_VERSION,
    /** The file is a database of something else. */
    NOT_A_STORE,
    /** The file belongs to another device or space. */
    WRONG_DEVICE,
    /** The file is damaged. */
    CORRUPT,
    DISK_FULL,
    /** Another program holds the file. */
    BUSY,
    /** The driver's SQLite cannot encrypt. */
    NO_ENCRYPTION,
    /** The disk or the file system failed, or access was denied. */
    IO,
    CLOSED,
    UNKNOWN_TABLE,
    UNKNOWN_COLUMN,
    /** A table or column cannot be declared like this. */
    BAD_SCHEMA,
    /** A feed is only appended to; or something that only a feed has was asked of another table. */
    FEED,
    /** A value does not fit its column's type. */
    WRONG_TYPE,
    /** A transaction does not fit into one file. */
    TRANSACTION_TOO_LARGE,
    /** A transaction does what cannot be undone as a whole. */
    BAD_TRANSACTION,
    /** The table is for devices that are connected, and this one is not. */
    OFFLINE,
    /** The query is no SQL that SQLite understands, or its arguments do not fit. */
    BAD_QUERY,
    /** There is nothing to search for, or nowhere. */
    BAD_SEARCH,
    /** The query would write. */
    NOT_A_QUERY,
    QUERY_TIMED_OUT,
    QUERY_CANCELLED,
    TOO_MANY_QUERIES,
    /** Others' files that wait for the mesh are by more devices than a file can name. */
    TOO_MANY_FILES,
    /** A file's events are stamped further ahead of the mesh's clock than the space allows. */
    TIME_AHEAD,
    /** The space asks for a newer version of the app: nothing can be written here until it is updated. */
    APP_TOO_OLD,
    /** Rows are partly ahead of the log: nothing can be written until the step that was begun is taken to its end. */
    STEP_UNFINISHED
  }

  private final Code code;

  public StoreException(Code code, String message) {
    super(message);
    this.code = code;
  }

  public StoreException(Code code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public Code code() {
    return code;
  }
}
