package dev.sealift.client.sync;

/** A compaction is not what can be taken for the files that it covers; these are taken instead. */
final class StepRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  StepRefusedException(String message) {
    super(message);
  }

  StepRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
