package dev.sealift.client.store;

import java.util.ArrayList;
import java.util.List;

/** Where this device's own files stand in the log, by the times of their events: its stamps do not say it. */
final class OwnSequences {
  private final long[] lastTimes;
  private final long[] sequences;

  private OwnSequences(long[] lastTimes, long[] sequences) {
    this.lastTimes = lastTimes;
    this.sequences = sequences;
  }

  static OwnSequences read(Reader reader, long position) {
    List<long[]> files = new ArrayList<>();
    try (Statement select = reader.prepare(
        "SELECT last_t, sequence FROM _sealift_chain WHERE last_t > 0 AND sequence <= ? ORDER BY sequence")) {
      select.bind(1, position);
      while (select.next()) {
        files.add(new long[] {select.integer(1), select.integer(2)});
      }
    }
    return new OwnSequences(
        files.stream().mapToLong(file -> file[0]).toArray(),
        files.stream().mapToLong(file -> file[1]).toArray());
  }

  /** That of the file with an event of this time. */
  long at(long time) {
    int below = -1;
    int found = lastTimes.length;
    while (below + 1 < found) {
      int middle = (below + found) >>> 1;
      if (Long.compareUnsigned(lastTimes[middle], time) < 0) {
        below = middle;
      } else {
        found = middle;
      }
    }
    if (found == lastTimes.length) {
      throw new StoreException(
          StoreException.Code.CORRUPT, "the space's database has an event of no file of the log");
    }
    return sequences[found];
  }
}
