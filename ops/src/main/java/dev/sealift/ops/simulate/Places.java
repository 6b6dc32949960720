package dev.sealift.ops.simulate;

import dev.sealift.client.pack.DotRef;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.store.KeptFile;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the files of a log stand under the rule by arrival, each worked out by looking back through all of it: as the specification says it, and without what a device keeps of it. */
final class Places {
  /** A file, its header and what it says. */
  record File(KeptFile kept, FileId id, FileHeader header, List<EventRun> runs) {}

  private final SpaceRules rules;
  private final List<File> log;

  /** Those that were worked out already: many build on one. */
  private final Map<FileId, Long> places = new HashMap<>();

  private final Map<FileId, Long> bases = new HashMap<>();

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
        long seen = serverTime(Math.min(run.seenSequence(), file.kept().sequence() - 1));
        return other == file
            ? of(file)
            : Math.max(of(other), Math.max(seen, besideTheLog(file, run)));
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
    Long known = places.get(file.id());
    if (known == null) {
      known = isInTime(file)
          ? file.kept().serverTimeMillis()
          : Math.max(floor(file), Math.max(base(file), placeBefore(file)));
      places.put(file.id(), known);
    }
    return known;
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
    long beside =
        file.runs().stream().mapToLong(run -> besideTheLog(file, run)).max().getAsLong();
    return Math.max(beside, serverTime(Math.min(seen, file.kept().sequence() - 1)));
  }

  /** The highest place of what the author of a run had seen without a place, as far as it stands before his file. */
  private long besideTheLog(File file, EventRun run) {
    return run.seenFiles().stream()
        .flatMap(dot -> before(dot, file).stream())
        .mapToLong(this::of)
        .max()
        .orElse(0);
  }

  /** What the log has of a dot before the file that names it: the very file, or whatever stands there from a cut-off before. */
  Optional<File> before(DotRef dot, File by) {
    return log.stream()
        .filter(other -> other.kept().sequence() < by.kept().sequence())
        .filter(other -> other.header().device().equals(dot.device())
            && other.header().counter() == dot.counter())
        .filter(other -> isOld(other, by) || other.id().equals(dot.file()))
        .findFirst();
  }

  private boolean isOld(File file, File by) {
    return by.kept().serverTimeMillis() - file.kept().serverTimeMillis() >= rules.cutOffMillis();
  }

  private long serverTime(long sequence) {
    return sequence == 0 ? 0 : log.get((int) sequence - 1).kept().serverTimeMillis();
  }

  private long base(File file) {
    Long known = bases.get(file.id());
    if (known == null) {
      known = log.stream()
          .filter(other -> isBefore(other, file) || isBuiltOn(other, file))
          .mapToLong(other -> isInTime(other) ? other.kept().serverTimeMillis() : base(other))
          .max()
          .orElse(0);
      bases.put(file.id(), known);
    }
    return known;
  }

  private static boolean isBuiltOn(File other, File file) {
    return file.header().buildsOn().stream().anyMatch(dot -> dot.file().equals(other.id()));
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
