package dev.sealift.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.gateway.TestDevice;
import dev.sealift.gateway.codec.FrameCodec;
import dev.sealift.gateway.codec.Subprotocol;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.mesh.proto.EntriesReply;
import dev.sealift.protocol.mesh.proto.OutlineReply;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.mesh.proto.StageReply;
import dev.sealift.protocol.mesh.proto.StagedPayload;
import dev.sealift.protocol.proto.Challenge;
import dev.sealift.protocol.proto.Credit;
import dev.sealift.protocol.proto.Fetch;
import dev.sealift.protocol.proto.FetchEntries;
import dev.sealift.protocol.proto.FetchPositions;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Gap;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.Outline;
import dev.sealift.protocol.proto.OutlinePart;
import dev.sealift.protocol.proto.PositionReport;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.ProvenEntry;
import dev.sealift.protocol.proto.Put;
import dev.sealift.protocol.proto.Receipt;
import dev.sealift.protocol.proto.Refusal;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Steps;
import dev.sealift.protocol.proto.Subscribe;
import java.util.List;
import java.util.Optional;

/** A session under test with its device, and the time that it is told. */
final class Rig {
  static final SpaceId SPACE = TestDevice.space(5);
  static final long WALL = 1_700_000_000_000L;
  static final long START = 50_000;

  final TestDevice device = new TestDevice(1);
  final SessionLimits limits;
  final FrameCodec codec;
  final GatewaySession session;
  long now = START;

  Rig() {
    this(SessionLimits.defaults());
  }

  Rig(SessionLimits limits) {
    this(limits, Subprotocol.BINARY.codec());
  }

  Rig(SessionLimits limits, FrameCodec codec) {
    this.limits = limits;
    this.codec = codec;
    Notary notary = new Notary(TestDevice.NOTARY, () -> TestDevice.filled(4, 32), () -> WALL);
    this.session = new GatewaySession(notary, limits, codec, now);
  }

  static Rig open() {
    return open(SessionLimits.defaults(), 0);
  }

  /** A member's session, on a log of this size. */
  static Rig openAt(long size) {
    return open(SessionLimits.defaults(), size);
  }

  static Rig open(SessionLimits limits, long size) {
    return open(new Rig(limits), size);
  }

  static Rig openIn(Subprotocol subprotocol, long size) {
    return open(new Rig(SessionLimits.defaults(), subprotocol.codec()), size);
  }

  private static Rig open(Rig rig, long size) {
    rig.authorize(rig.knock(SPACE), Authorization.AUTHORIZATION_MEMBER, size);
    return rig;
  }

  static Rig invitedAt(long size) {
    Rig rig = new Rig();
    rig.authorize(rig.knockInvited(), Authorization.AUTHORIZATION_INVITED, size);
    return rig;
  }

  static Rig founding(SpaceId space) {
    Rig rig = new Rig();
    long ticket = rig.knock(space);
    AuthorizeReply unknown = AuthorizeReply.newBuilder()
        .setAuthorization(Authorization.AUTHORIZATION_UNKNOWN_SPACE)
        .build();
    rig.session.authorized(ticket, unknown, 0, rig.now);
    return rig;
  }

  /** Hello and Prove; returns the ticket of the question to the engine. */
  long knock(SpaceId space) {
    Challenge challenge = challenge(TestDevice.frame(device.hello(space)));
    return ticket(send(TestDevice.frame(device.prove(space, challenge))));
  }

  long knockInvited() {
    Challenge challenge = challenge(TestDevice.frame(device.invitedHello(SPACE)));
    return ticket(send(TestDevice.frame(device.invitedProve(SPACE, challenge))));
  }

  Challenge challenge(Frame hello) {
    return onlyFrame(send(hello)).getChallenge();
  }

  List<Effect> authorize(long ticket, Authorization answer, long size) {
    AuthorizeReply reply = AuthorizeReply.newBuilder()
        .setAuthorization(answer)
        .setSignedHead(TestDevice.head(SPACE, size))
        .build();
    return session.authorized(ticket, reply, 0, now);
  }

  List<Effect> send(Frame frame) {
    return session.receive(codec.encode(frame), now);
  }

  List<Effect> put(long request, int... payloadBytes) {
    Put.Builder put = Put.newBuilder().setRequest(request);
    for (int bytes : payloadBytes) {
      put.addFiles(device.file(SPACE, request, bytes));
    }
    return send(TestDevice.frame(put.build()));
  }

  List<Effect> subscribe(long after, int credit) {
    Subscribe.Builder subscribe =
        Subscribe.newBuilder().setAfterSequence(after).setCreditBytes(credit);
    return send(Frame.newBuilder().setSubscribe(subscribe).build());
  }

  List<Effect> credit(int bytes) {
    return send(
        Frame.newBuilder().setCredit(Credit.newBuilder().setBytes(bytes)).build());
  }

  List<Effect> fetch(long request, long after) {
    Fetch.Builder fetch = Fetch.newBuilder().setRequest(request).setAfterSequence(after);
    return send(Frame.newBuilder().setFetch(fetch).build());
  }

