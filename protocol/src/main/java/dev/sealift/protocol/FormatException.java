package dev.sealift.protocol;

/**
 * Bytes from outside that break the format: too long, too short, of an unknown version, out of bounds.
 *
 * <p>The message says which rule was broken and never repeats the bytes, so it may be logged.
 */
public class FormatException extends Exception {
  private static final long serialVersionUID = 1L;

  public FormatException(String message) {
    super(message);
  }

  public FormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
