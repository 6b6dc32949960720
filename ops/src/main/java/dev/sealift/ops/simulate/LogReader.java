package dev.sealift.ops.simulate;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.rule.RowName;
import dev.sealift.client.store.KeptFile;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.sync.Replica;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads all that the log says, from the sealed files that a device keeps. */
final class LogReader {
  private static final int MOST_BYTES = 64 << 20;

  private final List<KeptFile> files = new ArrayList<>();
  private final List<LogEvent> events = new ArrayList<>();
  private final Map<RowName, HybridTime> removals = new HashMap<>();

  LogReader(SpaceStore store, Replica replica, SpaceRules rules) {
    long last = store.position();
    while (files.size() < last) {
      List<KeptFile> next = store.files(files.size() + 1, 1_000, MOST_BYTES);
      if (next.isEmpty()) {
        throw new Fault("L7", "a device does not keep file " + (files.size() + 1) + " of its log");
      }
      files.addAll(next);
    }
    List<Places.File> opened = files.stream().map(file -> open(file, replica)).toList();
    Places places = new Places(rules, opened);
    opened.forEach(file -> {
      long place = places.of(file);
      file.runs().forEach(run -> run.rows().forEach(row -> read(file, place, run, row)));
    });
  }

  private static Places.File open(KeptFile file, Replica replica) {
    try {
      List<EventRun> runs = replica
          .events(file)
          .orElseThrow(() -> new Fault("L10", "nobody can read file " + file.sequence()));
      return new Places.File(file, header(file).header(), runs);
    } catch (FormatException e) {
      throw new Fault("L10", "file " + file.sequence() + " has no header: " + e.getMessage());
    }
  }

  static SignedHeader header(KeptFile file) throws FormatException {
    return SignedHeader.parse(file.header().toByteArray());
  }

  private void read(Places.File file, long place, EventRun run, RowEvent row) {
    SortedMap<String, Value> values = new TreeMap<>();
    for (int i = 0; i < run.columns().size(); i++) {
      values.put(run.columns().get(i), row.values().get(i));
    }
    if (run.kind() == RunKind.REMOVE) {
      removals.merge(new RowName(run.table(), row.key()), row.time(), HybridTime::max);
    }
    if (run.table().equals(Writer.TABLE)) {
      events.add(new LogEvent(
          file.kept().sequence(),
          file.kept().serverTimeMillis(),
          place,
          file.header().device(),
          run.seenSequence(),
          run.kind(),
          row.key(),
          row.time(),
          values,
          new HybridTime(run.transaction())));
    }
  }

  List<KeptFile> files() {
    return files;
  }

  /** When each row was removed last. */
  Map<RowName, HybridTime> removals() {
    return removals;
  }

  /** Of the table of {@link Writer}, in the order of the log. */
  List<LogEvent> events() {
    return events;
  }
}
