package dev.sealift.client.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Keeps SQLite's write-ahead log from growing without end. While a result is open, the log keeps everything that was written since; readers and the writer never wait for one another, so only the disk pays. At the bound the results that are in the way are ended: reading on
 * fails with a reason.
 */
final class LogBound {
  /**
   * @param softBytes of the log at which results are ended that are older than {@code ageNanos}
   * @param hardBytes of the log at which all are
   * @param ageNanos longer than anybody needs to read a result that is shown
   */
  record Limits(long softBytes, long hardBytes, long ageNanos) {
    /** Much more than the log has by itself (16 MiB), and less than what a phone misses. */
    static final Limits DEFAULT = new Limits(256L << 20, 512L << 20, TimeUnit.SECONDS.toNanos(10));
  }

  private final Path log;
  private final Writer writer;
  private final Readers readers;
  private final Limits limits;

  LogBound(Path database, Writer writer, Readers readers, Limits limits) {
    this.log = database.resolveSibling(database.getFileName() + "-wal");
    this.writer = writer;
    this.readers = readers;
    this.limits = limits;
  }

  /** Between two transactions. */
  void afterCommit() {
    if (!readers.hasResults()) {
      return; // nothing holds it: SQLite empties it by itself
    }
    long bytes = bytes();
    if (bytes > limits.softBytes()) {
      emptyLog(bytes > limits.hardBytes() ? 0 : limits.ageNanos());
    }
  }

  private void emptyLog(long ageNanos) {
    try {
      readers.endResults(ageNanos);
      writer.emptyLog();
    } catch (StoreException e) {
      // What was committed is kept all the same, and the next commit tries again: SQLite takes its
      // own attempts no other way.
    }
  }

  private long bytes() {
    try {
      return Files.size(log);
    } catch (IOException e) {
      return 0; // there is none, or the next commit says what is wrong
    }
  }
}
