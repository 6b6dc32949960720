package dev.sealift.compactor;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.mesh.Addresses;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.DeviceSeen;
import dev.sealift.protocol.mesh.proto.DevicesReply;
import dev.sealift.protocol.mesh.proto.DevicesRequest;
import dev.sealift.protocol.mesh.proto.EffectiveCompaction;
import dev.sealift.protocol.mesh.proto.EngineTime;
import dev.sealift.protocol.mesh.proto.ExpireReply;
import dev.sealift.protocol.mesh.proto.ExpireRequest;
import dev.sealift.protocol.mesh.proto.LiveFiles;
import dev.sealift.protocol.mesh.proto.OfferReply;
import dev.sealift.protocol.mesh.proto.OfferRequest;
import dev.sealift.protocol.mesh.proto.OpenCompaction;
import dev.sealift.protocol.mesh.proto.PresenceReply;
import dev.sealift.protocol.mesh.proto.PresenceRequest;
import dev.sealift.protocol.mesh.proto.PresentDevice;
import dev.sealift.protocol.mesh.proto.ReclaimHindrance;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.mesh.proto.SpaceAdvanced;
import dev.sealift.protocol.mesh.proto.SpaceSize;
import dev.sealift.protocol.mesh.proto.SpacesReply;
import dev.sealift.protocol.mesh.proto.SpacesRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A store, one gateway and an engine's news on a real event bus. */
final class FakeBus {
  static final String GATEWAY = "gate";
  static final long STOOD_AT = 1_700_000_000_000L;

  /** Of each space's last file, until news say another. */
  static final long SERVER_TIME = STOOD_AT;

  final Queue<CompactionsRequest> asked = new ConcurrentLinkedQueue<>();
  final Queue<SpacesRequest> swept = new ConcurrentLinkedQueue<>();
  final Queue<OfferRequest> offers = new ConcurrentLinkedQueue<>();
  final Queue<ReclaimRequest> reclaims = new ConcurrentLinkedQueue<>();
  final Queue<ExpireRequest> expires = new ConcurrentLinkedQueue<>();

  /** Server time of the next payload that expires; 0: none does. */
  volatile long expiresAt;

  final Map<SpaceId, Long> sizes = new ConcurrentHashMap<>();
  final List<DeviceSeen> seen = new CopyOnWriteArrayList<>();
  final List<OpenCompaction> open = new CopyOnWriteArrayList<>();
  final Map<SpaceId, Long> live = new ConcurrentHashMap<>();
  final Map<SpaceId, DeviceId> devices = new ConcurrentHashMap<>();
  private final SigningKey notary = SigningKey.generate();
  private final Vertx vertx;

  FakeBus(Vertx vertx) {
    this.vertx = vertx;
  }

  Future<?> open() {
    return Future.all(List.of(
        serve(Addresses.COMPACTIONS, CompactionsRequest.parser(), this::compactions),
        serve(Addresses.SPACES, SpacesRequest.parser(), request -> {
          swept.add(request);
          return spaces(request);
        }),
        serve(Addresses.DEVICES, DevicesRequest.parser(), this::seen),
        serve(Addresses.RECLAIM, ReclaimRequest.parser(), request -> {
          if (request.getMaxFiles() == 0) {
            return ReclaimReply.newBuilder()
                .setHindrance(ReclaimHindrance.RECLAIM_HINDRANCE_DEVICES_BEHIND)
                .setDevicesBehind(2)
                .build();
          }
          reclaims.add(request);
          return ReclaimReply.newBuilder().setFiles(7).setBytes(700).build();
        }),
        serve(Addresses.EXPIRE, ExpireRequest.parser(), request -> {
          expires.add(request);
          expiresAt = 0;
          return ExpireReply.newBuilder().setFiles(5).setBytes(500).build();
        }),
        serve(Addresses.offer(GATEWAY), OfferRequest.parser(), this::offered),
        hear(Addresses.PRESENCE, PresenceRequest.parser(), this::presence)));
  }

  private SpacesReply spaces(SpacesRequest request) {
    SpacesReply.Builder reply = SpacesReply.newBuilder();
    sizes.entrySet().stream()
        .filter(one -> ByteString.unsignedLexicographicalComparator()
                .compare(one.getKey().byteString(), request.getAfter())
            > 0)
        .sorted(Map.Entry.comparingByKey())
        .limit(request.getLimit())
        .forEach(one -> reply.addSpaces(
            SpaceSize.newBuilder().setSpace(one.getKey().byteString()).setSize(one.getValue())));
    return reply.build();
  }

