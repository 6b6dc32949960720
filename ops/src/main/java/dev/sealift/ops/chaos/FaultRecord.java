package dev.sealift.ops.chaos;

import dev.sealift.ops.chaos.device.Devices.Recovered;
import dev.sealift.ops.chaos.fault.FaultKind;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * A round as it went.
 *
 * @param faults what was done, and when
 * @param recovered how long everything took from the last heal on
 * @param gapMillis the longest that a device waited for an acknowledgement, from the first fault until everything worked again
 * @param acknowledged writes since the run began
 * @param surprises what nobody asked for, and no fault of the round explains
 * @param explained what nobody asked for either, but a fault of the round explains
 */
record FaultRecord(
    int round,
    List<Done> faults,
    Recovered recovered,
    long gapMillis,
    long acknowledged,
    List<String> surprises,
    List<String> explained) {

  /**
   * A fault with its times, in milliseconds since the run began.
   *
   * @param seen whether an effect of it was seen from outside
   */
  record Done(FaultKind kind, String detail, long startMillis, long endMillis, boolean seen) {
    JsonObject json() {
      return new JsonObject()
          .put("kind", kind.text())
          .put("detail", detail)
          .put("startMillis", startMillis)
          .put("endMillis", endMillis)
          .put("seen", seen);
    }
  }

  FaultRecord {
    faults = List.copyOf(faults);
    surprises = List.copyOf(surprises);
    explained = List.copyOf(explained);
  }

  /** Those that did not take hold, as far as anybody could see. */
  List<String> unseen() {
    return faults.stream()
        .filter(fault -> !fault.seen())
        .map(fault -> fault.kind().text() + ": " + fault.detail())
        .toList();
  }

  JsonObject json() {
    return new JsonObject()
        .put("event", "fault")
        .put("round", round)
        .put("faults", new JsonArray(faults.stream().map(Done::json).toList()))
        .put("meshMillis", recovered.meshMillis())
        .put("writeMillis", recovered.writeMillis())
        .put("readMillis", recovered.readMillis())
        .put("gapMillis", gapMillis)
        .put("late", new JsonArray(recovered.late()))
        .put("surprises", new JsonArray(surprises))
        .put("explained", new JsonArray(explained))
        .put("acknowledged", acknowledged);
  }
}
