package dev.sealift.gateway;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.Addresses;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.Roster;
import dev.sealift.protocol.mesh.proto.AdmitFile;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.AdmitRequest;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.mesh.proto.AuthorizeRequest;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.EffectiveCompaction;
import dev.sealift.protocol.mesh.proto.EngineTime;
import dev.sealift.protocol.mesh.proto.EntriesReply;
import dev.sealift.protocol.mesh.proto.EntriesRequest;
import dev.sealift.protocol.mesh.proto.OutlineReply;
import dev.sealift.protocol.mesh.proto.OutlineRequest;
import dev.sealift.protocol.mesh.proto.PositionsReply;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.mesh.proto.ReadRequest;
import dev.sealift.protocol.mesh.proto.SignedPositionsReply;
import dev.sealift.protocol.mesh.proto.SignedPositionsRequest;
import dev.sealift.protocol.mesh.proto.SpaceAdvanced;
import dev.sealift.protocol.mesh.proto.StageReply;
import dev.sealift.protocol.mesh.proto.StageRequest;
import dev.sealift.protocol.mesh.proto.StagedPayload;
import dev.sealift.protocol.proto.Gap;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.OutlinePart;
import dev.sealift.protocol.proto.ProvenEntry;
import dev.sealift.protocol.proto.Receipt;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** An engine and a store on the event bus that say yes to everything, and count what they are asked. */
final class FakeMesh {
  static final String ENGINE = "fake-engine";
  static final String STORE = "fake-store";
  static final Roster ROSTER = Roster.of(ENGINE, STORE);

  private final Vertx vertx;
  private final Map<ByteString, List<LogEntry>> logs = new ConcurrentHashMap<>();
  private final Map<ByteString, ByteString> staged = new ConcurrentHashMap<>();
  private final AtomicLong tokens = new AtomicLong();
  private final AtomicLong published = new AtomicLong();
  private final List<MessageConsumer<Buffer>> engine = new ArrayList<>();
  private final List<MessageConsumer<Buffer>> store = new ArrayList<>();
  private volatile Optional<MeshFailure> admitsFail = Optional.empty();
  private volatile boolean holdAdmits;
  private final List<Runnable> held = new CopyOnWriteArrayList<>();

  /** Devices that are members no more. */
  final Set<ByteString> removed = ConcurrentHashMap.newKeySet();

  final AtomicInteger reads = new AtomicInteger();
  final AtomicInteger admits = new AtomicInteger();
  final AtomicInteger authorizes = new AtomicInteger();
  final AtomicInteger readiness = new AtomicInteger();
  final List<PositionsRequest> positions = new CopyOnWriteArrayList<>();
  volatile Authorization authorization = Authorization.AUTHORIZATION_MEMBER;

  /** Decodes a request. */
  private interface Parse<T> {
    T from(byte[] bytes) throws InvalidProtocolBufferException;
  }

  private interface Serve<T> {
    void answer(Message<Buffer> message, T request);
  }

  FakeMesh(Vertx vertx) {
    this.vertx = vertx;
    startStore();
    startEngine();
  }

  void startStore() {
    store.add(serve(Addresses.stage(STORE), StageRequest::parseFrom, this::stage));
    store.add(serve(Addresses.READ, ReadRequest::parseFrom, this::read));
    store.add(serve(Addresses.OUTLINE, OutlineRequest::parseFrom, this::outline));
    store.add(serve(Addresses.ENTRIES, EntriesRequest::parseFrom, this::entries));
    store.add(serve(Addresses.COMPACTIONS, CompactionsRequest::parseFrom, this::compactions));
    store.add(serve(Addresses.POSITIONS, PositionsRequest::parseFrom, this::positions));
    store.add(serve(
        Addresses.SIGNED_POSITIONS, SignedPositionsRequest::parseFrom, this::signedPositions));
  }

  void startEngine() {
    engine.add(serve(Addresses.authorize(ENGINE), AuthorizeRequest::parseFrom, this::authorize));
    engine.add(serve(Addresses.admit(ENGINE), AdmitRequest::parseFrom, this::admit));
  }

  void stopEngine() {
    engine.forEach(consumer -> Waiting.await(consumer.unregister()));
    engine.clear();
  }