  /** Two a page. */
  private DevicesReply seen(DevicesRequest request) {
    DevicesReply.Builder reply = DevicesReply.newBuilder();
    seen.stream()
        .filter(one -> ByteString.unsignedLexicographicalComparator()
                .compare(one.getDevice(), request.getAfter())
            > 0)
        .limit(2)
        .forEach(reply::addDevices);
    return reply.build();
  }

  private CompactionsReply compactions(CompactionsRequest request) {
    asked.add(request);
    long files = live.getOrDefault(id(request), 0L);
    CompactionsReply.Builder reply = CompactionsReply.newBuilder()
        .addLive(LiveFiles.newBuilder().setGeneration(0).setFiles(files));
    if (request.getOpen()) {
      reply.addAllOpen(open);
    }
    if (request.getExpiry()) {
      reply.setExpiresAtMillis(expiresAt).setServerTimeMillis(SERVER_TIME);
    }
    if (request.getMaxExpiring() > 0 && expiresAt > 0) {
      reply.setExpiring(3);
    }
    if (files == 0) {
      reply.addCompactions(EffectiveCompaction.newBuilder()
          .setFirst(1)
          .setBase(request.getHeadSize() - 1)
          .addParts(request.getHeadSize())
          .setStoodAtMillis(STOOD_AT));
    }
    return reply.build();
  }

  private static SpaceId id(CompactionsRequest request) {
    try {
      return SpaceId.parse(request.getSpace());
    } catch (dev.sealift.protocol.FormatException e) {
      throw new AssertionError(e);
    }
  }

  /** The device makes a compaction of everything. */
  private OfferReply offered(OfferRequest request) {
    offers.add(request);
    live.replaceAll(
        (space, files) -> space.byteString().equals(request.getSpace()) ? Long.valueOf(0) : files);
    return OfferReply.newBuilder().setTold(true).build();
  }

  private void presence(PresenceRequest request) {
    devices.entrySet().stream()
        .filter(one -> one.getKey().byteString().equals(request.getSpace()))
        .map(one -> PresenceReply.newBuilder()
            .setSpace(request.getSpace())
            .setGateway(GATEWAY)
            .addDevices(PresentDevice.newBuilder().setDevice(one.getValue().byteString()))
            .build())
        .forEach(reply -> send(Addresses.presence(request.getCompactor()), reply));
  }

  /** An engine says that a space's log has grown. */
  void advance(SpaceId space, long size, String engine, long number) {
    advance(space, size, 1, engine, number);
  }

  void advance(SpaceId space, long size, long serverTime, String engine, long number) {
    live.put(space, size);
    SignedTreeHead head =
        SignedTreeHead.sign(new TreeHead(space, 0, size, Hash.of(new byte[0]), serverTime), notary);
    publish(
        Addresses.SPACE_ADVANCED,
        SpaceAdvanced.newBuilder()
            .setSpace(space.byteString())
            .setSignedHead(head.byteString())
            .setEngine(engine)
            .setNumber(number)
            .build());
  }

  void engineTime(long millis, String engine, long advances) {
    publish(
        Addresses.ENGINE_TIME,
        EngineTime.newBuilder()
            .setEngine(engine)
            .setTimeMillis(millis)
            .setAdvances(advances)
            .build());
  }

  void publish(String address, MessageLite message) {
    vertx.eventBus().publish(address, Buffer.buffer(message.toByteArray()));
  }

  void send(String address, MessageLite message) {
    vertx.eventBus().send(address, Buffer.buffer(message.toByteArray()));
  }

  private interface Answer<T> {
    MessageLite to(T request);
  }

  private <T> Future<Void> serve(String address, Parser<T> parser, Answer<T> answer) {
    MessageConsumer<Buffer> consumer = vertx
        .eventBus()
        .consumer(
            address,
            message ->
                message.reply(Buffer.buffer(answer.to(parsed(parser, message)).toByteArray())));
    return consumer.completion();
  }

  private <T> Future<Void> hear(String address, Parser<T> parser, Consumer<T> hears) {
    MessageConsumer<Buffer> consumer =
        vertx.eventBus().consumer(address, message -> hears.accept(parsed(parser, message)));
    return consumer.completion();
  }

  private static <T> T parsed(Parser<T> parser, Message<Buffer> message) {
    try {
      return parser.parseFrom(message.body().getBytes());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
