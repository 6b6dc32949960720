package dev.sealift.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import java.nio.ByteBuffer;
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

  /** A position can be further and signed earlier, of a log that went back. */
  @Test
  void theNewestThatIsSignedIsKeptBesideTheHighestPosition() {
    ledger.add(signed(1, 5, 20));
    ledger.add(signed(1, 9, 10));
    ledger.add(position(1, 7));
    DevicePosition kept = ledger.take().getPositions(0);
    assertThat(kept.getSequence()).isEqualTo(9);
    assertThat(kept.getSignedPosition()).isEqualTo(signed(1, 5, 20).getSignedPosition());
  }

  private static DevicePosition signed(int device, long sequence, long time) {
    byte[] bytes = new byte[SignedPosition.BYTES];
    ByteBuffer.wrap(bytes).putLong(SignedPosition.TIME_OFFSET, time);
    return position(device, sequence).toBuilder()
        .setSignedPosition(ByteString.copyFrom(bytes))
        .build();
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
