package dev.sealift.client.vectors;

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

/** One event, whole: who did what to which row, and when. */
public record Event(
    RunKind kind,
    String table,
    String key,
    HybridTime time,
    DeviceId device,
    Map<String, Value> values) {
  private static final String PREFIX = "RUN_KIND_";

  Json json() {
    return Json.of("kind", PREFIX + kind)
        .text("table", table)
        .text("key", key)
        .u64("hybrid_time", time.bits())
        .text("device", device.toString())
        .object("values", CellJson.cells(values));
  }

  static Event of(Inputs in) throws FormatException {
    return new Event(
        kind(in.text("kind")),
        in.text("table"),
        in.text("key"),
        new HybridTime(in.u64("hybrid_time")),
        DeviceId.of(in.hex("device")),
        CellJson.cells(in.json("values")));
  }

  private static RunKind kind(String text) {
    for (RunKind kind : RunKind.values()) {
      if (text.equals(PREFIX + kind)) {
        return kind;
      }
    }
    throw new BadVectorException("an unknown kind of event");
  }

  /** A run of this event alone. */
  public EventRun run() {
    List<Value> ordered = new ArrayList<>(values.values());
    return new EventRun(
        kind,
        table,
        0,
        List.of(),
        List.copyOf(values.keySet()),
        List.of(new RowEvent(key, time, ordered)));
  }
}
