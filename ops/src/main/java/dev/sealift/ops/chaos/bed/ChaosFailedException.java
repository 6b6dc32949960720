package dev.sealift.ops.chaos.bed;

import dev.sealift.ops.programs.ProgramException;

/** The test could not be done, or not to its end: a code for programs, a sentence for people. */
public final class ChaosFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Who runs it lacks a right, a program or an option: nothing was started. */
  public static final String NOT_EQUIPPED = "not-equipped";

  private static final String FAILED = "chaos-failed";

  private final String code;

  private ChaosFailedException(String code, String message) {
    super(message);
    this.code = code;
  }

  /** This machine, or this user, cannot run it. */
  public static ChaosFailedException notEquipped(String message) {
    return new ChaosFailedException(NOT_EQUIPPED, message);
  }

  public static ChaosFailedException failed(String message) {
    return new ChaosFailedException(FAILED, message);
  }

  static ChaosFailedException of(ProgramException e) {
    String message = String.valueOf(e.getMessage());
    return e.isLacking() ? notEquipped(message) : failed(message);
  }

  public String code() {
    return code;
  }
}
