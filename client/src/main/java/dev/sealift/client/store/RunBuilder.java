package dev.sealift.client.store;

import dev.sealift.client.pack.DotRef;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Groups events into runs as they come, and estimates what they take. */
final class RunBuilder {
  /** A time and the lengths of key and values, before compression. */
  private static final int EVENT_BYTES = 12;

  private final List<EventRun> runs = new ArrayList<>();
  private final List<RowEvent> rows = new ArrayList<>();
  private @Nullable Shape shape;
  private long bytes;

  /** What the events of a run have in common. */
  record Shape(
      RunKind kind,
      TableInfo table,
      long seen,
      List<DotRef> seenFiles,
      List<String> columns,
      long transaction) {
    EventRun run(List<RowEvent> rows) {
      List<Integer> groups =
          kind == RunKind.PUT || kind == RunKind.PATCH ? table.groups(columns) : List.of();
      return new EventRun(kind, table.name(), seen, seenFiles, columns, groups, transaction, rows);
    }

    long nameBytes() {
      long total = table.name().length();
      for (String column : columns) {
        total += column.length();
      }
      return total;
    }
  }

  void add(Shape next, String key, HybridTime time, List<Value> values) {
    if (!next.equals(shape)) {
      close();
      shape = next;
      bytes += next.nameBytes();
    }
    rows.add(new RowEvent(key, time, values));
    bytes += EVENT_BYTES + key.getBytes(StandardCharsets.UTF_8).length;
    for (Value value : values) {
      bytes += value.canonicalLength();
    }
  }

  /** What the events take before compression, about. */
  long bytes() {
    return bytes;
  }

  List<EventRun> finish() {
    close();
    return runs;
  }

  private void close() {
    if (shape != null && !rows.isEmpty()) {
      runs.add(shape.run(rows));
      rows.clear();
    }
  }
}
