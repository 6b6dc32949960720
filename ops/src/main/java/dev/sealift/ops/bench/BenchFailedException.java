package dev.sealift.ops.bench;

import dev.sealift.ops.programs.ProgramException;

/** What was to be measured did not do what it should, so there is no figure. */
public final class BenchFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** This machine, or this user, lacks something: nothing was measured. */
  public static final String NOT_EQUIPPED = "not-equipped";

  private static final String FAILED = "bench-failed";

  private final String code;

  BenchFailedException(String message) {
    super(message);
    this.code = FAILED;
  }

  BenchFailedException(String message, Throwable cause) {
    super(message, cause);
    this.code = FAILED;
  }

  private BenchFailedException(String code, String message) {
    super(message);
    this.code = code;
  }

  static BenchFailedException notEquipped(String message) {
    return new BenchFailedException(NOT_EQUIPPED, message);
  }

  static BenchFailedException of(ProgramException e) {
    String message = String.valueOf(e.getMessage());
    return e.isLacking() ? notEquipped(message) : new BenchFailedException(message, e);
  }

  public String code() {
    return code;
  }
}
