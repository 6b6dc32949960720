package dev.sealift.storage;

import dev.sealift.protocol.mesh.MeshFailure;
import org.jspecify.annotations.Nullable;

/** Why a store did not do what it was asked. The message names no space, device or file. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final MeshFailure failure;

  public StoreException(MeshFailure failure, String message) {
    this(failure, message, null);
  }

  public StoreException(MeshFailure failure, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.failure = failure;
  }

  /** A bound is reached: the same request may succeed a moment later. */
  public static StoreException busy(String message) {
    return new StoreException(MeshFailure.BUSY, message);
  }

  /** What the caller hears over the event bus. */
  public MeshFailure failure() {
    return failure;
  }
}
