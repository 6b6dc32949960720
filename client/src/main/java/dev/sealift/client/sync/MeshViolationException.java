package dev.sealift.client.sync;

/** The mesh, its store or somebody on the way twisted what it should have delivered. Nothing of it was applied. */
public final class MeshViolationException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Violation violation;
  private final long sequence;

  MeshViolationException(Violation violation, long sequence, String message) {
    super(message);
    this.violation = violation;
    this.sequence = sequence;
  }

  public Violation violation() {
    return violation;
  }

  /** Where in the log, or the log's size when it is about the whole. */
  public long sequence() {
    return sequence;
  }
}
