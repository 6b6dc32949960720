package dev.sealift.client.sync;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.StoreException;

/** What the store throws, as the errors that a caller meets. */
public final class StoreErrors {
  private StoreErrors() {}

  public static SealiftException toSealift(StoreException e) {
    return new SealiftException(code(e.code()), sentence(e.getMessage()), e);
  }

  private static ErrorCode code(StoreException.Code code) {
    return switch (code) {
      case NEWER_VERSION -> ErrorCode.NEWER_VERSION;
      case NOT_A_STORE, WRONG_DEVICE, CORRUPT -> ErrorCode.STORE_DAMAGED;
      case DISK_FULL -> ErrorCode.DISK_FULL;
      case BUSY -> ErrorCode.HOME_IN_USE;
      case NO_ENCRYPTION -> ErrorCode.NO_ENCRYPTION;
      case CLOSED -> ErrorCode.CLOSED;
      case UNKNOWN_TABLE -> ErrorCode.NO_SUCH_TABLE;
      case UNKNOWN_COLUMN, BAD_SCHEMA, WRONG_TYPE, BAD_SEARCH, FEED, BAD_TRANSACTION ->
        ErrorCode.INVALID_INPUT;
      case TRANSACTION_TOO_LARGE -> ErrorCode.TRANSACTION_TOO_LARGE;
      case OFFLINE -> ErrorCode.OFFLINE;
      case BAD_QUERY, NOT_A_QUERY, QUERY_CANCELLED, TOO_MANY_QUERIES -> ErrorCode.BAD_QUERY;
      case QUERY_TIMED_OUT -> ErrorCode.TIMED_OUT;
      case TOO_MANY_FILES -> ErrorCode.TOO_MANY_FILES;
      case TIME_AHEAD -> ErrorCode.MESH_BUSY;
      case APP_TOO_OLD -> ErrorCode.APP_TOO_OLD;
      case STEP_UNFINISHED -> ErrorCode.CATCHING_UP;
      case IO -> ErrorCode.STORE_FAILED;
    };
  }

  /** The inner packages' messages are clauses. */
  public static String sentence(String message) {
    String capital = Character.toUpperCase(message.charAt(0)) + message.substring(1);
    return capital.endsWith(".") ? capital : capital + ".";
  }
}
