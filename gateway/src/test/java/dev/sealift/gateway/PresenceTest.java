package dev.sealift.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.Addresses;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.OfferReply;
import dev.sealift.protocol.mesh.proto.OfferRequest;
import dev.sealift.protocol.mesh.proto.PresenceReply;
import dev.sealift.protocol.mesh.proto.PresenceRequest;
import dev.sealift.protocol.mesh.proto.PresentDevice;
import dev.sealift.protocol.proto.DeviceHint;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Offer;
import dev.sealift.protocol.proto.PositionReport;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What compactors ask of a gateway on the event bus, with devices on real WebSockets. */
class PresenceTest {
  private static final SpaceId SPACE = TestDevice.space(5);
  private static final SpaceId OTHER = TestDevice.space(6);
  private static final String COMPACTOR = "compactor";
  private static final Offer OFFER =
      Offer.newBuilder().setLower(250).setUpper(1_000).build();

  private final GatewayFixture fixture = new GatewayFixture();
  private final BlockingQueue<PresenceReply> replies = new LinkedBlockingQueue<>();

  @BeforeEach
  void listen() {
    Waiting.await(fixture
        .vertx
        .eventBus()
        .<Buffer>consumer(Addresses.presence(COMPACTOR), message -> hear(message.body()))
        .completion());
  }

  private void hear(Buffer message) {
    try {
      replies.add(PresenceReply.parseFrom(message.getBytes()));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private TestClient enter(int seed, SpaceId space) {
    TestClient client =
        TestClient.connect(fixture.vertx, fixture.port(), seed, java.util.Optional.empty());
    client.enter(space);
    return client;
  }

  private void report(TestClient client, DeviceHint... hints) {
    PositionReport.Builder report = PositionReport.newBuilder().setTakesOffers(true);
    for (DeviceHint hint : hints) {
      report.addHints(hint);
    }
    client.send(Frame.newBuilder().setPosition(report).build());
    client.fetch(1, 0); // when this is answered, what came before it was taken
    client.next();
  }

  private void ask(SpaceId space) {
    publish(PresenceRequest.newBuilder()
        .setSpace(space.byteString())
        .setCompactor(COMPACTOR)
        .build());
  }

  private void publish(MessageLite request) {
    fixture.vertx.eventBus().publish(Addresses.PRESENCE, Buffer.buffer(request.toByteArray()));
  }

  private PresenceReply reply() throws InterruptedException {
    PresenceReply reply = replies.poll(Waiting.SECONDS, TimeUnit.SECONDS);
    assertThat(reply).as("an answer in time").isNotNull();
    return reply;
  }

  @Test
  void whoIsThereIsToldOnceEachWithItsHintsAndIsOfferedTheWork() throws Exception {
    TestClient one = enter(1, SPACE);
    report(one);
    report(enter(1, SPACE));
    TestClient two = enter(2, SPACE);
    report(two, DeviceHint.DEVICE_HINT_METERED);
    enter(3, SPACE); // has not said that it takes offers
    report(enter(4, OTHER));
    ask(SPACE);
    PresenceReply reply = reply();
    assertThat(reply.getSpace()).isEqualTo(SPACE.byteString());
    assertThat(reply.getDevicesList())
        .containsExactlyInAnyOrder(
            PresentDevice.newBuilder().setDevice(one.device.id().byteString()).build(),
            PresentDevice.newBuilder()
                .setDevice(two.device.id().byteString())
                .addHints(DeviceHint.DEVICE_HINT_METERED)
                .build());
    assertThat(offer(reply.getGateway(), two.device.id().byteString())).isTrue();
    assertThat(two.next().getOffer()).isEqualTo(OFFER);
    assertThat(one.hasNothing()).isTrue();
  }

  private boolean offer(String gateway, ByteString device) throws Exception {
    OfferRequest request = OfferRequest.newBuilder()
        .setSpace(SPACE.byteString())
        .setDevice(device)
        .setOffer(OFFER)
        .build();
    Buffer reply = Waiting.await(fixture
            .vertx
            .eventBus()
            .<Buffer>request(Addresses.offer(gateway), Buffer.buffer(request.toByteArray())))
        .body();
    return OfferReply.parseFrom(reply.getBytes()).getTold();
  }

  @Test
  void whoIsGoneIsNotTold() throws Exception {
    TestClient one = enter(1, SPACE);
    report(one);
    TestClient two = enter(2, SPACE);
    report(two);
    ask(SPACE);
    String gateway = reply().getGateway();
    Waiting.await(two.socket.close());
    Waiting.until("it is gone", () -> fixture.gauge("connections.open") == 1);
    assertThat(offer(gateway, two.device.id().byteString())).isFalse();
    assertThat(offer(gateway, one.device.id().byteString())).isTrue();
  }

  @Test
  void aGatewayWithNobodyToTellOfSaysNothing() throws Exception {
    enter(1, SPACE);
    report(enter(2, OTHER));
    ask(SPACE);
    ask(OTHER);
    assertThat(reply().getSpace()).isEqualTo(OTHER.byteString());
    assertThat(replies).isEmpty();
  }

  @Test
  void whatIsNoQuestionAndNoOfferIsPassedOver() throws Exception {
    report(enter(1, SPACE));
    publish(PresenceRequest.newBuilder()
        .setSpace(ByteString.copyFromUtf8("no space"))
        .setCompactor(COMPACTOR)
        .build());
    publish(PresenceRequest.newBuilder()
        .setSpace(SPACE.byteString())
        .setCompactor("x".repeat(Presence.MAX_NAME_CHARACTERS + 1))
        .build());
    fixture.vertx.eventBus().publish(Addresses.PRESENCE, Buffer.buffer(new byte[] {-1}));
    ask(SPACE);
    String gateway = reply().getGateway();
    Throwable failure = Waiting.awaitFailure(
        fixture.vertx.eventBus().request(Addresses.offer(gateway), Buffer.buffer(new byte[] {-1})));
    assertThat(((ReplyException) failure).failureCode()).isEqualTo(MeshFailure.MALFORMED.code());
  }
}
