package dev.sealift.protocol;

/**
 * Bytes from outside of a version or kind that this code does not know yet. They may be fine: whoever meets them stops there, loses
 * nothing, and goes on once updated.
 */
public final class NewerFormatException extends FormatException {
  private static final long serialVersionUID = 1L;

  public NewerFormatException(String message) {
    super(message);
  }
}
