package dev.sealift.storage.staging;

import static dev.sealift.storage.StoreDriver.await;
import static dev.sealift.storage.StoreDriver.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.StageRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class PayloadStagingTest {
  private final StagingArea area = new StagingArea(1 << 20, 1000, 1, 2);
  private final List<Runnable> handedOver = new ArrayList<>();
  private long now;

  private final PayloadStaging staging = new PayloadStaging(area, handedOver::add, () -> now);

  private static StageRequest payload(int bytes) {
    return StageRequest.newBuilder()
        .addPayloads(ByteString.copyFrom(new byte[bytes]))
        .build();
  }

  @Test
  void aSmallPayloadIsHashedAtOnce() {
    assertThat(await(staging.stage(payload(PayloadStaging.INLINE_BYTES))).getStagedCount())
        .isEqualTo(1);
    assertThat(handedOver).isEmpty();
  }

  @Test
  void aLargeOneIsHashedByTheWorkers() {
    CompletableFuture<?> reply =
        staging.stage(payload(PayloadStaging.INLINE_BYTES + 1)).toCompletableFuture();

    assertThat(reply).isNotDone();
    handedOver.get(0).run();
    assertThat(reply).isCompleted();
  }

  @Test
  void aFullAreaIsBusyUntilStalePayloadsAreDropped() {
    await(staging.stage(payload(10_000)));
    StageRequest large = payload((1 << 20) - 5_000);

    assertThat(failureOf(staging.stage(large))).isEqualTo(MeshFailure.BUSY);
    now = 1000;
    assertThat(staging.stage(large).toCompletableFuture()).isNotCompletedExceptionally();
  }

  @Test
  void whatTheWorkersRefuseTakesNoRoom() {
    PayloadStaging refused = new PayloadStaging(
        area,
        task -> {
          throw new RejectedExecutionException();
        },
        () -> now);

    assertThat(failureOf(refused.stage(payload(100_000)))).isEqualTo(MeshFailure.BUSY);
    assertThat(area.usedBytes()).isZero();
  }
}
