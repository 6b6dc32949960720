package dev.sealift.storage.staging;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.mesh.proto.StagedPayload;
import dev.sealift.storage.StoreLimits;
import org.junit.jupiter.api.Test;

class StagingAreaTest {
  private static final int KEEP_NANOS = 100;

  /** Of a gateway that does not say for whom: the bound alone holds. */
  private static final ByteString SPACE = ByteString.EMPTY;

  private final StagingArea area = new StagingArea(1000, KEEP_NANOS, 1, 2);

  private StagedPayload keep(StagingArea in, String payload, long nowNanos) {
    ByteString bytes = ByteString.copyFromUtf8(payload);
    in.reserve(SPACE, 1, bytes.size());
    return in.keep(SPACE, bytes, Hash.of(bytes.toByteArray()).byteString(), nowNanos);
  }

  private static boolean has(StagingArea area, StagedPayload staged) {
    return area.find(staged.getToken(), staged.getLength(), staged.getSha256()).isPresent();
  }

  @Test
  void roomIsGivenUpToTheBoundAndNotAByteBeyond() {
    int largest = 1000 - StagingArea.ENTRY_BYTES;

    assertThat(area.reserve(SPACE, 1, largest + 1)).isFalse();
    assertThat(area.reserve(SPACE, 1, largest)).isTrue();
    assertThat(area.reserve(SPACE, 0, 1)).isFalse();
  }

  @Test
  void emptyPayloadsTakeRoomToo() {
    assertThat(area.reserve(SPACE, 1000 / StagingArea.ENTRY_BYTES + 1, 0)).isFalse();
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
    area.reserve(SPACE, 2, 100);
    area.unreserve(SPACE, 2, 100);

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

  @Test
  void halfIsForWhoeverComesAndBeyondItAShareForEach() {
    StagingArea large = new StagingArea(16_384, KEEP_NANOS, 1, 2);
    ByteString one = ByteString.copyFromUtf8("one");
    ByteString two = ByteString.copyFromUtf8("two");
    assertThat(large.reserve(one, 0, 8_192)).isTrue();
    assertThat(large.reserve(one, 0, 1)).isFalse();
    assertThat(large.reserve(two, 0, 2_049)).isFalse();
    assertThat(large.reserve(two, 0, 2_048)).isTrue();
    assertThat(large.reserve(two, 0, 1)).isFalse();
    large.unreserve(one, 0, 8_192);
    assertThat(large.reserve(one, 0, 1)).isTrue();
    large.unreserve(one, 0, 1);
    large.unreserve(two, 0, 2_048);
    assertThat(large.usedBytes()).isZero();
  }

  @Test
  void theLargestRequestFitsTheShareOfTheUsualArea() {
    StagingArea usual = new StagingArea(64 << 20, KEEP_NANOS, 1, 2);
    assertThat(usual.reserve(ByteString.copyFromUtf8("others"), 0, 32 << 20)).isTrue();

    assertThat(usual.reserve(
            ByteString.copyFromUtf8("one"), Limits.MAX_PUT_FILES, StoreLimits.MAX_STAGE_BYTES))
        .isTrue();
  }

  @Test
  void aShareComesBackWithTheLastPayload() {
    StagingArea large = new StagingArea(16_384, KEEP_NANOS, 1, 2);
    ByteString one = ByteString.copyFromUtf8("one");
    assertThat(large.reserve(ByteString.copyFromUtf8("two"), 0, 8_192)).isTrue();
    assertThat(large.reserve(one, 1, 1_000)).isTrue();
    StagedPayload staged =
        large.keep(one, ByteString.copyFrom(new byte[1_000]), ByteString.copyFrom(new byte[32]), 0);
    assertThat(large.reserve(one, 0, 1_000)).isFalse();
    large.release(staged.getToken());
    assertThat(large.reserve(one, 0, 1_000)).isTrue();
  }
}
