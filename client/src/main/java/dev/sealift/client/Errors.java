package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.StoreException;
import dev.sealift.client.value.InvalidValueException;
import java.util.function.Supplier;

/** Turns what the inner packages throw into what a caller of the library meets. */
final class Errors {
  private Errors() {}

  static <T> T checked(Supplier<T> action) {
    try {
      return action.get();
    } catch (InvalidValueException e) {
      throw new SealiftException(ErrorCode.INVALID_INPUT, sentence(e.getMessage()), e);
    } catch (StoreException e) {
      throw new SealiftException(code(e.code()), sentence(e.getMessage()), e);
    }
  }

  static void checked(Runnable action) {
    checked(() -> {
      action.run();
      return true;
    });
  }

  private static ErrorCode code(StoreException.Code code) {
    return switch (code) {
      case NEWER_VERSION -> ErrorCode.NEWER_VERSION;
      case NOT_A_STORE, WRONG_DEVICE, CORRUPT -> ErrorCode.STORE_DAMAGED;
      case DISK_FULL -> ErrorCode.DISK_FULL;
      case BUSY -> ErrorCode.HOME_IN_USE;
      case CLOSED -> ErrorCode.CLOSED;
      case UNKNOWN_TABLE -> ErrorCode.NO_SUCH_TABLE;
      case UNKNOWN_COLUMN, BAD_SCHEMA, WRONG_TYPE -> ErrorCode.INVALID_INPUT;
      case BAD_QUERY, NOT_A_QUERY, QUERY_CANCELLED, TOO_MANY_QUERIES -> ErrorCode.BAD_QUERY;
      case QUERY_TIMED_OUT -> ErrorCode.TIMED_OUT;
      default -> ErrorCode.STORE_FAILED;
    };
  }

  private static String sentence(String message) {
    String capital = Character.toUpperCase(message.charAt(0)) + message.substring(1);
    return capital.endsWith(".") ? capital : capital + ".";
  }
}
