package dev.sealift.ops.simulate;

/** Something is as it must not be. */
final class Fault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** @param law which one is broken, for example {@code L7}, or a word for what every run must come to */
  Fault(String law, String what) {
    super(law + ": " + what);
  }
}
