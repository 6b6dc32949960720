package dev.sealift.protocol.membership;

import dev.sealift.protocol.proto.RefusalCode;

/** A membership change that the chain does not allow. The code says why, and what its author may do. */
public final class MembershipException extends Exception {
  private static final long serialVersionUID = 1L;

  private final RefusalCode code;

  MembershipException(RefusalCode code, String message) {
    super(message);
    this.code = code;
  }

  public RefusalCode code() {
    return code;
  }
}
