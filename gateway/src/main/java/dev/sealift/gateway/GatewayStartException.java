package dev.sealift.gateway;

/** The gateway cannot start as it is configured. The message is a sentence for the operator that says what to do. */
public final class GatewayStartException extends Exception {
  private static final long serialVersionUID = 1L;

  public enum Reason {
    PORT_IN_USE,
    CANNOT_BIND,
    PLAINTEXT_BEYOND_LOOPBACK,
    TLS_FILES
  }

  private final Reason reason;

  GatewayStartException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  GatewayStartException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
