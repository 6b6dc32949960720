package dev.sealift.ops.bench;

/** What was to be measured did not do what it should, so there is no figure. */
public final class BenchFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  BenchFailedException(String message) {
    super(message);
  }

  BenchFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
