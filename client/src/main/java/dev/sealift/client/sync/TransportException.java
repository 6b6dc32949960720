package dev.sealift.client.sync;

import org.jspecify.annotations.Nullable;

/** A connection that could not be made, or broke. */
public final class TransportException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Whether trying again may help by itself. */
  public enum Kind {
    /** Nothing answers, or the connection broke: the network, or a mesh that is not up. */
    UNREACHABLE,
    /** The mesh answers, and has no room now. */
    BUSY,
    /** Something answers that is no Sealift mesh. */
    NOT_A_MESH,
    /** What answers has a TLS certificate that is not trusted here, or is another's. */
    NOT_TRUSTED
  }

  private final Kind kind;
  private final long retryAfterMillis;

  public TransportException(Kind kind, String message, @Nullable Throwable cause) {
    this(kind, message, cause, 0);
  }

  /** @param retryAfterMillis what the other end asked to wait, or 0 */
  public TransportException(
      Kind kind, String message, @Nullable Throwable cause, long retryAfterMillis) {
    super(message, cause);
    this.kind = kind;
    this.retryAfterMillis = retryAfterMillis;
  }

  public long retryAfterMillis() {
    return retryAfterMillis;
  }

  public Kind kind() {
    return kind;
  }
}