  void stopStore() {
    store.forEach(consumer -> Waiting.await(consumer.unregister()));
    store.clear();
  }

  void failAdmits(MeshFailure failure) {
    admitsFail = Optional.of(failure);
  }

  void admitAgain() {
    admitsFail = Optional.empty();
  }

  /** From now on admission is not answered before {@link #releaseAdmits}. */
  void holdAdmits() {
    holdAdmits = true;
  }

  void releaseAdmits() {
    holdAdmits = false;
    held.forEach(Runnable::run);
    held.clear();
  }

  /** As if devices elsewhere had written so many files. */
  void grow(SpaceId space, int files, int payloadBytes) {
    ByteString payload = ByteString.copyFrom(new byte[payloadBytes]);
    for (int i = 0; i < files; i++) {
      append(space.byteString(), LogEntry.newBuilder().setPayload(payload).build());
    }
  }

  /** Tells every gateway of the present head. */
  void publish(SpaceId space) {
    SpaceAdvanced event = SpaceAdvanced.newBuilder()
        .setSpace(space.byteString())
        .setSignedHead(head(space.byteString()))
        .setEngine(ENGINE)
        .setNumber(published.incrementAndGet())
        .build();
    vertx.eventBus().publish(Addresses.SPACE_ADVANCED, Buffer.buffer(event.toByteArray()));
  }

  /** As {@link #publish}, but it never comes. */
  void losePublication() {
    published.incrementAndGet();
  }

  /** Tells every gateway how much was published. */
  void publishCount() {
    EngineTime time =
        EngineTime.newBuilder().setEngine(ENGINE).setAdvances(published.get()).build();
    vertx.eventBus().publish(Addresses.ENGINE_TIME, Buffer.buffer(time.toByteArray()));
  }

  /** The newest position of each device, in the order in which the store heard of them. */
  List<DevicePosition> allPositions() {
    return positions.stream()
        .flatMap(batch -> batch.getPositionsList().stream())
        .toList();
  }

  private <T> MessageConsumer<Buffer> serve(String address, Parse<T> parse, Serve<T> serve) {
    MessageConsumer<Buffer> consumer = vertx.eventBus().consumer(address, message -> {
      try {
        serve.answer(message, parse.from(message.body().getBytes()));
      } catch (InvalidProtocolBufferException e) {
        message.fail(MeshFailure.MALFORMED.code(), MeshFailure.MALFORMED.name());
      }
    });
    Waiting.await(consumer.completion());
    return consumer;
  }

  private static void reply(Message<Buffer> to, MessageLite reply) {
    to.reply(Buffer.buffer(reply.toByteArray()));
  }

  private void stage(Message<Buffer> message, StageRequest request) {
    StageReply.Builder reply = StageReply.newBuilder().setStore(STORE);
    for (ByteString payload : request.getPayloadsList()) {
      ByteString token = ByteString.copyFromUtf8("token " + tokens.incrementAndGet());
      staged.put(token, payload);
      reply.addStaged(StagedPayload.newBuilder().setToken(token).setLength(payload.size()));
    }
    reply(message, reply.build());
  }

  private void authorize(Message<Buffer> message, AuthorizeRequest request) {
    if (request.getSpace().equals(ByteString.copyFrom(new byte[32]))) {
      readiness.incrementAndGet();
      reply(message, unknown());
      return;
    }
    authorizes.incrementAndGet();
    if (removed.contains(request.getDevice())) {
      reply(
          message,
          AuthorizeReply.newBuilder()
              .setAuthorization(Authorization.AUTHORIZATION_NOT_A_MEMBER)
              .build());
    } else if (authorization == Authorization.AUTHORIZATION_UNKNOWN_SPACE
        && !logs.containsKey(request.getSpace())) {
      reply(message, unknown());
    } else {
      reply(
          message,
          AuthorizeReply.newBuilder()
              .setAuthorization(authorization)
              .setMayWrite(authorization == Authorization.AUTHORIZATION_MEMBER)
              .setSignedHead(head(request.getSpace()))
              .build());
    }
  }

  private static AuthorizeReply unknown() {
    return AuthorizeReply.newBuilder()
        .setAuthorization(Authorization.AUTHORIZATION_UNKNOWN_SPACE)
        .build();
  }

