package dev.sealift.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import dev.sealift.gateway.session.MeshTrouble;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.Addresses;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.Roster;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.AdmitRequest;
import dev.sealift.protocol.mesh.proto.StageRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MeshTest {
  private static final SpaceId SPACE = TestDevice.space(3);
  private static final Duration LONG = Duration.ofMinutes(5);

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger asked = new AtomicInteger();
  private volatile List<String> engines = List.of("engine");
  private volatile List<String> stores = List.of("store");
  private volatile List<String> stopping = List.of();
  private Mesh mesh;

  @BeforeEach
  void serveWithoutAnAnswer() {
    mesh = new Mesh(
        vertx.eventBus(), roster(), new GatewayMetrics(new SimpleMeterRegistry()), LONG.toMillis());
    for (String address : List.of(Addresses.admit("engine"), Addresses.stage("store"))) {
      Waiting.await(
          vertx.eventBus().consumer(address, any -> asked.incrementAndGet()).completion());
    }
  }

  @AfterEach
  void close() {
    Waiting.await(vertx.close());
  }

  private Roster roster() {
    return new Roster() {
      @Override
      public List<String> engines() {
        return engines;
      }

      @Override
      public List<String> stores() {
        return stores;
      }

      @Override
      public List<String> present() {
        return Stream.of(engines, stores, stopping).flatMap(List::stream).toList();
      }
    };
  }

  private Future<AdmitReply> admit(String stagedAt) {
    return mesh.admit(DeviceRequest.ofNobody(), SPACE, stagedAt, AdmitRequest.getDefaultInstance());
  }

  private static MeshTrouble troubleOf(Future<?> answer) {
    Throwable failure = catchThrowable(
        () -> answer.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS));
    assertThat(failure).isInstanceOf(ExecutionException.class);
    return Mesh.troubleOf(failure.getCause());
  }

  @Test
  void whatWasStagedWhereTheOwnerDoesNotCommitIsNotAskedFor() {
    assertThat(troubleOf(admit("another store"))).isEqualTo(MeshTrouble.MOVED);
    stores = List.of();
    assertThat(troubleOf(admit("store"))).isEqualTo(MeshTrouble.MOVED);
    engines = List.of();
    assertThat(troubleOf(admit("store"))).isEqualTo(MeshTrouble.NOBODY);
    assertThat(asked).hasValue(0);
  }

  @Test
  void aQuestionToWhoeverLeavesIsGivenUpAtOnceAndNoOther() {
    Future<AdmitReply> admitted = admit("store");
    Future<?> staged =
        mesh.stage(DeviceRequest.ofNobody(), SPACE, StageRequest.getDefaultInstance());
    mesh.giveUpOnWhoLeft();
    assertThat(admitted.isComplete() || staged.isComplete()).isFalse();

    engines = List.of();
    stopping = List.of("engine");
    mesh.giveUpOnWhoLeft();
    assertThat(admitted.isComplete()).as("it finishes what it has").isFalse();
    assertThat(troubleOf(admit("store"))).isEqualTo(MeshTrouble.NOBODY);

    stopping = List.of();
    mesh.giveUpOnWhoLeft();

    assertThat(troubleOf(admitted)).isEqualTo(MeshTrouble.NOBODY);
    assertThat(staged.isComplete()).isFalse();
  }

  @Test
  void whoeverSpeaksAnotherVersionIsTroubleOfItsOwn() {
    engines = List.of("older");
    Waiting.await(vertx
        .eventBus()
        .consumer(
            Addresses.admit("older"),
            any -> any.fail(MeshFailure.VERSION.code(), MeshFailure.VERSION.name()))
        .completion());

    assertThat(troubleOf(admit("store"))).isEqualTo(MeshTrouble.VERSION);
  }

  @Test
  void payloadsOnTheirWayAreBoundedOverAllSessions() {
    StageRequest half = StageRequest.newBuilder()
        .addPayloads(ByteString.copyFrom(new byte[Mesh.MAX_STAGING_BYTES / 2 - 64]))
        .build();
    Future<?> first = mesh.stage(DeviceRequest.ofNobody(), SPACE, half);
    mesh.stage(DeviceRequest.ofNobody(), SPACE, half);
    assertThat(troubleOf(mesh.stage(DeviceRequest.ofNobody(), SPACE, half)))
        .isEqualTo(MeshTrouble.BUSY);

    stores = List.of("elsewhere");
    mesh.giveUpOnWhoLeft();
    assertThat(troubleOf(first)).isEqualTo(MeshTrouble.NOBODY);
    assertThat(troubleOf(mesh.stage(DeviceRequest.ofNobody(), SPACE, half)))
        .as("room again")
        .isEqualTo(MeshTrouble.NOBODY);
  }
}
