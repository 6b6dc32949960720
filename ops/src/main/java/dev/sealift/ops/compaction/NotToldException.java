package dev.sealift.ops.compaction;

/** The mesh did not say how a space stands: a code for programs, a sentence for people. */
public final class NotToldException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String code;

  NotToldException(String code, String message) {
    super(message);
    this.code = code;
  }

  public String code() {
    return code;
  }
}