  private void admit(Message<Buffer> message, AdmitRequest request) {
    admits.incrementAndGet();
    if (holdAdmits) {
      held.add(() -> admitNow(message, request));
    } else {
      admitNow(message, request);
    }
  }

  private void admitNow(Message<Buffer> message, AdmitRequest request) {
    Optional<MeshFailure> failure = admitsFail;
    if (failure.isPresent()) {
      message.fail(failure.get().code(), failure.get().name());
      return;
    }
    AdmitReply.Builder reply = AdmitReply.newBuilder();
    for (AdmitFile file : request.getFilesList()) {
      LogEntry entry = LogEntry.newBuilder()
          .setSignedHeader(file.getSignedHeader())
          .setPayload(staged.getOrDefault(file.getPayload().getToken(), ByteString.EMPTY))
          .build();
      long sequence = append(request.getSpace(), entry);
      reply.addOutcomes(
          Outcome.newBuilder().setReceipt(Receipt.newBuilder().setSequence(sequence)));
    }
    reply.setSignedHead(head(request.getSpace()));
    reply(message, reply.build());
  }

  private synchronized long append(ByteString space, LogEntry entry) {
    List<LogEntry> log = logs.computeIfAbsent(space, any -> new ArrayList<>());
    log.add(entry);
    return log.size();
  }

  private synchronized void read(Message<Buffer> message, ReadRequest request) {
    reads.incrementAndGet();
    ReadReply.Builder reply = ReadReply.newBuilder();
    long bytes = 0;
    List<LogEntry> log = logs.getOrDefault(request.getSpace(), List.of());
    for (long at = request.getAfterSequence(); at < request.getHeadSize(); at++) {
      LogEntry entry = log.get((int) at);
      bytes += entry.getSerializedSize();
      if (reply.getEntriesCount() > 0
          && (bytes > request.getMaxBytes() || reply.getEntriesCount() >= request.getMaxFiles())) {
        break;
      }
      reply.addEntries(entry);
    }
    reply(message, reply.build());
  }

  /** One gap: here are no membership files. */
  private void outline(Message<Buffer> message, OutlineRequest request) {
    Gap.Builder gap = Gap.newBuilder()
        .setFiles(request.getUpTo() - request.getAfterSequence())
        .addHashes(ByteString.copyFrom(TestDevice.filled(7, 32)));
    reply(
        message,
        OutlineReply.newBuilder().addParts(OutlinePart.newBuilder().setGap(gap)).build());
  }

  private synchronized void entries(Message<Buffer> message, EntriesRequest request) {
    List<LogEntry> log = logs.getOrDefault(request.getSpace(), List.of());
    EntriesReply.Builder reply = EntriesReply.newBuilder();
    for (long sequence : request.getSequencesList()) {
      reply.addEntries(ProvenEntry.newBuilder()
          .setSequence(sequence)
          .setEntry(log.get((int) sequence - 1))
          .addPath(ByteString.copyFrom(TestDevice.filled(8, 32))));
    }
    reply(message, reply.build());
  }

  /** One step, to the head. */
  private void compactions(Message<Buffer> message, CompactionsRequest request) {
    EffectiveCompaction.Builder step = EffectiveCompaction.newBuilder()
        .setFirst(request.getStepsAfter() + 1)
        .setBase(request.getHeadSize())
        .setGeneration(1)
        .addParts(request.getHeadSize());
    reply(message, CompactionsReply.newBuilder().addCompactions(step).build());
  }

  private void positions(Message<Buffer> message, PositionsRequest request) {
    if (request.getPositionsCount() > 0) {
      positions.add(request);
    }
    reply(message, PositionsReply.getDefaultInstance());
  }

  private void signedPositions(Message<Buffer> message, SignedPositionsRequest request) {
    SignedPositionsReply.Builder reply = SignedPositionsReply.newBuilder();
    allPositions().stream()
        .filter(position -> position.getSpace().equals(request.getSpace()))
        .map(DevicePosition::getSignedPosition)
        .filter(signed -> !signed.isEmpty())
        .forEach(reply::addSignedPositions);
    reply(message, reply.build());
  }

  private synchronized ByteString head(ByteString space) {
    try {
      return TestDevice.head(
          SpaceId.parse(space), logs.getOrDefault(space, List.of()).size());
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }
}
