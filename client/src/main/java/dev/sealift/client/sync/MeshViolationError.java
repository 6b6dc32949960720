package dev.sealift.client.sync;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;

/** {@code MESH_VIOLATION}: the mesh was caught at something that an honest one does not do. Nothing of it was applied. */
public final class MeshViolationError extends SealiftException {
  private static final long serialVersionUID = 1L;

  private final Violation violation;

  MeshViolationError(MeshViolationException e) {
    super(
        ErrorCode.MESH_VIOLATION,
        "The mesh was caught (" + e.violation() + " at " + e.sequence() + "): " + e.getMessage()
            + ". Nothing of it was applied. Ask who runs the mesh; your data is safe on this device.",
        e);
    this.violation = e.violation();
  }

  public Violation violation() {
    return violation;
  }
}
