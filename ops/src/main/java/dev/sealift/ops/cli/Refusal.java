package dev.sealift.ops.cli;

/** A command that was understood and cannot be done: a code for programs, a sentence for people. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  /** For what the parser of the command line cannot see. */
  static final String WRONG_USAGE = "wrong-usage";

  private final String code;

  Refusal(String code, String message) {
    super(message);
    this.code = code;
  }

  String code() {
    return code;
  }
}
