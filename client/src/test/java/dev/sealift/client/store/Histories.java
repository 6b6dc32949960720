package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a history has to be: a second reading of the log, which knows nothing of stores. */
final class Histories {
  private Histories() {}

  /** What the log says of a cell, and where. */
  record Noted(
      String column, RunKind kind, Value value, HybridTime time, DeviceId device, long sequence) {
    static Noted of(HistoryItem item) {
      return new Noted(
          item.column(), item.kind(), item.value(), item.time(), item.device(), item.sequence());
    }
  }

  /** All of it, page by page. */
  static List<HistoryItem> all(TestDevice device, String key, int page) {
    List<HistoryItem> all = new ArrayList<>();
    List<HistoryItem> next =
        device.store.history("cities", key, Optional.empty(), Optional.empty(), page);
    while (!next.isEmpty()) {
      assertThat(next.size()).isLessThanOrEqualTo(page);
      all.addAll(next);
      Optional<HistoryItem> last = Optional.of(next.get(next.size() - 1));
      next = device.store.history("cities", key, Optional.empty(), last, page);
    }
    return all;
  }

  /** Events on a row of cities that stand in the log behind the first declaration that they are to be kept; {@code admittedAfter} says of which sequences. */
  static List<Noted> kept(List<Sent> log, String key, Keep least, long firstSequence) {
    List<Noted> kept = new ArrayList<>();
    Keep keep = Keep.LATEST;
    for (int i = 0; i < log.size(); i++) {
      for (EventRun run : log.get(i).runs()) {
        for (RowEvent event : run.rows()) {
          if (run.table().equals("sealift_schema")) {
            keep = Keep.higher(keep, declared(run, event));
          } else if (keep.compareTo(least) >= 0
              && i + 1 >= firstSequence
              && run.table().equals("cities")
              && event.key().equals(key)
              && run.kind() != RunKind.DISMISS) {
            add(kept, run, event, log.get(i).author(), i + 1L);
          }
        }
      }
    }
    return kept;
  }

  private static Keep declared(EventRun run, RowEvent event) {
    int type = run.columns().indexOf("type");
    return event.key().equals("k/cities") && type >= 0
        ? Keep.valueOf(((Value.Text) event.values().get(type)).value())
        : Keep.LATEST;
  }

  private static void add(
      List<Noted> kept, EventRun run, RowEvent event, DeviceId device, long sequence) {
    if (run.columns().isEmpty()) {
      kept.add(new Noted("", run.kind(), Value.NULL, event.time(), device, sequence));
    }
    for (int i = 0; i < run.columns().size(); i++) {
      kept.add(new Noted(
          run.columns().get(i), run.kind(), event.values().get(i), event.time(), device, sequence));
    }
  }
}
