package dev.sealift.client.sync;

import org.jspecify.annotations.Nullable;

/** A connection that could not be made, or broke. */
public final class TransportException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Whether trying again may help by itself. */
  public enum Kind {
    /** Nothing answers, or the connection broke: the network, or a mesh that is not up. */
    UNREACHABLE,
    /** Something answers that is no Sealift mesh. */
    NOT_A_MESH,
    /** What answers has a TLS certificate that is not trusted here, or is another's. */
    NOT_TRUSTED
  }

  private final Kind kind;

  public TransportException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
