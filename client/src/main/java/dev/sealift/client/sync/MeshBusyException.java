package dev.sealift.client.sync;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;

/** The mesh asks to be left alone for a while, or takes nothing now: what it says may change, so it is asked again. */
final class MeshBusyException extends SealiftException {
  private static final long serialVersionUID = 1L;

  /** How often a mesh that recovers is asked whether it has ended: an operator may end it at any time. */
  private static final long RECOVERING_MILLIS = 5_000;

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

  /** It takes back what it has lost; nothing else for so long, or until somebody ends it. */
  static MeshBusyException recovering(long millis) {
    return new MeshBusyException(Math.min(millis, RECOVERING_MILLIS));
  }

  /** It has no compaction that brings this device on, and nothing else does. */
  static MeshBusyException withoutStep() {
    return new MeshBusyException(
        ErrorCode.MESH_BUSY,
        "This device can go on by a compaction alone, and the mesh has none yet that it could take. It asks again by itself; reading goes on.",
        0);
  }

  /** It has let go of files that this device does not have. */
  static MeshBusyException reclaimed() {
    return new MeshBusyException(
        ErrorCode.MESH_BUSY,
        "The mesh keeps a compaction in the place of what comes next. This device goes on by that.",
        0);
  }

  /** What the mesh asked for; 0 when it did not say. */
  long retryAfterMillis() {
    return retryAfterMillis;
  }
}
