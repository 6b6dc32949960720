package dev.sealift.ops.programs;

/** A program of the machine failed, or is not there. Its message is for people. */
public final class ProgramException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean lacking;

  private ProgramException(String message, boolean lacking) {
    super(message);
    this.lacking = lacking;
  }

  static ProgramException failed(String message) {
    return new ProgramException(message, false);
  }

  static ProgramException lacking(String message) {
    return new ProgramException(message, true);
  }

  /** Whether this machine lacks something, so that nothing was even tried. */
  public boolean isLacking() {
    return lacking;
  }
}
