package dev.sealift.client.store;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.value.Value;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * A pure function of the app that makes of what an older version wrote to one column what stands in another one. It runs when it is read, on the thread that reads, and any number of
 * times: it depends on nothing but its argument, and changes nothing. Nothing of it is sent.
 *
 * <p>Its name and its version say what it does: whoever changes the function gives it another version.
 */
public final class Lens {
  private static final int MAX_NAME_CHARS = 100;

  private final String name;
  private final int version;
  private final UnaryOperator<Value> function;

  private Lens(String name, int version, UnaryOperator<Value> function) {
    this.name = name;
    this.version = version;
    this.function = function;
  }

  /**
   * A lens.
   *
   * @param name letters, digits, {@code _} and {@code -}; up to 100
   * @param version from 1 on
   * @param function is never given null. Null, what the column does not take, and an exception all show as null; the latter two are reported as misfits
   * @throws SealiftException {@code INVALID_INPUT} for another name or version
   */
  public static Lens of(String name, int version, UnaryOperator<Value> function) {
    if (name.length() > MAX_NAME_CHARS || !name.matches("[A-Za-z0-9_-]+") || version < 1) {
      throw new SealiftException(
          ErrorCode.INVALID_INPUT,
          "A lens is named by up to " + MAX_NAME_CHARS
              + " letters, digits, _ and -, and its version is 1 or more.");
    }
    return new Lens(name, version, Objects.requireNonNull(function));
  }

  public String name() {
    return name;
  }

  public int version() {
    return version;
  }

  Value apply(Value value) {
    return Objects.requireNonNull(function.apply(value), "a lens gives Value.NULL for nothing");
  }
}
