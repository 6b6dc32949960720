package dev.sealift.client.sync;

import dev.sealift.protocol.evidence.ShownReceipt;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The mesh, its store or somebody on the way twisted what it should have delivered. Nothing of it was applied. */
public final class MeshViolationException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Violation violation;
  private final long sequence;
  private transient @Nullable ShownReceipt receipt;
  private boolean hasEvidence = true;

  MeshViolationException(Violation violation, long sequence, String message) {
    super(message);
    this.violation = violation;
    this.sequence = sequence;
  }

  /** With the receipt that it is about. */
  MeshViolationException of(ShownReceipt about) {
    receipt = about;
    return this;
  }

  /** About something that nobody but this device has seen the mesh pass on, so that there is nothing to show. */
  MeshViolationException withoutEvidence() {
    hasEvidence = false;
    return this;
  }

  /** Whether the frame at which the mesh was caught shows it to others. */
  boolean hasEvidence() {
    return hasEvidence;
  }

  /** The receipt that it is about; empty where it is about something else. */
  Optional<ShownReceipt> receipt() {
    return Optional.ofNullable(receipt);
  }

  public Violation violation() {
    return violation;
  }

  /** Where in the log, or the log's size when it is about the whole. */
  public long sequence() {
    return sequence;
  }
}
