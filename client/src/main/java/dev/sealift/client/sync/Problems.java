package dev.sealift.client.sync;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.protocol.proto.Problem;
import dev.sealift.protocol.proto.Refusal;
import dev.sealift.protocol.proto.RefusalCode;

/** A mesh's refusals, as the errors that a caller meets. */
final class Problems {
  private Problems() {}

  static SealiftException toException(Problem problem) {
    return switch (problem.getCode()) {
      case PROBLEM_CODE_UNSUPPORTED_VERSION ->
        error(
            ErrorCode.MESH_VERSION,
            "The mesh speaks another version of the protocol. Update the app, or the mesh.");
      case PROBLEM_CODE_AUTHENTICATION_FAILED ->
        error(ErrorCode.NOT_A_MEMBER, "The mesh did not accept this device's proof of its key.");
      case PROBLEM_CODE_NOT_A_MEMBER -> notAMember();
      case PROBLEM_CODE_INVITATION_UNKNOWN -> invitation(ErrorCode.INVITATION_UNKNOWN);
      case PROBLEM_CODE_INVITATION_EXPIRED -> invitation(ErrorCode.INVITATION_EXPIRED);
      case PROBLEM_CODE_INVITATION_USED_UP -> invitation(ErrorCode.INVITATION_USED_UP);
      case PROBLEM_CODE_TOO_FAST,
          PROBLEM_CODE_TOO_MUCH,
          PROBLEM_CODE_BUSY,
          PROBLEM_CODE_UNAVAILABLE,
          PROBLEM_CODE_AUTHENTICATION_TIMEOUT,
          PROBLEM_CODE_TOO_MANY_CONNECTIONS,
          PROBLEM_CODE_SLOW_READER -> new MeshBusyException(problem.getRetryAfterMillis());
      default ->
        error(
            ErrorCode.INTERNAL,
            "The mesh did not understand this client: " + problem.getCode() + ".");
    };
  }

  /** What a mesh says when it takes nothing new of a space now; a person, or time, can change it. */
  static MeshBusyException notNow(Refusal refusal) {
    long retryAfter = refusal.getRetryAfterMillis();
    return switch (refusal.getCode()) {
      case REFUSAL_CODE_OVER_QUOTA ->
        new MeshBusyException(
            ErrorCode.OVER_QUOTA,
            "The space has all the room that it may have in the mesh. Edits are kept here, and sent once there is more.",
            retryAfter);
      case REFUSAL_CODE_TOKEN_REQUIRED ->
        new MeshBusyException(
            ErrorCode.TOKEN_REQUIRED,
            "This mesh keeps spaces under admission tokens. Ask who runs it for one; edits are kept here until then.",
            retryAfter);
      case REFUSAL_CODE_TOKEN_INVALID ->
        new MeshBusyException(
            ErrorCode.TOKEN_INVALID,
            "The admission token is not of this mesh's operator. Ask who runs it for one; edits are kept here until then.",
            retryAfter);
      default ->
        new MeshBusyException(
            ErrorCode.TOKEN_EXPIRED,
            "The space's admission token is over. Edits are kept here, and sent once anyone in the space brings a newer one.",
            retryAfter);
    };
  }

  /** What this device has handed over is early for the mesh. */
  static MeshBusyException ownNotYet(long retryAfterMillis) {
    return new MeshBusyException(
        ErrorCode.MESH_BUSY,
        "What this device has handed over is stamped ahead of the mesh's clock. It is kept here with all behind it, and sent by itself once its time has come.",
        retryAfterMillis);
  }

  /** A mesh does not take what it lacks of others; that may change without anybody's doing. */
  static MeshBusyException othersNotNow() {
    return new MeshBusyException(
        ErrorCode.MESH_BUSY,
        "The mesh does not take yet what this device holds for it of other devices. It is kept here, and tried again by itself.",
        0);
  }

  /** The same, and it will not. */
  static SealiftException othersRefused() {
    return error(
        ErrorCode.FILE_REFUSED,
        "The mesh lacks files of other devices and does not take them from this one. They are kept here; their authors can send them anew.");
  }

  /** What this device wrote goes nowhere for now. */
  static SealiftException mayOnlyRead() {
    return error(
        ErrorCode.NOT_ALLOWED,
        "This device may only read the space. Its edits stay here, and are sent should it be allowed to write again.");
  }

  static SealiftException toException(RefusalCode code) {
    return switch (code) {
      case REFUSAL_CODE_NOT_A_MEMBER -> notAMember();
      case REFUSAL_CODE_LAST_OWNER ->
        error(
            ErrorCode.LAST_OWNER,
            "The space would have no owner left, and nobody could change who is in it. Make somebody else one first.");
      case REFUSAL_CODE_INVITATION_UNKNOWN -> invitation(ErrorCode.INVITATION_UNKNOWN);
      case REFUSAL_CODE_INVITATION_EXPIRED -> invitation(ErrorCode.INVITATION_EXPIRED);
      case REFUSAL_CODE_INVITATION_USED_UP -> invitation(ErrorCode.INVITATION_USED_UP);
      default ->
        error(
            ErrorCode.FILE_REFUSED,
            "The mesh refused a file of this device (" + code
                + "). Your edits stay on this device.");
    };
  }

  private static SealiftException invitation(ErrorCode code) {
    return switch (code) {
      case INVITATION_EXPIRED -> error(code, "The invitation has expired. Ask for a new one.");
      case INVITATION_USED_UP -> error(code, "The invitation was used already. Ask for a new one.");
      default -> error(code, "The space has no such invitation. Ask for a new one.");
    };
  }

  private static SealiftException notAMember() {
    return error(
        ErrorCode.NOT_A_MEMBER,
        "This device is not in the space, or may not write to it. Its edits stay on this device; ask for an invitation.");
  }

  private static SealiftException error(ErrorCode code, String message) {
    return new SealiftException(code, message);
  }
}
