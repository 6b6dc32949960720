package dev.sealift.gateway;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.gateway.session.Taken;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.Addresses;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.OfferReply;
import dev.sealift.protocol.mesh.proto.OfferRequest;
import dev.sealift.protocol.mesh.proto.PresenceReply;
import dev.sealift.protocol.mesh.proto.PresenceRequest;
import dev.sealift.protocol.mesh.proto.PresentDevice;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Tells compactors which devices are here that could make a compaction, and passes their offers on. On the verticle's event loop only. */
final class Presence {
  /** Devices of a space in one answer, some 40 bytes each: as many connections as a space has by default. */
  static final int MAX_DEVICES = 1_000;

  /** Of a compactor's name: ours have 36. */
  static final int MAX_NAME_CHARACTERS = 64;

  private final String gatewayId;
  private final Followers followers;
  private final Paces paces;
  private final EventBus bus;

  Presence(String gatewayId, Followers followers, Paces paces, EventBus bus) {
    this.gatewayId = gatewayId;
    this.followers = followers;
    this.paces = paces;
    this.bus = bus;
  }

  /** Completes when compactors can ask, and offer. */
  Future<Void> listen() {
    return Future.all(
            bus.<Buffer>consumer(Addresses.PRESENCE, this::onQuestion).completion(),
            bus.<Buffer>consumer(Addresses.offer(gatewayId), this::onOffer).completion())
        .mapEmpty();
  }

  private void onQuestion(Message<Buffer> message) {
    try {
      PresenceRequest request = PresenceRequest.parseFrom(message.body().getBytes());
      SpaceId space = SpaceId.parse(request.getSpace());
      if (followers.isFollowed(space) && request.getCompactor().length() <= MAX_NAME_CHARACTERS) {
        answer(space, request.getCompactor());
      }
    } catch (InvalidProtocolBufferException | FormatException e) {
      return; // as if nobody were here
    }
  }

  private void answer(SpaceId space, String compactor) {
    PresenceReply.Builder reply =
        PresenceReply.newBuilder().setSpace(space.byteString()).setGateway(gatewayId);
    devices(space).values().stream().limit(MAX_DEVICES).forEach(reply::addDevices);
    Taken taken = paces.take(space);
    reply.setReads(taken.reads()).setReadFiles(taken.files()).setReadMillis(taken.millis());
    if (reply.getDevicesCount() > 0 || reply.getReads() > 0) {
      bus.send(Addresses.presence(compactor), Buffer.buffer(reply.build().toByteArray()));
    }
  }

  /** Each once, whatever it has of connections. */
  private Map<ByteString, PresentDevice> devices(SpaceId space) {
    Map<ByteString, PresentDevice> devices = new LinkedHashMap<>();
    followers.of(space).stream()
        .map(Connection::present)
        .flatMap(Optional::stream)
        .forEach(device -> devices.put(device.getDevice(), device));
    return devices;
  }

  private void onOffer(Message<Buffer> message) {
    try {
      OfferRequest request = OfferRequest.parseFrom(message.body().getBytes());
      SpaceId space = SpaceId.parse(request.getSpace());
      Optional<Connection> there = followers.of(space).stream()
          .filter(one -> isTo(one, request.getDevice()))
          .findFirst();
      there.ifPresent(connection -> connection.offer(request.getOffer()));
      OfferReply reply = OfferReply.newBuilder().setTold(there.isPresent()).build();
      message.reply(Buffer.buffer(reply.toByteArray()));
    } catch (InvalidProtocolBufferException | FormatException e) {
      message.fail(MeshFailure.MALFORMED.code(), MeshFailure.MALFORMED.name());
    }
  }

  private static boolean isTo(Connection connection, ByteString device) {
    return connection.present().filter(one -> one.getDevice().equals(device)).isPresent();
  }
}
