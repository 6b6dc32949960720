package dev.sealift.client.sync;

/** What a mesh did that an honest one does not: the names under which a device reports it. */
public enum Violation {
  /** A tree head that the space's notary did not sign, or that is of another space. */
  HEAD_NOT_SIGNED,
  /** The mesh's log is shorter than one that it has signed before. */
  ROLLED_BACK,
  /** Two signed logs that cannot both be true: one is not a continuation of the other. */
  FORKED,
  /** Files that are not those of the signed log: one was dropped, added, swapped, moved or altered. */
  LOG_ALTERED,
  /** A file whose signature is not its author's. */
  FILE_NOT_SIGNED,
  /** A file by a device that was not in the space, or had no right to write it. */
  AUTHOR_NOT_A_MEMBER,
  /** A file that does not follow the one before it in its author's chain. */
  CHAIN_BROKEN,
  /** A payload that is not the one that its header names. */
  PAYLOAD_ALTERED,
  /** A payload that is missing, though nothing has superseded it. */
  PAYLOAD_MISSING,
  /** A membership change that the chain does not allow, and yet was admitted. */
  MEMBERSHIP_BROKEN,
  /** A file that is sealed under another key than the one of its time, and yet was admitted. */
  EPOCH_BROKEN,
  /** Server times that do not rise, or a file admitted from beyond the space's clock bound. */
  TIME_BROKEN,
  /** A file by an author who had seen another log than this one; or a device has signed that it holds another one. */
  SEEN_ANOTHER_LOG,
  /** A file that builds on another one, which does not stand before it in the log. */
  BUILDS_ON_MISSING,
  /** A file of which the notary has signed another place for the one before it in its chain than follows from the log. */
  BASE_FALSE,
  /** A receipt whose path does not lead to the signed head. */
  RECEIPT_FALSE,
  /** A file with a receipt that stands elsewhere in the log, or not at all. */
  RECEIPT_NOT_HONOURED,
  /** An epoch key that is not the one to which the log commits. */
  KEY_NOT_COMMITTED
}
