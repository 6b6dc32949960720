package dev.sealift.client.sync;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;

/** The mesh asks to be left alone for a while, or takes nothing now: what it says may change, so it is asked again. */
final class MeshBusyException extends SealiftException {
  private static final long serialVersionUID = 1L;

  private final long retryAfterMillis;

  MeshBusyException(long retryAfterMillis) {
    this(
        ErrorCode.MESH_BUSY,
        "The mesh is busy or starting. It is tried again by itself.",
        retryAfterMillis);
  }

  MeshBusyException(ErrorCode code, String message, long retryAfterMillis) {
    super(code, message);
    this.retryAfterMillis = retryAfterMillis;
  }

  /** What the mesh asked for; 0 when it did not say. */
  long retryAfterMillis() {
    return retryAfterMillis;
  }
}
