package dev.sealift.client.store;

import dev.sealift.client.store.StoreException.Code;
import java.sql.SQLException;

/** What SQLite's result codes mean to people. */
final class JdbcErrors {
  /** Extended result codes carry more in their upper bits. */
  private static final int PRIMARY_CODE = 0xff;

  private static final int ERROR = 1;
  private static final int BUSY = 5;
  private static final int LOCKED = 6;
  private static final int NO_MEMORY = 7;
  private static final int READ_ONLY = 8;
  private static final int INTERRUPT = 9;
  private static final int CORRUPT = 11;
  private static final int FULL = 13;
  private static final int TOO_BIG = 18;
  private static final int MISMATCH = 20;
  private static final int RANGE = 25;
  private static final int NOT_A_DATABASE = 26;

  private JdbcErrors() {}

  static StoreException translate(SQLException e) {
    return switch (e.getErrorCode() & PRIMARY_CODE) {
      case ERROR, RANGE, TOO_BIG, MISMATCH ->
        error(Code.BAD_QUERY, "SQLite does not accept this: " + detail(e), e);
      case READ_ONLY ->
        error(
            Code.NOT_A_QUERY,
            "this would write where only reading is allowed; use put, patch and remove to write",
            e);
      case INTERRUPT -> error(Code.QUERY_CANCELLED, "the query was stopped before it was done", e);
      case FULL ->
        error(
            Code.DISK_FULL,
            "the disk is full; free some space and try again: nothing of this batch was kept",
            e);
      case BUSY, LOCKED ->
        error(Code.BUSY, "another program holds the space's database; close it and try again", e);
      case CORRUPT ->
        error(
            Code.CORRUPT,
            "the space's database is damaged; put the file aside and join the space again from another device",
            e);
      case NOT_A_DATABASE -> error(Code.NOT_A_STORE, "the file is not a Sealift database", e);
      case NO_MEMORY -> error(Code.IO, "there is not enough memory for the database", e);
      default ->
        error(
            Code.IO,
            "the space's database cannot be read or written; check disk and permissions",
            e);
    };
  }

  private static StoreException error(Code code, String message, SQLException cause) {
    return new StoreException(code, message, cause);
  }

  /** The driver puts SQLite's own words in parentheses after the name of the code. */
  private static String detail(SQLException e) {
    String message = String.valueOf(e.getMessage());
    int open = message.indexOf('(');
    return open < 0 || !message.endsWith(")")
        ? message
        : message.substring(open + 1, message.length() - 1);
  }
}
