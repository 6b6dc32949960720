package dev.sealift.ops.chaos.device;

import dev.sealift.client.Space;
import dev.sealift.client.store.QueryResult;
import dev.sealift.ops.chaos.verdict.Evidence.Contended;
import dev.sealift.ops.chaos.verdict.Evidence.DeviceState;
import dev.sealift.ops.chaos.verdict.Ranges;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a device shows now, read as an app would read it. */
final class Snapshot {
  private Snapshot() {}

  static DeviceState of(String device, String spaceName, Space space) {
    return new DeviceState(
        device,
        spaceName,
        space.digest(),
        space.mergeDigest(),
        entries(space),
        counters(space),
        contended(space));
  }

  private static Map<String, Ranges> entries(Space space) {
    Map<String, List<Long>> numbers = new TreeMap<>();
    try (QueryResult rows =
        space.query("select writer, number from entries order by writer, number")) {
      while (rows.next()) {
        numbers
            .computeIfAbsent(rows.text(0).orElseThrow(), writer -> new ArrayList<>())
            .add(rows.integer(1).orElseThrow());
      }
    }
    Map<String, Ranges> ranges = new HashMap<>();
    numbers.forEach((writer, list) -> ranges.put(writer, Ranges.of(list)));
    return ranges;
  }

  private static Map<String, Long> counters(Space space) {
    Map<String, Long> counters = new HashMap<>();
    try (QueryResult rows =
        space.query("select id, number from counters where id not like 'all/%'")) {
      while (rows.next()) {
        counters.put(rows.text(0).orElseThrow(), rows.integer(1).orElseThrow());
      }
    }
    return counters;
  }

  private static Map<String, Contended> contended(Space space) {
    Map<String, Contended> contended = new HashMap<>();
    try (QueryResult rows =
        space.query("select id, writer, number from counters where id like 'all/%'")) {
      while (rows.next()) {
        contended.put(
            rows.text(0).orElseThrow(),
            new Contended(rows.text(1).orElseThrow(), rows.integer(2).orElseThrow()));
      }
    }
    return contended;
  }
}
