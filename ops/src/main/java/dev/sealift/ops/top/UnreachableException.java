package dev.sealift.ops.top;

/** A process shows nothing of itself; the message is for people and quotes nothing that came from there. */
public final class UnreachableException extends Exception {
  private static final long serialVersionUID = 1L;

  UnreachableException(String message) {
    super(message);
  }
}