  List<Effect> position(long sequence) {
    return send(Frame.newBuilder()
        .setPosition(PositionReport.newBuilder().setSequence(sequence))
        .build());
  }

  List<Effect> advanceTo(long size) {
    return session.advanced(head(size), Optional.empty());
  }

  static SpaceHead head(long size) {
    return SpaceHead.find(TestDevice.head(SPACE, size), 0, SPACE).orElseThrow();
  }

  List<Effect> stage(long ticket, int files) {
    return session.staged(ticket, stageReply(files));
  }

  static StageReply stageReply(int files) {
    StageReply.Builder reply = StageReply.newBuilder();
    for (int i = 0; i < files; i++) {
      reply.addStaged(StagedPayload.newBuilder().setToken(ByteString.copyFromUtf8("t" + i)));
    }
    return reply.build();
  }

  List<Effect> admit(long ticket, long... sequences) {
    return session.admitted(ticket, receipts(SPACE, sequences));
  }

  static AdmitReply receipts(SpaceId space, long... sequences) {
    AdmitReply.Builder reply = AdmitReply.newBuilder();
    for (long sequence : sequences) {
      reply.addOutcomes(
          Outcome.newBuilder().setReceipt(Receipt.newBuilder().setSequence(sequence)));
      reply.setSignedHead(TestDevice.head(space, sequence));
    }
    return reply.build();
  }

  static AdmitReply refusal(RefusalCode code) {
    return AdmitReply.newBuilder()
        .addOutcomes(Outcome.newBuilder().setRefusal(Refusal.newBuilder().setCode(code)))
        .build();
  }

  static ReadReply entries(int count, int payloadBytes) {
    LogEntry entry = LogEntry.newBuilder()
        .setPayload(ByteString.copyFrom(new byte[payloadBytes]))
        .build();
    ReadReply.Builder reply = ReadReply.newBuilder();
    for (int i = 0; i < count; i++) {
      reply.addEntries(entry);
    }
    return reply.build();
  }

  List<Effect> outline(long request, long after, long upTo) {
    return outline(request, after, upTo, List.of());
  }

  List<Effect> outline(long request, long after, long upTo, List<Long> stops) {
    Outline.Builder outline = Outline.newBuilder()
        .setRequest(request)
        .setAfterSequence(after)
        .setUpTo(upTo)
        .addAllStops(stops);
    return send(Frame.newBuilder().setOutline(outline).build());
  }

  List<Effect> steps(long request, long after) {
    Steps.Builder steps = Steps.newBuilder().setRequest(request).setAfterSequence(after);
    return send(Frame.newBuilder().setSteps(steps).build());
  }

  List<Effect> fetchEntries(long request, Long... sequences) {
    FetchEntries.Builder fetch =
        FetchEntries.newBuilder().setRequest(request).addAllSequences(List.of(sequences));
    return send(Frame.newBuilder().setFetchEntries(fetch).build());
  }

  List<Effect> fetchPositions(long request, ByteString after) {
    FetchPositions.Builder fetch =
        FetchPositions.newBuilder().setRequest(request).setAfterDevice(after);
    return send(Frame.newBuilder().setFetchPositions(fetch).build());
  }

  static OutlineReply gap(long files) {
    return OutlineReply.newBuilder()
        .addParts(OutlinePart.newBuilder().setGap(Gap.newBuilder().setFiles(files)))
        .build();
  }

  static EntriesReply proven(int count, int payloadBytes) {
    EntriesReply.Builder reply = EntriesReply.newBuilder();
    entries(count, payloadBytes)
        .getEntriesList()
        .forEach(entry -> reply.addEntries(ProvenEntry.newBuilder().setEntry(entry)));
    return reply.build();
  }

  static <T extends Effect> T only(List<Effect> effects, Class<T> type) {
    List<T> found = all(effects, type);
    assertThat(found).as("%s in %s", type.getSimpleName(), effects).hasSize(1);
    return found.get(0);
  }

  static <T extends Effect> List<T> all(List<Effect> effects, Class<T> type) {
    return effects.stream().filter(type::isInstance).map(type::cast).toList();
  }

  static long ticket(List<Effect> effects) {
    return only(effects, Effect.Ask.class).ticket();
  }

  static Frame onlyFrame(List<Effect> effects) {
    return only(effects, Effect.Send.class).frame();
  }

  static void assertClosedWith(List<Effect> effects, ProblemCode code) {
    Effect.Close close = only(effects, Effect.Close.class);
    assertThat(close.problem().orElseThrow().getProblem().getCode()).isEqualTo(code);
    assertThat(close.code()).isEqualTo(CloseCode.of(code));
  }

  void assertDead() {
    assertThat(session.isClosed()).isTrue();
    assertThat(fetch(1, 0)).isEmpty();
    assertThat(session.tick(now + limits.idleMillis())).isEmpty();
    assertThat(session.goAway(500)).isEmpty();
  }
}
