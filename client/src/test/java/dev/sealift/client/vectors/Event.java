package dev.sealift.client.vectors;

import com.google.gson.JsonPrimitive;
import dev.sealift.client.pack.DotRef;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/** One event, whole: who did what to which row, and when, having seen how much of the log, and which files without receipts, by the sequences that they have now. */
public record Event(
    RunKind kind,
    String table,
    String key,
    HybridTime time,
    DeviceId device,
    long seen,
    List<Long> seenFiles,
    Map<String, Value> values,
    List<String> together,
    long transaction) {
  private static final String PREFIX = "RUN_KIND_";

  /** The group of a column: there is one at the most. */
  int group(String column) {
    return together.contains(column) ? 1 : 0;
  }

  Json json() {
    Json json = Json.of("kind", PREFIX + kind)
        .text("table", table)
        .text("key", key)
        .u64("hybrid_time", time.bits())
        .u64("seen_sequence", seen)
        .object("values", CellJson.cells(values));
    if (!seenFiles.isEmpty()) {
      json.list("seen_files", seenFiles, file -> new JsonPrimitive(Long.toString(file)));
    }
    if (transaction != 0) {
      json.u64("transaction", transaction);
    }
    return together.isEmpty() ? json : json.list("group", together, JsonPrimitive::new);
  }

  /** An event in a file of a device. */
  static Event of(Inputs in, DeviceId device) throws FormatException {
    return new Event(
        kind(in.text("kind")),
        in.text("table"),
        in.text("key"),
        new HybridTime(in.u64("hybrid_time")),
        device,
        in.u64("seen_sequence"),
        in.has("seen_files") ? in.list("seen_files", Inputs::u64) : List.of(),
        CellJson.cells(in.json("values")),
        in.has("group") ? in.list("group", Inputs::text) : List.of(),
        in.has("transaction") ? in.u64("transaction") : 0);
  }

  private static RunKind kind(String text) {
    for (RunKind kind : RunKind.values()) {
      if (text.equals(PREFIX + kind)) {
        return kind;
      }
    }
    throw new BadVectorException("an unknown kind of event");
  }

  /** A run of this event alone, which was written with all receipts there. */
  public EventRun run() {
    return run(file -> {
      throw new IllegalStateException("somebody has to say which files were seen");
    });
  }

  /** As above; files that were seen without receipts by their sequences. */
  EventRun run(LongFunction<DotRef> dots) {
    List<Value> ordered = new ArrayList<>(values.values());
    return new EventRun(
        kind,
        table,
        seen,
        seenFiles.stream().map(dots::apply).toList(),
        List.copyOf(values.keySet()),
        values.keySet().stream().map(this::group).toList(),
        transaction,
        List.of(new RowEvent(key, time, ordered)));
  }
}
