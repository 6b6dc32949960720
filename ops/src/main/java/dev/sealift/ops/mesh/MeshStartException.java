package dev.sealift.ops.mesh;

import org.jspecify.annotations.Nullable;

/** Why a process of the mesh did not start, or may not go on, in one sentence that says what to do. */
public final class MeshStartException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String code;

  MeshStartException(String code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  MeshStartException(String code, String message) {
    this(code, message, null);
  }

  static MeshStartException badSetting(String message) {
    return new MeshStartException("bad-setting", message);
  }

  /** Stable, for programs. */
  public String code() {
    return code;
  }
}
