package dev.sealift.ops.simulate;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.store.KeptFile;
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

  /** 0 where ranks go by time. */
  long of(File file) {
    if (!rules.isByArrival()) {
      return 0;
    }
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
    seen = Math.min(seen, file.kept().sequence() - 1);
    return seen == 0 ? 0 : log.get((int) seen - 1).kept().serverTimeMillis();
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
    return other.header().device().equals(file.header().device())
        && other.header().counter() == file.header().counter() - 1;
  }
}
