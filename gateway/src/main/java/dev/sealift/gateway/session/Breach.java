package dev.sealift.gateway.session;

import dev.sealift.protocol.proto.ProblemCode;

/** The device did what the protocol forbids, or may not be here: the session closes with this problem. */
final class Breach extends Exception {
  private static final long serialVersionUID = 1L;

  private final ProblemCode code;
  private final long retryAfterMillis;

  Breach(ProblemCode code) {
    this(code, 0);
  }

  Breach(ProblemCode code, long retryAfterMillis) {
    // No stack trace: a hostile peer must not be able to make the gateway spend time on one.
    super(code.name(), null, false, false);
    this.code = code;
    this.retryAfterMillis = retryAfterMillis;
  }

  ProblemCode code() {
    return code;
  }

  long retryAfterMillis() {
    return retryAfterMillis;
  }
}
