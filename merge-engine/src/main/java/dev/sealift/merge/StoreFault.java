package dev.sealift.merge;

/** In what way a store's answer about a space cannot be true. Names a metric's tag and a log line. */
public enum StoreFault {
  /** The frontier does not give the root, or a number is out of its bounds. */
  TREE_INCONSISTENT,
  /** The chain of membership files does not verify from genesis. */
  MEMBERSHIP_UNVERIFIED,
  /** The space's notary is another mesh's key. */
  FOREIGN_NOTARY,
  /** The chains' counters do not add up to the log, or a chain's device was never in the space. */
  CHAINS_INCONSISTENT,
  /** The log is shorter than one whose head this engine knew to be durable. */
  ROLLED_BACK,
  /** The log has another root at a size whose head this engine knew to be durable. */
  FORKED,
  /** An incarnation of the space is not this mesh's notary's, or does not fit the log. */
  INCARNATION_UNVERIFIED,
  /** The store is marked as restored once more, and the space has had all the incarnations that devices take. */
  INCARNATIONS_USED_UP,
  /** A file looked up does not verify against the head, or the answer does not fit the question. */
  LOOK_UP_UNVERIFIED,
  /** The token stored with a space is not the one that this mesh bound to it. The space is served as one without a token. */
  TOKEN_UNVERIFIED;

  String tag() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
