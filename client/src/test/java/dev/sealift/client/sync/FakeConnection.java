package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.membership.Invitation;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.Advanced;
import dev.sealift.protocol.proto.Challenge;
import dev.sealift.protocol.proto.Fetch;
import dev.sealift.protocol.proto.FetchPositions;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Hello;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.Positions;
import dev.sealift.protocol.proto.Problem;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.Prove;
import dev.sealift.protocol.proto.Put;
import dev.sealift.protocol.proto.PutFile;
import dev.sealift.protocol.proto.PutResult;
import dev.sealift.protocol.proto.Refusal;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.StepList;
import dev.sealift.protocol.proto.Subscribe;
import dev.sealift.protocol.proto.Welcome;
import dev.sealift.protocol.wire.Handshake;
import dev.sealift.protocol.wire.WelcomeStatement;
import java.util.List;
import java.util.Optional;

/** One device's conversation with a {@link FakeMesh}, under the mesh's lock. */
public final class FakeConnection implements Transport.Connection {
  private enum State {
    AWAITING_HELLO,
    CHALLENGED,
    NOTARY_SHOWN,
    FOUNDING,
    INVITED,
    OPEN,
    RECOVERING,
    CLOSED
  }

  /** A device that has nothing to bring comes again after that. */
  private static final long RECOVERING_MILLIS = 1;

  private final FakeMesh mesh;
  private final Transport.Listener listener;
  private State state = State.AWAITING_HELLO;
  private Optional<Handshake> handshake = Optional.empty();
  private Optional<DevicePublicKeys> device = Optional.empty();
  private Optional<SpaceId> space = Optional.empty();
  private Optional<VerifyingKey> invitation = Optional.empty();
  private Optional<Subscription> subscription = Optional.empty();
  private boolean frozen;

  private static final class Subscription {
    private long after;
    private long credit;
    private final boolean omitOwn;
    private long toldSize;

    Subscription(Subscribe subscribe) {
      this.after = subscribe.getAfterSequence();
      this.credit = subscribe.getCreditBytes();
      this.omitOwn = subscribe.getOmitOwnPayloads();
    }
  }

  FakeConnection(FakeMesh mesh, Transport.Listener listener) {
    this.mesh = mesh;
    this.listener = listener;
  }

  /** Who it is; known from its first frame on. */
  public Optional<DeviceId> device() {
    return device.map(DevicePublicKeys::id);
  }

  boolean isOpen() {
    return state != State.CLOSED;
  }

  @Override
  public void send(byte[] message) throws TransportException {
    synchronized (mesh) {
      if (!isOpen()) {
        throw new TransportException(TransportException.Kind.UNREACHABLE, "it was cut", null);
      }
      if (frozen) {
        return;
      }
      try {
        receiveAll(mesh.wire().pass(this, false, parse(message)));
        mesh.push();
      } catch (AssertionError | RuntimeException e) {
        mesh.complain(e);
        cut();
      }
    }
  }

  private void receiveAll(List<Frame> frames) {
    for (Frame frame : frames) {
      if (isOpen()) {
        receive(frame);
      }
    }
  }

  @Override
  public void ping() {
    synchronized (mesh) {
      if (!frozen) {
        listener.alive();
      }
    }
  }

  void freeze() {
    frozen = true;
  }

  /** The device hangs up. */
  @Override
  public void close() {
    synchronized (mesh) {
      state = State.CLOSED;
    }
  }

  /** The network breaks. */
  public void cut() {
    synchronized (mesh) {
      if (isOpen()) {
        state = State.CLOSED;
        listener.closed();
      }
    }
  }

  /** Whatever the conversation is at. */
  public void deliver(Frame frame) {
    synchronized (mesh) {
      for (Frame passed :
          isOpen() && !frozen ? mesh.wire().pass(this, true, frame) : List.<Frame>of()) {
        if (isOpen()) {
          listener.received(passed.toByteArray());
        }
      }
    }
  }

  /** What is not a frame. */
  void deliverBytes(byte[] bytes) {
    synchronized (mesh) {
      if (isOpen()) {
        listener.received(bytes);
      }
    }
  }

  private static Frame parse(byte[] message) {
    try {
      return Frame.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("a device sent what is no frame", e);
    }
  }

  /** A frame from the device that was held on the way arrives at last. */
  public void receiveNow(Frame frame) {
    synchronized (mesh) {
      if (isOpen()) {
        receive(frame);
        mesh.push();
      }
    }
  }

