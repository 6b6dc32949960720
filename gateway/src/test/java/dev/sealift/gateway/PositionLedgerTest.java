package dev.sealift.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import org.junit.jupiter.api.Test;

class PositionLedgerTest {
  private final PositionLedger ledger = new PositionLedger();

  private static DevicePosition position(int device, long sequence) {
    return DevicePosition.newBuilder()
        .setDevice(ByteString.copyFromUtf8("device " + device))
        .setSequence(sequence)
        .build();
  }

  @Test
  void theNewestPositionOfADeviceIsKeptInWhateverOrderTheyCome() {
    ledger.add(position(1, 5));
    ledger.add(position(1, 9));
    ledger.add(position(1, 7));
    assertThat(ledger.take().getPositionsList()).containsExactly(position(1, 9));
    assertThat(ledger.isEmpty()).isTrue();
  }

  @Test
  void batchesAreBounded() {
    for (int device = 0; device <= PositionLedger.BATCH; device++) {
      ledger.add(position(device, 1));
    }
    assertThat(ledger.take().getPositionsCount()).isEqualTo(PositionLedger.BATCH);
    assertThat(ledger.take().getPositionsCount()).isEqualTo(1);
  }

  @Test
  void aBatchPutBackDoesNotUndoWhatCameMeanwhile() {
    ledger.add(position(1, 5));
    ledger.add(position(2, 5));
    PositionsRequest batch = ledger.take();
    ledger.add(position(1, 6));
    ledger.putBack(batch);
    assertThat(ledger.take().getPositionsList())
        .containsExactlyInAnyOrder(position(1, 6), position(2, 5));
  }

  @Test
  void aFullLedgerTakesNewPositionsOfTheDevicesItHoldsOnly() {
    for (int device = 0; device < PositionLedger.MAX_WAITING; device++) {
      assertThat(ledger.add(position(device, 1))).isTrue();
    }
    assertThat(ledger.add(position(PositionLedger.MAX_WAITING, 1))).isFalse();
    assertThat(ledger.add(position(0, 2))).isTrue();
  }
}
