package dev.sealift.compactor;

import static dev.sealift.compactor.Waiting.await;
import static dev.sealift.compactor.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.Addresses;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.Roster;
import dev.sealift.protocol.mesh.proto.CompactingPhase;
import dev.sealift.protocol.mesh.proto.DeviceSeen;
import dev.sealift.protocol.mesh.proto.InspectReply;
import dev.sealift.protocol.mesh.proto.InspectRequest;
import dev.sealift.protocol.mesh.proto.InspectResult;
import dev.sealift.protocol.mesh.proto.InspectedCompaction;
import dev.sealift.protocol.mesh.proto.InspectedDevice;
import dev.sealift.protocol.mesh.proto.OpenCompaction;
import dev.sealift.protocol.mesh.proto.ReclaimState;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an operator is told of a space. */
@ExtendWith(VertxExtension.class)
class InspectTest {
  private static final SpaceId SPACE = Ids.space(7);
  private static final long NOW = FakeBus.STOOD_AT + TimeUnit.DAYS.toMillis(2);

  private Vertx vertx;
  private FakeBus bus;

  @BeforeEach
  void open(Vertx opened) {
    vertx = opened;
    bus = new FakeBus(opened);
    await(bus.open());
  }

  private void deploy(CompactorPolicy policy) {
    await(vertx.deployVerticle(new CompactorVerticle(
        "c",
        Roster.of("engine", "store"),
        () -> Instant.ofEpochMilli(NOW),
        policy,
        new SimpleMeterRegistry())));
  }

  private Future<InspectReply> ask(byte[] request) {
    return vertx
        .eventBus()
        .<Buffer>request(Addresses.inspect("c"), Buffer.buffer(request))
        .map(reply -> parsed(reply.body()));
  }

  private Future<InspectReply> ask(SpaceId space) {
    return ask(InspectRequest.newBuilder().setSpace(space.byteString()).build().toByteArray());
  }

