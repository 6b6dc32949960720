package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.StoreException;
import dev.sealift.client.sync.StoreErrors;
import dev.sealift.client.value.InvalidValueException;
import java.io.IOException;
import java.util.function.Supplier;

/** Turns what the inner packages throw into what a caller of the library meets. */
final class Errors {
  private Errors() {}

  static <T> T checked(Supplier<T> action) {
    try {
      return action.get();
    } catch (InvalidValueException e) {
      throw new SealiftException(ErrorCode.INVALID_INPUT, StoreErrors.sentence(e.getMessage()), e);
    } catch (StoreException e) {
      throw StoreErrors.toSealift(e);
    }
  }

  static SealiftException ofHome(IOException e) {
    return new SealiftException(
        ErrorCode.STORE_FAILED, "The home cannot be read or written: " + e.getMessage() + ".", e);
  }

  static void checked(Runnable action) {
    checked(() -> {
      action.run();
      return true;
    });
  }
}
