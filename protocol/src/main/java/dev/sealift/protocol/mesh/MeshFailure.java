package dev.sealift.protocol.mesh;

import java.util.Optional;

/** Why one verticle could not serve another: the failure codes of the event bus. */
public enum MeshFailure {
  /** A bounded queue is full. Nothing was done; ask again a little later. */
  BUSY(1),
  /** The world failed: a store, a disk, another verticle. Whether something was done is unknown; asking again is safe. */
  UNAVAILABLE(2),
  /** The request breaks its format. Asking again is no use. */
  MALFORMED(3),
  /** A bug on the answering side. */
  INTERNAL(4),
  /** The message is of a version that the answering side does not speak. Asking another, or a little later, may help. */
  VERSION(5);

  private final int code;

  MeshFailure(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** The failure with this code; empty when a newer verticle used one that is not known here. */
  public static Optional<MeshFailure> ofCode(int code) {
    for (MeshFailure failure : values()) {
      if (failure.code == code) {
        return Optional.of(failure);
      }
    }
    return Optional.empty();
  }
}