  private void receive(Frame frame) {
    try {
      switch (frame.getBodyCase()) {
        case HELLO -> hello(frame.getHello());
        case PROVE -> prove(frame.getProve());
        case PUT -> put(frame.getPut());
        case SUBSCRIBE -> subscription = Optional.of(new Subscription(frame.getSubscribe()));
        case CREDIT -> subscription.orElseThrow().credit += frame.getCredit().getBytes();
        case FETCH -> fetch(frame.getFetch());
        case STEPS ->
          deliver(Frame.newBuilder()
              .setStepList(StepList.newBuilder()
                  .setRequest(frame.getSteps().getRequest())
                  .setSignedHead(log().orElseThrow().head().byteString()))
              .build());
        case FETCH_POSITIONS -> {
          expect(state == State.OPEN && mesh.keepsPositions());
          FetchPositions fetch = frame.getFetchPositions();
          deliver(Frame.newBuilder()
              .setPositions(Positions.newBuilder()
                  .setRequest(fetch.getRequest())
                  .addAllSignedPositions(mesh.signedBehind(fetch.getAfterDevice()))
                  .setSignedHead(log().orElseThrow().head().byteString()))
              .build());
        }
        case POSITION -> mesh.position(device().orElseThrow(), frame.getPosition());
        default -> throw new AssertionError("a device sent a " + frame.getBodyCase());
      }
    } catch (FormatException e) {
      throw new AssertionError("a device sent what is malformed", e);
    }
  }

  // Handshake

  private void hello(Hello hello) throws FormatException {
    expect(state == State.AWAITING_HELLO);
    device = Optional.of(DevicePublicKeys.parse(hello.getDevice()));
    space = hello.getSpace().isEmpty()
        ? Optional.empty()
        : Optional.of(SpaceId.parse(hello.getSpace()));
    invitation = hello.getInvitation().isEmpty()
        ? Optional.empty()
        : Optional.of(VerifyingKey.parse(hello.getInvitation()));
    Handshake shaken = new Handshake(
        Limits.PROTOCOL_VERSION,
        mesh.notary(),
        hello.getSpace(),
        hello.getClientNonce(),
        mesh.randomBytes(Handshake.NONCE_BYTES));
    handshake = Optional.of(shaken);
    state = space.isPresent() ? State.CHALLENGED : State.NOTARY_SHOWN;
    long now = mesh.meshMillis();
    deliver(Frame.newBuilder()
        .setChallenge(Challenge.newBuilder()
            .setVersion(Limits.PROTOCOL_VERSION)
            .setNotary(mesh.notary().byteString())
            .setServerNonce(shaken.serverNonce())
            .setServerTimeMillis(now)
            .setSignature(ByteString.copyFrom(shaken.signAsNotary(mesh.notaryKey(), now))))
        .build());
  }

  private void prove(Prove prove) {
    expect(state == State.CHALLENGED);
    Handshake shaken = handshake.orElseThrow();
    DeviceId id = device().orElseThrow();
    boolean proved = shaken.verifyDevice(
            device.orElseThrow().signing(), id, prove.getSignature().toByteArray())
        && invitation
            .map(key ->
                shaken.verifyInvitation(key, id, prove.getInvitationSignature().toByteArray()))
            .orElse(true);
    if (!proved) {
      problem(ProblemCode.PROBLEM_CODE_AUTHENTICATION_FAILED);
      return;
    }
    Optional<FakeLog> log = log();
    boolean open = log.isEmpty() || log.get().isRecovering(); // to whoever it is
    Optional<ProblemCode> refused = open ? Optional.empty() : authorize(log.get(), id);
    if (refused.isPresent()) {
      problem(refused.get());
      return;
    }
    welcome(log, id);
  }

  private Optional<ProblemCode> authorize(FakeLog log, DeviceId id) {
    Membership members = log.membership().orElseThrow();
    if (members.device(id).isPresent()) {
      state = State.OPEN;
      return Optional.empty();
    }
    if (invitation.isEmpty()) {
      return Optional.of(ProblemCode.PROBLEM_CODE_NOT_A_MEMBER);
    }
    Optional<Invitation> open = members.invitation(invitation.get());
    if (open.isEmpty()) {
      return Optional.of(ProblemCode.PROBLEM_CODE_INVITATION_UNKNOWN);
    }
    state = State.INVITED;
    return switch (open.get().standing(mesh.meshMillis())) {
      case WITHDRAWN -> Optional.of(ProblemCode.PROBLEM_CODE_INVITATION_UNKNOWN);
      case EXPIRED -> Optional.of(ProblemCode.PROBLEM_CODE_INVITATION_EXPIRED);
      case USED_UP -> Optional.of(ProblemCode.PROBLEM_CODE_INVITATION_USED_UP);
      case OPEN -> Optional.empty();
    };
  }

