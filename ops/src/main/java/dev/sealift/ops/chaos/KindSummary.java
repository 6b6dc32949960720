package dev.sealift.ops.chaos;

import dev.sealift.ops.chaos.fault.FaultKind;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * What faults of one kind cost: those that were seen to take hold.
 *
 * @param count of all that took hold
 * @param unseen of those that did not, and count for nothing
 * @param alone rounds in which no other fault was beside it; the times until everything worked again are theirs
 * @param longestWaitMillis the longest that any device waited for an acknowledgement, whatever else was beside it
 */
record KindSummary(
    int count,
    int unseen,
    int alone,
    Times mesh,
    Times write,
    Times read,
    Times gap,
    long longestWaitMillis) {

  /** In milliseconds; 0 where there is none. */
  record Times(long median, long longest) {
    static Times of(List<FaultRecord> rounds, ToLongFunction<FaultRecord> time) {
      List<Long> sorted = rounds.stream()
          .map(time::applyAsLong)
          .sorted(Comparator.naturalOrder())
          .toList();
      return sorted.isEmpty()
          ? new Times(0, 0)
          : new Times(sorted.get(sorted.size() / 2), sorted.get(sorted.size() - 1));
    }

    JsonObject json() {
      return new JsonObject().put("median", median).put("longest", longest);
    }
  }

  static Map<FaultKind, KindSummary> of(List<FaultRecord> rounds) {
    Map<FaultKind, KindSummary> summaries = new EnumMap<>(FaultKind.class);
    for (FaultKind kind : FaultKind.values()) {
      List<FaultRecord> with =
          rounds.stream().filter(round -> hasOne(round, kind, true)).toList();
      long unseen = rounds.stream().filter(round -> hasOne(round, kind, false)).count();
      if (!with.isEmpty() || unseen > 0) {
        summaries.put(kind, ofOne(with, (int) unseen));
      }
    }
    return summaries;
  }

  /** A round has no two faults of a kind. */
  private static boolean hasOne(FaultRecord round, FaultKind kind, boolean seen) {
    return round.faults().stream().anyMatch(fault -> fault.kind() == kind && fault.seen() == seen);
  }

  private static KindSummary ofOne(List<FaultRecord> rounds, int unseen) {
    List<FaultRecord> alone =
        rounds.stream().filter(round -> round.faults().size() == 1).toList();
    return new KindSummary(
        rounds.size(),
        unseen,
        alone.size(),
        Times.of(alone, round -> round.recovered().meshMillis()),
        Times.of(alone, round -> round.recovered().writeMillis()),
        Times.of(alone, round -> round.recovered().readMillis()),
        Times.of(alone, FaultRecord::gapMillis),
        rounds.stream().mapToLong(FaultRecord::gapMillis).max().orElse(0));
  }

  JsonObject json() {
    return new JsonObject()
        .put("count", count)
        .put("unseen", unseen)
        .put("alone", alone)
        .put("meshMillis", mesh.json())
        .put("writeMillis", write.json())
        .put("readMillis", read.json())
        .put("gapMillis", gap.json())
        .put("longestWaitMillis", longestWaitMillis);
  }
}
