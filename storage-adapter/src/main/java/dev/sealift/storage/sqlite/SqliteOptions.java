package dev.sealift.storage.sqlite;

import java.time.Duration;

/**
 * What can be chosen about an embedded store. The defaults were measured; the module's README has the
 * figures.
 *
 * @param readers connections, and threads, that serve reads beside the one writer
 * @param stagingBytes memory for payloads that wait for their commit
 * @param keepStaged how long such a payload waits
 * @param maxDatabaseBytes the database file grows no further; 0: as far as the disk goes
 */
public record SqliteOptions(
    int readers, long stagingBytes, Duration keepStaged, long maxDatabaseBytes) {

  /** Sixteen connections with a full put window each. */
  private static final long DEFAULT_STAGING_BYTES = 64L << 20;

  /** Far longer than an admission takes; short enough for what a killed gateway left. */
  private static final Duration DEFAULT_KEEP_STAGED = Duration.ofMinutes(1);

  private static final int MIN_READERS = 2;

  public SqliteOptions {
    if (readers < 1 || stagingBytes < 0 || keepStaged.isNegative() || maxDatabaseBytes < 0) {
      throw new IllegalArgumentException("an option is out of bounds");
    }
  }

  /** For a store that has the machine to itself and one or two other verticles. */
  public static SqliteOptions defaults() {
    int readers = Math.max(MIN_READERS, Runtime.getRuntime().availableProcessors());
    return new SqliteOptions(readers, DEFAULT_STAGING_BYTES, DEFAULT_KEEP_STAGED, 0);
  }

  public SqliteOptions withReaders(int count) {
    return new SqliteOptions(count, stagingBytes, keepStaged, maxDatabaseBytes);
  }

  public SqliteOptions withStaging(long bytes, Duration keep) {
    return new SqliteOptions(readers, bytes, keep, maxDatabaseBytes);
  }

  public SqliteOptions withMaxDatabaseBytes(long bytes) {
    return new SqliteOptions(readers, stagingBytes, keepStaged, bytes);
  }
}
