package dev.sealift.ops.simulate;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.store.KeptFile;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.List;

/** Where the files of a log stand under the rule by arrival, each worked out by looking back through all of it: as the specification says it, and without what a device keeps of it. */
final class Places {
  /** A file, its header and what it says. */
  record File(KeptFile kept, FileHeader header, List<EventRun> runs) {}

  private final SpaceRules rules;
  private final List<File> log;

  Places(SpaceRules rules, List<File> log) {
    this.rules = rules;
    this.log = log;
  }

  /** That of an event; 0 where ranks go by time. */
  long of(File file, EventRun run, RowEvent row) {
    if (!rules.isByArrival()) {
      return 0;
    }
    for (File other : log) {
      if (isOfOneChain(other, file) && reaches(other, row.time())) {
        return other == file
            ? of(file)
            : Math.max(
                of(other), serverTime(Math.min(run.seenSequence(), file.kept().sequence() - 1)));
      }
    }
    throw new IllegalArgumentException("not an event of the file");
  }

  private static boolean isOfOneChain(File one, File other) {
    return one.header().device().equals(other.header().device());
  }

  private static boolean reaches(File file, HybridTime time) {
    return file.runs().stream()
        .flatMap(run -> run.rows().stream())
        .anyMatch(row -> !time.isAfter(row.time()));
  }

  private long of(File file) {
    return isInTime(file)
        ? file.kept().serverTimeMillis()
        : Math.max(floor(file), Math.max(base(file), placeBefore(file)));
  }

  private boolean isInTime(File file) {
    return file.kept().serverTimeMillis() - file.header().time().millis()
        <= rules.lateAfterMillis();
  }

  private long floor(File file) {
    if (file.runs().isEmpty()) {
      return 0;
    }
    long seen = file.runs().get(file.runs().size() - 1).seenSequence();
    seen = Math.min(seen, file.header().seen().sequence());
    return serverTime(Math.min(seen, file.kept().sequence() - 1));
  }

  private long serverTime(long sequence) {
    return sequence == 0 ? 0 : log.get((int) sequence - 1).kept().serverTimeMillis();
  }

  private long base(File file) {
    for (File other : log) {
      if (isBefore(other, file)) {
        return isInTime(other) ? other.kept().serverTimeMillis() : base(other);
      }
    }
    return 0;
  }

  private long placeBefore(File file) {
    return log.stream()
        .filter(other -> isBefore(other, file))
        .mapToLong(this::of)
        .sum();
  }

  private static boolean isBefore(File other, File file) {
    return isOfOneChain(other, file)
        && other.header().counter() == file.header().counter() - 1;
  }
}
