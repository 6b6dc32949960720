package dev.sealift.client.sync;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;

/** The mesh does not know a space that it had. Only who runs it can change that, so it is asked again ever more seldom; everything is kept. */
final class SpaceLostException extends SealiftException {
  private static final long serialVersionUID = 1L;

  SpaceLostException() {
    super(
        ErrorCode.MESH_LOST_SPACE,
        "The mesh does not have this space, though it had it before. Your data and edits are safe on this device, and it is asked again by itself; ask who runs the mesh.");
  }
}
