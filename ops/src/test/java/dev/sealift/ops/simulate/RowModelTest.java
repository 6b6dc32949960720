package dev.sealift.ops.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.LostReason;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RowModelTest {
  private static final long CUT_OFF_MILLIS = 360_000;
  private static final HybridTime WRITTEN = HybridTime.of(1_000_000, 0);
  private static final HybridTime NONE = HybridTime.ZERO;
  private static final DeviceId DEVICE = DeviceId.of(Hash.of(new byte[] {1}));

  private final RowModel row = new RowModel(CUT_OFF_MILLIS, List.of("name"));
  private long sequence;

  private static HybridTime after(long millis) {
    return HybridTime.of(WRITTEN.millis() + millis, 0);
  }

  private void apply(
      RunKind kind, HybridTime time, String name, HybridTime transaction, long server) {
    sequence++;
    Map<String, Value> values = kind == RunKind.REMOVE ? Map.of() : Map.of("name", Value.of(name));
    row.apply(new LogEvent(
        sequence,
        WRITTEN.millis() + server,
        0,
        DEVICE,
        sequence - 1,
        List.of(),
        Map.of(),
        kind,
        "k",
        time,
        new TreeMap<>(values),
        transaction));
  }

  /** A home that was put back sends it once more, after the cut-off: the second one is late. */
  private void writeTwice(HybridTime transaction) {
    apply(RunKind.PATCH, WRITTEN, "twice", transaction, 0);
    apply(RunKind.PATCH, WRITTEN, "twice", transaction, CUT_OFF_MILLIS + 1);
  }

  private void removeAndBringBack() {
    long now = CUT_OFF_MILLIS + 2;
    apply(RunKind.REMOVE, after(now), "", NONE, now);
    apply(RunKind.PUT, after(now + 1), "new", NONE, now + 1);
  }

  @Test
  void whatCameTooLateWithItsTransactionStaysWhenTheRowComesBackWithTheSameEvent() {
    writeTwice(WRITTEN);

    removeAndBringBack();

    assertThat(row.losers(0).values())
        .singleElement()
        .isEqualTo(new RowModel.Lost(
            LostReason.LATE, Value.of("twice"), WRITTEN.millis() + CUT_OFF_MILLIS + 1, WRITTEN));
  }

  @Test
  void whatCameTooLateByItselfComesBackWithTheRow() {
    writeTwice(NONE);
    assertThat(row.losers(0)).hasSize(1);

    removeAndBringBack();

    assertThat(row.losers(0)).isEmpty();
  }
}
