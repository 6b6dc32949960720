package dev.sealift.ops.chaos;

import dev.sealift.ops.chaos.fault.FaultKind;
import dev.sealift.ops.chaos.verdict.Verdict;
import dev.sealift.ops.terminal.TextTable;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How a run ended.
 *
 * @param minutes that it took from the first round to the last recovery
 * @param problems what no device should have met, and who was not done in time
 * @param surprises processes that ended, or did not end, without being asked, and no fault that explains it
 * @param explained such that a fault explains
 * @param unseen faults of which no effect was seen
 */
public record ChaosResult(
    double minutes,
    long seed,
    Verdict verdict,
    List<String> problems,
    List<String> surprises,
    List<String> explained,
    List<String> unseen,
    List<String> bugs,
    Map<String, Long> errors,
    List<FaultKind> notDrawn,
    Map<FaultKind, KindSummary> kinds) {
  private static final double MILLIS = 1_000;

  public ChaosResult {
    problems = List.copyOf(problems);
    surprises = List.copyOf(surprises);
    explained = List.copyOf(explained);
    unseen = List.copyOf(unseen);
    bugs = List.copyOf(bugs);
    errors = Map.copyOf(errors);
    notDrawn = List.copyOf(notDrawn);
    kinds = Map.copyOf(kinds);
  }

  public boolean isGood() {
    return verdict.isGood() && problems.isEmpty() && surprises.isEmpty() && bugs.isEmpty();
  }

  /** The last line for programs. */
  public JsonObject json() {
    JsonObject faults = new JsonObject();
    kinds.keySet().stream()
        .sorted()
        .forEach(kind -> faults.put(kind.text(), summary(kind).json()));
    return new JsonObject()
        .put("minutes", Math.round(minutes * 100) / 100.0)
        .put("faults", faults)
        .put("acknowledged", verdict.acknowledged())
        .put("lost", verdict.lost())
        .put("doubled", verdict.doubled())
        .put("equal", verdict.equal())
        .put("good", isGood())
        .put("findings", new JsonArray(verdict.findings()))
        .put("problems", new JsonArray(problems))
        .put("surprises", new JsonArray(surprises))
        .put("explained", new JsonArray(explained))
        .put("unseen", new JsonArray(unseen))
        .put("bugs", new JsonArray(bugs))
        .put("notDrawn", new JsonArray(notDrawn.stream().map(FaultKind::text).toList()))
        .put("seed", seed);
  }

  private KindSummary summary(FaultKind kind) {
    return java.util.Objects.requireNonNull(kinds.get(kind));
  }

  /** For people: the table, what is wrong, and the sum. */
  public List<String> lines() {
    TextTable table = new TextTable(List.of(
        "fault",
        "count",
        "no effect",
        "alone",
        "mesh again",
        "all write",
        "all read",
        "wait",
        "longest wait",
        "seconds: median (longest) of those alone"));
    kinds.keySet().stream().sorted().forEach(kind -> table.add(cells(kind)));
    List<String> lines = new ArrayList<>(table.lines());
    errors.forEach((text, count) -> lines.add("logged %d ×: %s".formatted(count, text)));
    unseen.forEach(line -> lines.add("did not take hold: " + line));
    explained.forEach(line -> lines.add("by a fault: " + line));
    surprises.forEach(line -> lines.add("NOT ASKED FOR: " + line));
    bugs.forEach(line -> lines.add("BUG: " + line));
    problems.forEach(line -> lines.add("PROBLEM: " + line));
    verdict.findings().forEach(line -> lines.add("WRONG: " + line));
    if (!notDrawn.isEmpty()) {
      lines.add("not drawn here: "
          + String.join(", ", notDrawn.stream().map(FaultKind::text).toList()));
    }
    lines.add(String.format(
        Locale.ROOT,
        "%s: %.1f minutes, %,d acknowledged writes, lost %d, doubled %d, %s; seed %d",
        isGood() ? "Survived" : "NOT SURVIVED",
        minutes,
        verdict.acknowledged(),
        verdict.lost(),
        verdict.doubled(),
        verdict.equal() ? "all devices equal" : "DEVICES DIFFER",
        seed));
    return lines;
  }

  private List<String> cells(FaultKind kind) {
    KindSummary summary = summary(kind);
    return List.of(
        kind.text(),
        Integer.toString(summary.count()),
        Integer.toString(summary.unseen()),
        Integer.toString(summary.alone()),
        seconds(summary, summary.mesh()),
        seconds(summary, summary.write()),
        seconds(summary, summary.read()),
        seconds(summary, summary.gap()),
        summary.count() == 0
            ? "–"
            : String.format(Locale.ROOT, "%.1f", summary.longestWaitMillis() / MILLIS),
        "");
  }

  private static String seconds(KindSummary summary, KindSummary.Times times) {
    return summary.alone() == 0
        ? "–"
        : String.format(
            Locale.ROOT, "%.1f (%.1f)", times.median() / MILLIS, times.longest() / MILLIS);
  }
}
