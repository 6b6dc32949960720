package dev.sealift.client.sync;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;

/** The key of a file is not here. Others can read it, so it is not passed over. */
final class KeyMissingException extends SealiftException {
  private static final long serialVersionUID = 1L;

  private final boolean inVain;

  KeyMissingException() {
    this(false);
  }

  private KeyMissingException(boolean inVain) {
    super(
        ErrorCode.KEY_MISSING,
        "This device was given no key to what comes next in the space. It goes on by itself after the next new key, which an owner can make at any time.");
    this.inVain = inVain;
  }

  /** The log was looked through for it. */
  static KeyMissingException inVain() {
    return new KeyMissingException(true);
  }

  /** Whether the log was looked through for it. */
  boolean isInVain() {
    return inVain;
  }
}