  private static InspectReply parsed(Buffer body) {
    try {
      return InspectReply.parseFrom(body.getBytes());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static int failure(Future<InspectReply> asked) {
    return await(asked.transform(
        done -> Future.succeededFuture(((ReplyException) done.cause()).failureCode())));
  }

  private void seen(int device, long position, long millisAgo) {
    bus.seen.add(DeviceSeen.newBuilder()
        .setDevice(Ids.device(device).byteString())
        .setPosition(position)
        .setSeenAtMillis(NOW - millisAgo)
        .build());
    bus.seen.sort(Comparator.comparing(
        DeviceSeen::getDevice,
        (a, b) ->
            com.google.protobuf.ByteString.unsignedLexicographicalComparator().compare(a, b)));
  }

  @Test
  void whatStandsWhatIsOpenAndWhoIsThereIsTold() {
    bus.sizes.put(SPACE, 1_000L);
    bus.sizes.put(Ids.space(6), 5L);
    bus.devices.put(SPACE, Ids.device(3));
    seen(1, 900, 1_000);
    seen(2, 0, TimeUnit.DAYS.toMillis(91));
    seen(3, 1_000, 60_000);
    bus.open.add(OpenCompaction.newBuilder().setSequence(990).setSound(true).build());
    bus.open.add(OpenCompaction.newBuilder()
        .setSequence(980)
        .setSound(true)
        .setContested(true)
        .build());
    bus.open.add(OpenCompaction.newBuilder().setSequence(970).build());
    deploy(new CompactorPolicy(
        true,
        CompactorPolicy.FIRST_SYNC,
        CompactorPolicy.MOST_LIVE,
        CompactorPolicy.LOWER_SHARE,
        CompactorPolicy.SEEN_WITHIN,
        Duration.ofDays(3)));

    InspectReply told = await(ask(SPACE));

    assertThat(told.getResult()).isEqualTo(InspectResult.INSPECT_RESULT_FOUND);
    assertThat(told.getSize()).isEqualTo(1_000);
    assertThat(told.getLower()).isEqualTo(250);
    assertThat(told.getUpper()).isEqualTo(1_000);
    assertThat(told.getCompactionsList())
        .extracting(InspectedCompaction::getState)
        .containsExactly(
            ReclaimState.RECLAIM_STATE_DEVICES_BEHIND,
            ReclaimState.RECLAIM_STATE_NOT_ATTESTED,
            ReclaimState.RECLAIM_STATE_CONTESTED,
            ReclaimState.RECLAIM_STATE_UNSOUND);
    assertThat(told.getCompactions(0).getDevicesBehind()).isEqualTo(2);
    assertThat(told.getCompactions(0).getStands()).isTrue();
    assertThat(told.getDevicesList())
        .extracting(InspectedDevice::getDevice)
        .as("who is in line comes first")
        .containsExactly(
            Ids.device(3).byteString(),
            Ids.device(1).byteString(),
            Ids.device(2).byteString());
    assertThat(told.getDevicesList())
        .extracting(InspectedDevice::getPlace)
        .containsExactly(250L, 0L, 0L);
    assertThat(told.getDevicesList())
        .extracting(InspectedDevice::getCounts)
        .containsExactly(true, true, false);
    assertThat(told.getDevices(0).getPosition()).isEqualTo(1_000);
    assertThat(told.getMoreDevices()).isFalse();
    assertThat(bus.reclaims).as("it changes nothing").isEmpty();
  }

  @Test
  void howManyFilesAreToExpireIsTold() {
    bus.sizes.put(SPACE, 10L);
    bus.expiresAt = FakeBus.SERVER_TIME + 7;
    deploy(CompactorPolicy.usual());

    InspectReply told = await(ask(SPACE));

    assertThat(told.getExpiring()).isEqualTo(3);
    assertThat(told.getMoreExpiring()).isFalse();
    assertThat(told.getExpiresLeftMillis()).isEqualTo(7);
    assertThat(bus.expires).as("it changes nothing").isEmpty();
  }

  @Test
  void toWhomItWasOfferedIsTold() {
    bus.sizes.put(SPACE, 1_000L);
    bus.devices.put(SPACE, Ids.device(3));
    deploy(CompactorPolicy.usual());
    bus.advance(SPACE, 1_000, "engine", 1);
    until("an offer", () -> !bus.offers.isEmpty());
    InspectReply told = await(ask(SPACE));
    assertThat(told.getPhase()).isEqualTo(CompactingPhase.COMPACTING_PHASE_OFFERED);
    assertThat(told.getOffered()).isEqualTo(Ids.device(3).byteString());
    assertThat(told.getPhaseLeftMillis()).isBetween(1L, CompactorLimits.OFFER_MILLIS);
  }

  @Test
  void whatIsDoneIsDoneAlthoughADeviceHasComeSinceThatIsNotPastIt() {
    bus.sizes.put(SPACE, 1_000L);
    deploy(CompactorPolicy.usual());
    until("it is reclaimed", () -> !bus.reclaims.isEmpty());
    assertThat(await(ask(SPACE)).getCompactions(0).getState())
        .isEqualTo(ReclaimState.RECLAIM_STATE_DONE);
  }

  @Test
  void aSpaceThatTheStoreDoesNotHaveIsUnknown() {
    bus.sizes.put(Ids.space(8), 1_000L);
    deploy(CompactorPolicy.usual());
    assertThat(await(ask(SPACE)).getResult()).isEqualTo(InspectResult.INSPECT_RESULT_UNKNOWN_SPACE);
  }

  @Test
  void whereItIsOffItSaysSo() {
    deploy(CompactorPolicy.off());
    assertThat(await(ask(SPACE)).getResult()).isEqualTo(InspectResult.INSPECT_RESULT_OFF);
  }

  @Test
  void whatIsNoQuestionIsMalformed() {
    deploy(CompactorPolicy.usual());
    assertThat(failure(ask(new byte[] {-1}))).isEqualTo(MeshFailure.MALFORMED.code());
    assertThat(failure(ask(new byte[0]))).isEqualTo(MeshFailure.MALFORMED.code());
  }

  @Test
  void onlySoManyMayLookAtOnceAndOthersLater() {
    bus.sizes.put(SPACE, 1_000L);
    deploy(CompactorPolicy.usual());
    List<Future<InspectReply>> asked = IntStream.range(0, CompactorLimits.MAX_INSPECTIONS)
        .mapToObj(i -> ask(SPACE))
        .toList();
    assertThat(failure(ask(SPACE))).isEqualTo(MeshFailure.BUSY.code());
    asked.forEach(
        one -> assertThat(await(one).getResult()).isEqualTo(InspectResult.INSPECT_RESULT_FOUND));
    assertThat(await(ask(SPACE)).getResult()).isEqualTo(InspectResult.INSPECT_RESULT_FOUND);
  }

  @Test
  void aThousandDevicesAreToldAndThatThereAreMore() {
    bus.sizes.put(SPACE, 1_000L);
    IntStream.rangeClosed(1, CompactorLimits.MAX_INSPECTED_DEVICES)
        .forEach(device -> seen(device, 1, 1_000));
    deploy(CompactorPolicy.usual());
    InspectReply all = await(ask(SPACE));
    assertThat(all.getDevicesCount()).isEqualTo(CompactorLimits.MAX_INSPECTED_DEVICES);
    assertThat(all.getMoreDevices()).isFalse();

    seen(CompactorLimits.MAX_INSPECTED_DEVICES + 1, 1, 1_000);
    InspectReply most = await(ask(SPACE));
    assertThat(most.getDevicesCount()).isEqualTo(CompactorLimits.MAX_INSPECTED_DEVICES);
    assertThat(most.getMoreDevices()).isTrue();
  }
}
