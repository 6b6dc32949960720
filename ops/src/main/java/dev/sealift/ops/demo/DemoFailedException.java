package dev.sealift.ops.demo;

/** Something that the demo shows was not so. */
public final class DemoFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  DemoFailedException(String message) {
    super(message);
  }
}
