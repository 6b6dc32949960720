package dev.sealift.client.error;

/** What went wrong, for programs. The sentence for people stands in {@link SealiftException#getMessage}. */
public enum ErrorCode {
  /** A value, key, name or schema that cannot be stored as it is. Nothing was written. */
  INVALID_INPUT,
  /** No space of that name in this home. */
  NO_SUCH_SPACE,
  /** A space of that name is there already. */
  SPACE_EXISTS,
  /** No table of that name in this space. */
  NO_SUCH_TABLE,
  /** Other rows refer to the row, and a rule of the schema keeps it for them. Nothing was written. */
  REFERENCED,
  /** Another row has the values already, and a rule of the schema lets only one have them. Nothing was written. */
  NOT_UNIQUE,
  /** A transaction has to fit into one file, and this one does not. Nothing was written. */
  TRANSACTION_TOO_LARGE,
  /** The table is written only while the device is connected and has what the others wrote. Nothing was written. */
  OFFLINE,
  /** The query could not be run. */
  BAD_QUERY,
  /** Another process has this home open. */
  HOME_IN_USE,
  /** The home is protected by a passphrase, and none or another was given. */
  WRONG_PASSPHRASE,
  /** The home's stores are encrypted, or are to be, and the SQLite of this program cannot do that. */
  NO_ENCRYPTION,
  /** The home was written by a newer version of Sealift. */
  NEWER_VERSION,
  /** The disk is full. Nothing was written; free some room and try again. */
  DISK_FULL,
  /** A file of the home cannot be read as what it should be. */
  STORE_DAMAGED,
  /** The home or a store could not be read or written. */
  STORE_FAILED,
  /** The object was closed. */
  CLOSED,
  /** The text is not an invitation link, or was damaged on the way. */
  BAD_LINK,
  /** The space has no such invitation. */
  INVITATION_UNKNOWN,
  INVITATION_EXPIRED,
  INVITATION_USED_UP,
  /** What was typed are not the words of a paper key. */
  BAD_WORDS,
  /** The home has no paper key. */
  NO_PAPER_KEY,
  /** The home has a paper key already, or another one than that of these words. */
  PAPER_KEY_EXISTS,
  /** The mesh has nothing of a paper key of these words. */
  PAPER_KEY_UNKNOWN,
  /** The paper key was replaced by another one. */
  PAPER_KEY_REPLACED,
  /** Nothing answers at the mesh's address. */
  MESH_UNREACHABLE,
  /** Something answers at the mesh's address, but it is no Sealift mesh. */
  NOT_A_MESH,
  /** What answers at the mesh's address has a TLS certificate that this JVM does not trust, or one for another address. */
  MESH_NOT_TRUSTED,
  /** The mesh speaks no version of the protocol that this client speaks. */
  MESH_VERSION,
  /** The mesh is not the one whose key the space pins, or somebody on the way changed or replayed what it said. */
  WRONG_MESH,
  /** The mesh does not know the space, though it had it before. Everything is kept here; it is asked again, ever more seldom. */
  MESH_LOST_SPACE,
  /** This needs a connection, and there is none yet. */
  NOT_CONNECTED,
  /** The key to what comes next in the space is not here. It goes on by itself after the next new key, which brings it those before: an owner can make one at any time. */
  KEY_MISSING,
  /** The device is not, or no longer, in the space. */
  NOT_A_MEMBER,
  /** The space has more devices and open invitations than can be given a new key at once. Nothing was changed. */
  TOO_MANY_MEMBERS,
  /** The space would have nobody left who may change who is in it. Nothing was changed. */
  LAST_OWNER,
  /** This device is in the space, but its role does not allow that. */
  NOT_ALLOWED,
  /** The mesh is overloaded or starting; it is tried again by itself. */
  MESH_BUSY,
  /** The space has all the bytes or files that it may have. Edits are kept and sent once there is room; reading goes on. */
  OVER_QUOTA,
  /** The mesh keeps spaces under admission tokens only, and this one has none. */
  TOKEN_REQUIRED,
  /** The admission token is none, or not by the operator of this mesh. */
  TOKEN_INVALID,
  /** The space's admission token is over. Edits are kept and sent once it is renewed; reading goes on. */
  TOKEN_EXPIRED,
  /** The mesh did something that an honest one does not: see {@code Violation}. */
  MESH_VIOLATION,
  /** The mesh refused a file for good. */
  FILE_REFUSED,
  /** What was handed over is no files of Sealift, or was damaged on its way, or holds what no device of the space may write. Nothing of it was taken. */
  BAD_HAND_OVER,
  /** What was handed over is of another space. Nothing of it was taken. */
  WRONG_SPACE,
  /** What was handed over builds on files that this device does not have. Nothing of it was taken; connect, or take those over first. */
  FILES_MISSING,
  /** What was handed over contradicts what this device has: two copies of one home went on apart. Nothing of it was taken; it sorts itself out in the mesh. */
  FILES_CONFLICT,
  /** What was handed over is stamped further ahead of this device's clock than the space allows. Nothing of it was taken; look at the clocks, or try later. */
  FILES_AHEAD,
  /** More waits for the mesh than can be handed over at a time. */
  TOO_MANY_FILES,
  /** This device does not have all that its evidence would have to show. */
  EVIDENCE_INCOMPLETE,
  /** The file is no evidence, or was damaged on its way. */
  BAD_EVIDENCE,
  /** A file in the space has a format newer than this client knows. Nothing is lost; update the app. */
  NEWER_FORMAT,
  /** The space asks for a newer version of the app. Reading and receiving go on; nothing can be written until the app is updated. */
  APP_TOO_OLD,
  /** The space is being brought up to date at once, by what others have put together, and only a part of it is there. Nothing was written; reading goes on, and writing once all of it is there. */
  CATCHING_UP,
  /** It took too long. */
  TIMED_OUT,
  /** A bug in Sealift. */
  INTERNAL
}
