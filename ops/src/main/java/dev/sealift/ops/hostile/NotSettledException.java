package dev.sealift.ops.hostile;

/** Devices to whom nobody lies do not come to rest. */
final class NotSettledException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotSettledException(String message) {
    super(message);
  }
}
