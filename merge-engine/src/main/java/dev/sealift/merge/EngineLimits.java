package dev.sealift.merge;

/**
 * Every bound of the engine. What happens at each is written beside it.
 *
 * @param pendingFiles files whose requests are not answered yet; a request beyond them fails with
 *     BUSY
 * @param pendingHeaderBytes the same, in bytes of headers
 * @param spaceFiles of the pending files those of one space, once half of the room for all is taken;
 *     a request beyond them fails with BUSY
 * @param spaceHeaderBytes the same, in bytes of headers
 * @param reservedFiles of the room for pending files what is kept for requests that add nothing:
 *     connecting devices, and receipts for files that were admitted before
 * @param batchFiles files in one commit; more wait for the next
 * @param batchBytes header and payload bytes in one commit; more wait for the next
 * @param sliceFiles files judged before the engine looks at its mail again
 * @param loadedWeight devices of all loaded spaces together; the space unused for longest is dropped
 * @param tries commits that a request may lose to other engines or to a store that does not answer;
 *     then its files are refused with BUSY
 * @param retryAfterMillis what a refused device is told to wait
 * @param distrustMillis how long a space whose stored state was wrong is refused before it is loaded
 *     again
 */
public record EngineLimits(
    int pendingFiles,
    long pendingHeaderBytes,
    int spaceFiles,
    long spaceHeaderBytes,
    int reservedFiles,
    int batchFiles,
    long batchBytes,
    int sliceFiles,
    int loadedWeight,
    int tries,
    long retryAfterMillis,
    long distrustMillis) {
  /** A second or so of work for one processor: what waits longer is better told to come back. */
  static final int PENDING_FILES = 8192;

  /** Headers of an ordinary 300 bytes never get here; the largest ones fill it with 512 files. */
  static final long PENDING_HEADER_BYTES = 32L << 20;

  /** An eighth: a space that floods the engine leaves room for every other, and a full batch is still of one space. */
  static final int SPACE_FILES = PENDING_FILES / 8;

  static final long SPACE_HEADER_BYTES = PENDING_HEADER_BYTES / 8;

  /** A sixteenth: as many devices may be connecting at once, when uploads take all other room. */
  static final int RESERVED_FILES = PENDING_FILES / 16;

  /** A few tens of ms of signature checks: large enough to make one fsync cheap, small enough to wait for. */
  static final int BATCH_FILES = 256;

  /** What a store writes and syncs within a few tens of milliseconds. */
  static final long BATCH_BYTES = 8L << 20;

  /** One full request: a commit's reply is never kept waiting by more. */
  static final int SLICE_FILES = 64;

  /** At about 300 bytes a device: 60 MiB. */
  static final int LOADED_WEIGHT = 200_000;

  /** Two owners at once settle within one or two rounds; more means a store that does not answer. */
  static final int TRIES = 4;

  /** Several commits' time; devices add jitter of their own. */
  static final long RETRY_AFTER_MILLIS = 500;

  /** Rare enough that a damaged space costs nothing, often enough that a repaired one is noticed. */
  static final long DISTRUST_MILLIS = 30_000;

  public static final EngineLimits DEFAULT = new EngineLimits(
      PENDING_FILES,
      PENDING_HEADER_BYTES,
      SPACE_FILES,
      SPACE_HEADER_BYTES,
      RESERVED_FILES,
      BATCH_FILES,
      BATCH_BYTES,
      SLICE_FILES,
      LOADED_WEIGHT,
      TRIES,
      RETRY_AFTER_MILLIS,
      DISTRUST_MILLIS);
}