  private void welcome(Optional<FakeLog> log, DeviceId id) {
    Welcome.Builder welcome = Welcome.newBuilder()
        .setKnown(log.isPresent())
        .setServerTimeMillis(mesh.meshMillis())
        .setPutWindowBytes(Limits.PUT_WINDOW_BYTES)
        .setMaxPutFiles(Limits.MAX_PUT_FILES)
        .setTakesCompactions(mesh.takesCompactions())
        .setKeepsPositions(mesh.keepsPositions());
    if (log.isEmpty()) {
      state = State.FOUNDING;
    } else {
      welcome.setSignedHead(log.get().head().byteString());
      log.get().allIncarnations().forEach(begun -> welcome.addIncarnations(begun.exact()));
      if (log.get().isRecovering()) {
        state = State.RECOVERING;
        welcome.setRecoveringMillis(RECOVERING_MILLIS);
      }
      Optional<SignedHeader> last = log.get().lastOf(id);
      last.ifPresent(file -> welcome
          .setChainCounter(file.header().counter())
          .setChainFile(file.id().byteString()));
    }
    deliver(signed(welcome));
  }

  /** Whatever it says is the mesh's word in this connection. */
  public Frame signed(Welcome.Builder said) {
    try {
      WelcomeStatement statement =
          WelcomeStatement.sign(handshake.orElseThrow(), said, mesh.notaryKey());
      return Frame.newBuilder()
          .setWelcome(said.setSignature(statement.signature()))
          .build();
    } catch (FormatException e) {
      throw new AssertionError("a mesh is to say what is malformed", e);
    }
  }

  /** Says why, and hangs up. */
  public void problem(ProblemCode code) {
    deliver(Frame.newBuilder().setProblem(Problem.newBuilder().setCode(code)).build());
    cut();
  }

  // Files in

  private void put(Put put) throws FormatException {
    PutResult.Builder result = PutResult.newBuilder().setRequest(put.getRequest());
    if (state == State.RECOVERING) {
      expect(put.hasRestoration());
      result.addAllOutcomes(log().orElseThrow().putBack(put));
      mesh.answer(this, Frame.newBuilder().setPutResult(result).build());
      return;
    }
    expect(state == State.OPEN || state == State.INVITED || state == State.FOUNDING);
    for (PutFile file : put.getFilesList()) {
      result.addOutcomes(outcome(SignedHeader.parse(file.getSignedHeader()), file.getPayload()));
    }
    if (result.getOutcomesList().stream().anyMatch(Outcome::hasReceipt)) {
      state = State.OPEN;
      result.setSignedHead(log().orElseThrow().head().byteString());
    }
    Frame answer = Frame.newBuilder().setPutResult(result).build();
    mesh.answer(this, answer);
  }

  private Outcome outcome(SignedHeader file, ByteString payload) {
    Optional<Refusal> refusal = mesh.refusal(file);
    if (refusal.isPresent()) {
      return Outcome.newBuilder().setRefusal(refusal.get()).build();
    }
    boolean joins =
        file.header().membership().filter(change -> change.hasJoin()).isPresent();
    if (state == State.INVITED && !joins) {
      return Outcome.newBuilder()
          .setRefusal(Refusal.newBuilder().setCode(RefusalCode.REFUSAL_CODE_NOT_A_MEMBER))
          .build();
    }
    FakeLog log = state == State.FOUNDING ? mesh.newLog() : log().orElseThrow();
    Outcome outcome = log.admit(file, payload, space.orElseThrow(), device().orElseThrow());
    if (state == State.FOUNDING && outcome.hasReceipt()) {
      mesh.add(log);
      state = State.OPEN;
    }
    return outcome;
  }

  // Files out

  private Optional<FakeLog> log() {
    return space.flatMap(id -> mesh.log(id, device()));
  }

  private void fetch(Fetch fetch) {
    FakeLog log = log().orElseThrow();
    long after = fetch.getAfterSequence();
    Files.Builder files = after >= log.size()
        ? Files.newBuilder()
            .setFirstSequence(after + 1)
            .setSignedHead(log.head().byteString())
        : log.read(after, fetch.getMaxBytes(), fetch.getMaxFiles(), Optional.empty());
    deliver(Frame.newBuilder().setFiles(files.setRequest(fetch.getRequest())).build());
  }

  /** Sends what the subscription has not had, within its credit; or says that there is more. */
  void push() {
    if (subscription.isEmpty() || !isOpen() || frozen) {
      return;
    }
    Subscription to = subscription.get();
    FakeLog log = log().orElseThrow();
    while (isOpen() && log.size() > to.after && to.credit > 0) {
      Files.Builder files = log.read(
          to.after, to.credit, mesh.entriesAFrame(), to.omitOwn ? device() : Optional.empty());
      Frame frame = Frame.newBuilder().setFiles(files).build();
      to.after += files.getEntriesCount();
      to.credit -= frame.getSerializedSize();
      to.toldSize = log.size();
      deliver(frame);
    }
    if (isOpen() && log.size() > Math.max(to.after, to.toldSize)) {
      to.toldSize = log.size();
      deliver(Frame.newBuilder()
          .setAdvanced(Advanced.newBuilder().setSignedHead(log.head().byteString()))
          .build());
    }
  }

  private static void expect(boolean holds) {
    if (!holds) {
      throw new AssertionError("a device sent a frame out of place");
    }
  }
}
