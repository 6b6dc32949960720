package dev.sealift.ops.simulate;

/** The device has no power any more: whoever runs on it gets no further. */
final class PowerCutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PowerCutException() {
    super("the power is gone", null, false, false);
  }
}
