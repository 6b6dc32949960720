package dev.sealift.client.vectors;

import dev.sealift.client.merge.Stamp;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** How long what is written to tables counts, by what the log has said so far. */
final class ModelLifetimes {
  private final Map<String, Long> lifetimes = new HashMap<>();
  private final Set<String> kept = new HashSet<>();

  Set<String> tables() {
    return lifetimes.keySet();
  }

  boolean has(String table) {
    return lifetimes.containsKey(table);
  }

  Predicate<Stamp> over(String table, long serverTimeMillis) {
    return stamp -> isOver(table, stamp.hybridTime(), serverTimeMillis);
  }

  boolean isOver(String table, HybridTime time, long serverTimeMillis) {
    return has(table) && time.millis() + lifetimes.get(table) <= serverTimeMillis;
  }

  /** Whether an event of a file of that server time leaves nothing. */
  boolean isNothing(Event event, long serverTimeMillis) {
    return event.kind() != RunKind.DISMISS
        && has(event.table())
        && (event.kind().isPart() || isOver(event.table(), event.time(), serverTimeMillis));
  }

  /** An event of the log that came about; the files behind its own go by it. */
  void note(Event event) {
    if (!event.table().equals("sealift_schema") || event.key().length() < 3) {
      return;
    }
    String table = event.key().substring(2);
    Value keeps = event.values().getOrDefault("type", Value.NULL);
    boolean isKept =
        Set.of(Value.of("WINDOW"), Value.of("ALL"), Value.of("FEED")).contains(keeps);
    if (event.key().startsWith("k/") && isKept && !has(table)) {
      kept.add(table);
    }
    if (event.key().startsWith("l/")
        && !kept.contains(table)
        && event.values().get("position") instanceof Value.Int millis
        && millis.value() >= 60_000
        && millis.value() <= 3_155_760_000_000L) {
      lifetimes.merge(table, millis.value(), Math::min);
    }
  }
}
