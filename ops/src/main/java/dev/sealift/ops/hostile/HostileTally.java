package dev.sealift.ops.hostile;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What lies and honest runs came to.
 *
 * @param kinds of lies that were told and that a device can tell
 * @param lies of these, how many were told
 * @param named how many of them devices answered as they have to, with the evidence that there has to be
 * @param survived lies of other kinds that were told, and did no harm
 * @param falselyApplied lies of which something was applied
 * @param honestRuns without a liar
 * @param falseAlarms of these, in how many a device blamed somebody
 * @param failures all that is not as it has to be, in order
 */
public record HostileTally(
    Set<String> kinds,
    long lies,
    long named,
    long survived,
    long falselyApplied,
    long honestRuns,
    long falseAlarms,
    List<String> failures) {
  public HostileTally {
    kinds = Set.copyOf(kinds);
    failures = List.copyOf(failures);
  }

  static HostileTally nothing() {
    return new HostileTally(Set.of(), 0, 0, 0, 0, 0, 0, List.of());
  }

  HostileTally plus(HostileResult result) {
    Set<String> all = new HashSet<>(kinds);
    long told = 0;
    long answered = 0;
    long harmless = 0;
    long applied = 0;
    for (Told one : result.told()) {
      if (one.counted()) {
        all.addAll(one.kinds());
        told++;
      }
      answered += one.counted() && one.named() ? 1 : 0;
      harmless += !one.counted() && one.failure().isEmpty() ? 1 : 0;
      applied += one.falselyApplied() ? 1 : 0;
    }
    return new HostileTally(
        all,
        lies + told,
        named + answered,
        survived + harmless,
        falselyApplied + applied,
        honestRuns,
        falseAlarms,
        with(result.failure().map(what -> "seed " + result.seed() + ": " + what)));
  }

  /** An honest run; a fault in it need not be a false alarm. */
  HostileTally plusHonest(Optional<String> fault, boolean isAlarm) {
    return new HostileTally(
        kinds,
        lies,
        named,
        survived,
        falselyApplied,
        honestRuns + 1,
        falseAlarms + (isAlarm ? 1 : 0),
        with(fault));
  }

  private List<String> with(Optional<String> failure) {
    List<String> all = new ArrayList<>(failures);
    failure.ifPresent(all::add);
    return all;
  }

  /** Whether every lie was named, nothing false applied, and nobody blamed. */
  public boolean isGood() {
    return failures.isEmpty() && named == lies && falselyApplied == 0 && falseAlarms == 0;
  }

  public JsonObject json() {
    return new JsonObject()
        .put("kinds", kinds.size())
        .put("lies", lies)
        .put("named", named)
        .put("falselyApplied", falselyApplied)
        .put("honestRuns", honestRuns)
        .put("falseAlarms", falseAlarms);
  }

  /** For people. */
  public String text() {
    return String.format(
        Locale.ROOT,
        "%,d lies of %d kinds, %,d named, %d falsely applied; %,d others did no harm; %,d honest runs, %d false alarms",
        lies,
        kinds.size(),
        named,
        falselyApplied,
        survived,
        honestRuns,
        falseAlarms);
  }
}
