package dev.sealift.client.sync;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;

/**
 * The mesh has another file where this device's next one was to stand: its home was copied, or restored from a backup. The next
 * connection fetches the files that this home does not know, and what waits is sent again behind them.
 */
final class ChainTakenException extends SealiftException {
  private static final long serialVersionUID = 1L;

  ChainTakenException() {
    super(
        ErrorCode.MESH_BUSY,
        "Another copy of this home wrote to the space. What it wrote is fetched, and this home's edits follow.");
  }
}
