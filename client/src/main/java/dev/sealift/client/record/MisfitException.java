package dev.sealift.client.record;

/** A value that is not one of the Java type that it is read as. The message is a clause about the value, and never repeats it. */
final class MisfitException extends Exception {
  private static final long serialVersionUID = 1L;

  MisfitException(String message) {
    super(message);
  }

  MisfitException(String message, Throwable cause) {
    super(message, cause);
  }
}
