package dev.sealift.gateway.session;

/** Why a question to the mesh has no answer. */
public enum MeshTrouble {
  /** No engine is known for the space, or nobody listens at the address. */
  NOBODY(true),
  /** No answer in time; whether something was done is unknown, and asking again is safe. */
  TIMEOUT(true),
  BUSY(true),
  UNAVAILABLE(true),
  /** The other side does not speak our version of the messages: an upgrade that went too far, or is not over. */
  VERSION(true),
  /** Payloads lie where the space's owner does not commit any more: they have to be staged again. */
  MOVED(true),
  /** The other side calls our request malformed: asking again is no use. */
  MALFORMED(false),
  /** A bug on the other side, or an answer that does not fit the question. */
  BROKEN(false);

  private final boolean passing;

  MeshTrouble(boolean passing) {
    this.passing = passing;
  }

  /** Whether asking again may help. */
  boolean passing() {
    return passing;
  }
}
