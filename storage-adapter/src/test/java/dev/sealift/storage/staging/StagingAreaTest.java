package dev.sealift.storage.staging;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.mesh.proto.StagedPayload;
import org.junit.jupiter.api.Test;

class StagingAreaTest {
  private static final int KEEP_NANOS = 100;

  private final StagingArea area = new StagingArea(1000, KEEP_NANOS, 1, 2);

  private StagedPayload keep(StagingArea in, String payload, long nowNanos) {
    ByteString bytes = ByteString.copyFromUtf8(payload);
    in.reserve(1, bytes.size());
    return in.keep(bytes, Hash.of(bytes.toByteArray()).byteString(), nowNanos);
  }

  private static boolean has(StagingArea area, StagedPayload staged) {
    return area.find(staged.getToken(), staged.getLength(), staged.getSha256()).isPresent();
  }

  @Test
  void roomIsGivenUpToTheBoundAndNotAByteBeyond() {
    int largest = 1000 - StagingArea.ENTRY_BYTES;

    assertThat(area.reserve(1, largest + 1)).isFalse();
    assertThat(area.reserve(1, largest)).isTrue();
    assertThat(area.reserve(0, 1)).isFalse();
  }

  @Test
  void emptyPayloadsTakeRoomToo() {
    assertThat(area.reserve(1000 / StagingArea.ENTRY_BYTES + 1, 0)).isFalse();
  }

  @Test
  void roomComesBackWhenAPayloadIsReleasedOnce() {
    StagedPayload staged = keep(area, "payload", 0);
    area.release(staged.getToken());
    area.release(staged.getToken());

    assertThat(area.usedBytes()).isZero();
    assertThat(has(area, staged)).isFalse();
  }

  @Test
  void roomThatWasNotUsedComesBack() {
    area.reserve(2, 100);
    area.unreserve(2, 100);

    assertThat(area.usedBytes()).isZero();
  }

  @Test
  void aPayloadIsDroppedWhenItsTimeIsOverAndNotBefore() {
    StagedPayload old = keep(area, "old", 0);
    StagedPayload young = keep(area, "young", 50);

    area.dropStale(KEEP_NANOS - 1);
    assertThat(has(area, old)).isTrue();
    area.dropStale(KEEP_NANOS);
    assertThat(has(area, old)).isFalse();
    assertThat(has(area, young)).isTrue();
  }

  @Test
  void aTokenOfAnotherInstanceNamesNothing() {
    StagedPayload staged = keep(area, "payload", 0);
    StagingArea other = new StagingArea(1000, KEEP_NANOS, 1, 3);
    keep(other, "payload", 0);

    assertThat(has(other, staged)).isFalse();
  }
}
