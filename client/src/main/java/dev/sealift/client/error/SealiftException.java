package dev.sealift.client.error;

import org.jspecify.annotations.Nullable;

/**
 * Any failure that a caller of this library can meet. {@link #code} is for programs; the message is a sentence that says
 * what to do. Neither holds keys, contents or ids of people.
 */
public class SealiftException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  public SealiftException(ErrorCode code, String message) {
    this(code, message, null);
  }

  public SealiftException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public ErrorCode code() {
    return code;
  }
}
