package dev.sealift.vectors;

/** A vector that is not written as protocol/vectors/README.md says. Never a refusal that a vector could expect. */
public final class BadVectorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BadVectorException(String message) {
    super(message);
  }

  public BadVectorException(String message, Throwable cause) {
    super(message, cause);
  }
}
