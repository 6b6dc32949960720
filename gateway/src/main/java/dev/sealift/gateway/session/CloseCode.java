package dev.sealift.gateway.session;

import dev.sealift.protocol.proto.ProblemCode;

/** The WebSocket close codes (RFC 6455, section 7.4) in use: for people and proxies. The problem frame says it exactly. */
public enum CloseCode {
  GOING_AWAY(1001),
  PROTOCOL_ERROR(1002),
  UNSUPPORTED_DATA(1003),
  POLICY_VIOLATION(1008),
  MESSAGE_TOO_BIG(1009),
  INTERNAL_ERROR(1011),
  TRY_AGAIN_LATER(1013);

  private final short code;

  CloseCode(int code) {
    this.code = (short) code;
  }

  public short code() {
    return code;
  }

  static CloseCode of(ProblemCode problem) {
    return switch (problem) {
      case PROBLEM_CODE_BAD_FRAME,
          PROBLEM_CODE_UNEXPECTED_FRAME,
          PROBLEM_CODE_UNSUPPORTED_VERSION -> PROTOCOL_ERROR;
      case PROBLEM_CODE_TOO_MUCH -> MESSAGE_TOO_BIG;
      case PROBLEM_CODE_BUSY, PROBLEM_CODE_UNAVAILABLE, PROBLEM_CODE_TOO_MANY_CONNECTIONS ->
        TRY_AGAIN_LATER;
      case PROBLEM_CODE_UNSPECIFIED, UNRECOGNIZED -> INTERNAL_ERROR;
      default -> POLICY_VIOLATION;
    };
  }
}
