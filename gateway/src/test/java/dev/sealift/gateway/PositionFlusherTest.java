package dev.sealift.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.mesh.Addresses;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.PositionsReply;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PositionFlusherTest {
  private static final int DEVICES = 2 * PositionLedger.BATCH + 500;

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger kept = new AtomicInteger();
  private volatile boolean storeFails;
  private PositionFlusher positions;

  @BeforeEach
  void serve() {
    GatewayMetrics metrics = new GatewayMetrics(new SimpleMeterRegistry());
    positions =
        new PositionFlusher(new Mesh(vertx.eventBus(), FakeMesh.ROSTER, metrics, 2_000), metrics);
    Waiting.await(
        vertx.eventBus().<Buffer>consumer(Addresses.POSITIONS, this::answer).completion());
  }

  @AfterEach
  void close() {
    Waiting.await(vertx.close());
  }

  private void answer(Message<Buffer> message) {
    try {
      if (storeFails) {
        message.fail(MeshFailure.UNAVAILABLE.code(), "");
        return;
      }
      kept.addAndGet(PositionsRequest.parseFrom(message.body().getBytes()).getPositionsCount());
      message.reply(Buffer.buffer(PositionsReply.getDefaultInstance().toByteArray()));
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  /** As a gateway that stops: on its event loop, after the last device has gone. */
  private void handOverAll(BooleanSupplier inTime) {
    Promise<Void> done = Promise.promise();
    vertx.runOnContext(go -> {
      for (int i = 0; i < DEVICES; i++) {
        positions.add(DevicePosition.newBuilder()
            .setDevice(ByteString.copyFromUtf8("device " + i))
            .setSequence(1)
            .build());
      }
      Future<Void> all = positions.flush().compose(flushed -> positions.flushAll(inTime));
      all.onComplete(done);
    });
    Waiting.await(done.future());
  }

  @Test
  void whoeverStopsHandsOverAllThatWait() {
    handOverAll(() -> true);

    assertThat(kept).hasValue(DEVICES);
    assertThat(positions.waiting()).isZero();
  }

  @Test
  void whoeverStopsDoesNotGoOnForEver() {
    handOverAll(() -> false);

    assertThat(kept).hasValue(2 * PositionLedger.BATCH);
  }

  @Test
  void aStoreThatTakesNothingIsAskedOnceMoreAndNotForEachBatch() {
    storeFails = true;

    handOverAll(() -> true);

    assertThat(positions.waiting()).isEqualTo(DEVICES);
  }
}
