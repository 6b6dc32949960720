package dev.sealift.merge;

/**
 * How long the store may take to answer.
 *
 * @param readMillis for loads and look-ups; then what waited for them is refused
 * @param commitMillis for a commit; then its outcome is unknown and its spaces are loaded again
 */
record StoreTimeouts(long readMillis, long commitMillis) {
  /** A thousand times what a look-up takes; a store that needs longer is not there. */
  static final long READ_MILLIS = 3_000;

  /** A full batch on a disk that stalls. A commit that comes true later still harms nothing. */
  static final long COMMIT_MILLIS = 5_000;

  static final StoreTimeouts DEFAULT = new StoreTimeouts(READ_MILLIS, COMMIT_MILLIS);
}
