package dev.sealift.client.sync;

import dev.sealift.client.error.SealiftException;
import java.io.IOException;
import java.io.OutputStream;

/** Evidence that can be written. For one thread. */
public interface EvidenceExport {
  /**
   * Writes it; does not close.
   *
   * @throws SealiftException {@code EVIDENCE_INCOMPLETE} when this device does not have all of it, or the log has gone back meanwhile
   */
  void writeTo(OutputStream out) throws IOException;
}
