package dev.sealift.gateway.session;

import dev.sealift.gateway.codec.FrameCodec;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.mesh.proto.AuthorizeRequest;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.EntriesReply;
import dev.sealift.protocol.mesh.proto.OutlineReply;
import dev.sealift.protocol.mesh.proto.PresentDevice;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.mesh.proto.SignedPositionsReply;
import dev.sealift.protocol.mesh.proto.StageReply;
import dev.sealift.protocol.proto.FetchPositions;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Hello;
import dev.sealift.protocol.proto.Offer;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.PositionReport;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.Prove;
import dev.sealift.protocol.proto.Put;
import dev.sealift.protocol.proto.PutFile;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.wire.Handshake;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One device's connection. Takes what happens, returns what to do about it, in order.
 *
 * <p>Guarantees: nothing but the handshake before the device has proved who it is; no input makes it throw; everything it
 * keeps is bounded by {@link Limits}, {@link SessionLimits} and the lanes' constants; after a {@link Effect.Close} it does
 * nothing more. Not guaranteed: that what it passes on is true. Signatures of files, heads and proofs are for the engine
 * and the devices.
 *
 * <p>Single-threaded. {@code now} is in milliseconds of a clock that never goes back.
 */
public final class GatewaySession {
  /** What a device that was too fast is told to wait at least: shorter would be felt by nobody. */
  private static final long SLOW_DOWN_MILLIS = 1_000;

  /** With Puts under way all the time: a genesis takes a commit, and a busy engine a few tries. */
  static final long FOUNDING_MILLIS = 60_000;

  /** What a device is told that its space has no room for: connections end by themselves within such times. */
  static final long NO_ROOM_RETRY_MILLIS = 30_000;

  private final Notary notary;
  private final SessionLimits limits;
  private final FrameCodec codec;
  private final Liveness liveness;
  private final Recheck recheck;
  private TokenBucket frames;
  private TokenBucket bytes;
  private final long startedAt;
  private long welcomedAt;
  private long foundersConnections;
  private boolean broughtBack;
  private boolean mayWrite; // as the engine last said
  private SpaceHead recovered = SpaceHead.NONE;

  /** The server time of the log as of which the engine last said that the device is in the space. */
  private long authorizedMillis;

  /** A head behind which somebody lost access: nothing up to it is read before the engine has said that it was not this device. */
  private @Nullable SpaceHead uncleared;

  private int clearings;
  private State state = new State.AwaitingHello();
  private long lastTicket;
  private boolean socketFull;
  private boolean paused;
  private boolean goingAway;

  /** @param codec what the connection's subprotocol makes of frames */
  public GatewaySession(Notary notary, SessionLimits limits, FrameCodec codec, long now) {
    this.notary = notary;
    this.limits = limits;
    this.codec = codec;
    this.liveness = new Liveness(limits, now);
    this.recheck = new Recheck(limits);
    this.frames = new TokenBucket(limits.framesPerSecond(), limits.framesBurst(), now);
    this.bytes = new TokenBucket(limits.bytesPerSecond(), limits.bytesBurst(), now);
    this.startedAt = now;
  }

  /** Something that happens to the session. */
  private interface Step {
    void take(List<Effect> out) throws Breach;
  }

  public boolean isAuthenticated() {
    return state instanceof State.Welcomed;
  }

  /** Whether the device is its space's, or invited to it: not whoever made a key pair, and a space's name, by itself. */
  public boolean isAtHome() {
    return state instanceof State.Open || state instanceof State.Joining;
  }

  public boolean isClosed() {
    return state instanceof State.Closed;
  }

  /** What asks an engine about the device; empty before it has proved who it is, and after the end. */
  public Optional<AuthorizeRequest> authorizeRequest() {
    return peer().map(Peer::authorizeRequest);
  }

  /** Who it is; empty before that is proved, and after the end. */
  public Optional<DeviceId> device() {
    return peer().map(Peer::device);
  }

  private Optional<Peer> peer() {
    if (state instanceof State.Authorizing authorizing) {
      return Optional.of(authorizing.peer());
    }
    return state instanceof State.Welcomed welcomed
        ? Optional.of(welcomed.peer())
        : Optional.empty();
  }

  /** The engine is to be asked about the device again with the next {@link #tick}. */
  public void recheckSoon() {
    recheck.startNow();
  }

  /** A message of this subprotocol came, which nobody changes any more. */
  public List<Effect> receive(byte[] message, long now) {
    return step(out -> {
      meter(message.length, now);
      receive(message, now, out);
    });
  }

  /** A message of the other kind, text or binary, or a fragment came: not of this subprotocol. */
  public List<Effect> receiveForeign(long now) {
    return step(out -> {
      meter(0, now);
      close(CloseCode.UNSUPPORTED_DATA, ProblemCode.PROBLEM_CODE_BAD_FRAME, 0, out);
    });
  }

  /** A WebSocket ping or pong came. */
  public List<Effect> receiveControl(long now) {
    return step(out -> meter(0, now));
  }

  /**
   * The engine's answer about the device.
   *
   * @param ofOthers how many connections its space's other devices have at this gateway
   */
  public List<Effect> authorized(long ticket, AuthorizeReply reply, long ofOthers, long now) {
    return step(out -> {
      if (state instanceof State.Authorizing authorizing && authorizing.ticket() == ticket) {
        authorized(authorizing, reply, ofOthers, now, out);
      } else if (state instanceof State.Welcomed welcomed) {
        lookedAtAgain(welcomed, ticket, reply, out);
      }
    });
  }

  private void lookedAtAgain(
      State.Welcomed welcomed, long ticket, AuthorizeReply reply, List<Effect> out) throws Breach {
    boolean forFetch = welcomed.reads().asksForHead(ticket);
    if (!forFetch && !recheck.waitsFor(ticket)) {
      return;
    }
    Admittance.check(reply.getAuthorization(), welcomed.peer());
    mayWrite = reply.getMayWrite();
    SpaceHead head = Admittance.headOf(welcomed.peer(), reply);
    authorizedAsOf(head);
    if (!forFetch) {
      recheck.answered();
    }
    if (offer(welcomed, head, Optional.empty(), out)) {
      out.add(new Effect.Learned(welcomed.peer().space(), head, Optional.empty()));
    }
    clear(welcomed, out);
    if (forFetch) {
      welcomed.reads().headTold(out);
    }
  }

  private void authorizedAsOf(SpaceHead head) {
    authorizedMillis = Math.max(authorizedMillis, head.serverTimeMillis());
  }

  /**
   * Takes a head, if it is newer than the one held, and nobody has lost access since the engine was asked about this device. Else that is asked first, where the device may read at all: who founds a space, or brings back what it lost, is sent nothing of it.
   *
   * @return whether it is newer
   */
  private boolean offer(
      State.Welcomed welcomed, SpaceHead head, Optional<FreshFiles> fresh, List<Effect> out) {
    if (head.lossMillis() <= authorizedMillis || !mayRead()) {
      return welcomed.reads().offer(head, fresh);
    }
    SpaceHead waiting = uncleared;
    boolean isNewer = waiting == null || head.isNewerThan(waiting);
    if (isNewer) {
      uncleared = head;
    }
    if (waiting == null) {
      welcomed.reads().refusePositions(ProblemCode.PROBLEM_CODE_BUSY, out);
      clearings = 0;
      out.add(recheck.askAtOnce(welcomed.peer(), nextTicket(), 0));
    }
    return isNewer;
  }

  /** The engine was asked: what waited for that goes on, or it is asked once more, if that was not about the last loss yet. */
  private void clear(State.Welcomed welcomed, List<Effect> out) throws Breach {
    SpaceHead waiting = uncleared;
    if (waiting == null) {
      return;
    }
    uncleared = null;
    if (waiting.lossMillis() <= authorizedMillis) {
      welcomed.reads().offer(waiting);
    } else {
      clearAgain(welcomed, waiting, MeshTrouble.UNAVAILABLE, out);
    }
  }

  private void clearAgain(
      State.Welcomed welcomed, SpaceHead waiting, MeshTrouble trouble, List<Effect> out)
      throws Breach {
    clearings++;
    if (!Retry.again(trouble, clearings)) {
      throw new Breach(ProblemCode.PROBLEM_CODE_UNAVAILABLE, Retry.RETRY_AFTER_MILLIS);
    }
    uncleared = waiting;
    out.add(recheck.askAtOnce(welcomed.peer(), nextTicket(), Retry.waitMillis(clearings)));
  }

  public List<Effect> staged(long ticket, StageReply reply) {
    return withWelcomed((welcomed, out) -> welcomed.puts().staged(ticket, reply, out));
  }

  public List<Effect> admitted(long ticket, AdmitReply reply) {
    return withWelcomed((welcomed, out) -> {
      List<Effect> results = new ArrayList<>(1);
      Optional<List<PutFile>> files = welcomed.puts().admitted(ticket, reply, results);
      if (files.isPresent()) {
        learn(welcomed, reply, files.get(), out);
      }
      out.addAll(results); // last: others wait for the files, their author only for a receipt
    });
  }

  public List<Effect> read(long ticket, ReadReply reply) {
    return withWelcomed((welcomed, out) -> welcomed.reads().read(ticket, reply, out));
  }

  public List<Effect> outlined(long ticket, OutlineReply reply) {
    return withWelcomed((welcomed, out) -> welcomed.reads().outlined(ticket, reply, out));
  }

  public List<Effect> entriesRead(long ticket, EntriesReply reply) {
    return withWelcomed((welcomed, out) -> welcomed.reads().entriesRead(ticket, reply, out));
  }

  public List<Effect> stepsFound(long ticket, CompactionsReply reply) {
    return withWelcomed((welcomed, out) -> welcomed.reads().stepsFound(ticket, reply, out));
  }

  public List<Effect> positionsRead(long ticket, SignedPositionsReply reply) {
    return withWelcomed((welcomed, out) -> welcomed.reads().positionsRead(ticket, reply, out));
  }

  /** A question to the mesh has no answer. */
  public List<Effect> failed(long ticket, MeshTrouble trouble) {
    return step(out -> {
      if (state instanceof State.Authorizing authorizing && authorizing.ticket() == ticket) {
        authorizationFailed(authorizing, trouble, out);
      } else if (state instanceof State.Welcomed welcomed) {
        welcomed.puts().failed(ticket, trouble, out);
        welcomed.reads().failed(ticket, trouble, out);
        SpaceHead waiting = uncleared;
        if (waiting != null && recheck.waitsFor(ticket)) {
          clearAgain(welcomed, waiting, trouble, out);
        }
      }
    });
  }

  /** The space that this session follows has a new head, and perhaps the files up to it are at hand. */
  public List<Effect> advanced(SpaceHead head, Optional<FreshFiles> fresh) {
    return withWelcomed((welcomed, out) -> offer(welcomed, head, fresh, out));
  }

  /** The socket's write queue is full: {@link #socketDrained} will follow, or the end. */
  public List<Effect> socketFull(long now) {
    return step(out -> {
      socketFull = true;
      liveness.socketFull(now);
    });
  }

  public List<Effect> socketDrained() {
    return step(out -> {
      socketFull = false;
      liveness.socketDrained();
    });
  }

  /** Time goes by. */
  public List<Effect> tick(long now) {
    return isClosed() ? List.of() : step(out -> checkTimes(now, out));
  }

  /** The device, if it is there to be asked for work: a member that may write, and has said that it takes offers. */
  public Optional<PresentDevice> present() {
    if (!(state instanceof State.Open open) || !canBeOffered(open)) {
      return Optional.empty();
    }
    return Optional.of(PresentDevice.newBuilder()
        .setDevice(open.peer().device().byteString())
        .addAllHints(open.reads().availability().hints())
        .build());
  }

  private boolean canBeOffered(State.Open open) {
    return mayWrite && !goingAway && open.reads().availability().takesOffers();
  }

  /** It is the device's turn to compact; nothing comes of it where it cannot be told. */
  public List<Effect> offer(Offer offer) {
    return step(out -> {
      if (state instanceof State.Open open && canBeOffered(open)) {
        out.add(new Effect.Send(Frames.of(offer)));
      }
    });
  }

  /** The gateway is about to stop: finish what is under way, take nothing new. */
  public List<Effect> goAway(long retryAfterMillis) {
    return step(out -> {
      goingAway = true;
      out.add(new Effect.Send(Frames.goAway(retryAfterMillis)));
    });
  }

  /** The device has newer connections than this one, as many as it may have. */
  public List<Effect> superseded() {
    return step(out -> close(
        CloseCode.of(ProblemCode.PROBLEM_CODE_TOO_MANY_CONNECTIONS),
        ProblemCode.PROBLEM_CODE_TOO_MANY_CONNECTIONS,
        NO_ROOM_RETRY_MILLIS,
        out));
  }

  /** The socket is gone. */
  public void closed() {
    state = new State.Closed();
  }

  private List<Effect> withWelcomed(WelcomedStep step) {
    return step(out -> {
      if (state instanceof State.Welcomed welcomed) {
        step.take(welcomed, out);
      }
    });
  }

  private interface WelcomedStep {
    void take(State.Welcomed welcomed, List<Effect> out) throws Breach;
  }

  private List<Effect> step(Step step) {
    if (isClosed()) {
      return List.of();
    }
    List<Effect> out = new ArrayList<>(2);
    try {
      step.take(out);
      settle(out);
    } catch (Breach breach) {
      close(CloseCode.of(breach.code()), breach.code(), breach.retryAfterMillis(), out);
    }
    return out;
  }

  /** What follows from any change: reads go on, reading pauses or resumes, a session going away goes when it is done. */
  private void settle(List<Effect> out) {
    if (isClosed()) {
      return;
    }
    if (state instanceof State.Welcomed welcomed) {
      welcomed.reads().writable(!socketFull);
      welcomed.reads().pump(out);
    }
    pauseOrResume(out);
    if (goingAway && !isBusy()) {
      close(CloseCode.GOING_AWAY, Optional.empty(), out);
    }
  }

  private void pauseOrResume(List<Effect> out) {
    boolean full = socketFull
        || (state instanceof State.Welcomed welcomed && welcomed.puts().isFull());
    if (full != paused) {
      paused = full;
      out.add(full ? new Effect.PauseReading() : new Effect.ResumeReading());
    }
  }

  private boolean isBusy() {
    return state instanceof State.Welcomed welcomed
        && !(welcomed.puts().isEmpty() && !welcomed.reads().isFetching());
  }

  private void meter(int length, long now) throws Breach {
    liveness.heard(now);
    if (!frames.take(1, now) || !bytes.take(length, now)) {
      long wait = Math.max(frames.waitMillis(1, now), bytes.waitMillis(length, now));
      throw new Breach(ProblemCode.PROBLEM_CODE_TOO_FAST, Math.max(SLOW_DOWN_MILLIS, wait));
    }
  }

  private void receive(byte[] message, long now, List<Effect> out) throws Breach {
    if (goingAway) {
      return; // told to go: what comes now goes to another gateway
    }
    Frame frame =
        isAuthenticated() ? Frames.parse(message, codec) : Frames.parseHandshake(message, codec);
    if (state instanceof State.AwaitingHello awaiting && frame.hasHello()) {
      hello(awaiting, frame.getHello(), out);
    } else if (state instanceof State.Challenged challenged && frame.hasProve()) {
      prove(challenged, frame.getProve(), out);
    } else if (state instanceof State.Founding founding && frame.hasPut()) {
      putGenesis(founding, frame.getPut(), out);
    } else if (state instanceof State.Joining joining && frame.hasPut()) {
      putJoin(joining, frame.getPut(), out);
    } else if (state instanceof State.Open open && frame.hasPut()) {
      open.puts().accept(frame.getPut(), out);
    } else if (state instanceof State.Recovering recovering && frame.hasPut()) {
      putBack(recovering, frame.getPut(), out);
    } else if (state instanceof State.Welcomed welcomed && mayRead()) {
      receiveReading(welcomed, frame, now, out);
    } else {
      throw new Breach(ProblemCode.PROBLEM_CODE_UNEXPECTED_FRAME);
    }
  }

  private boolean mayRead() {
    return !(state instanceof State.Founding) && !(state instanceof State.Recovering);
  }

  private void receiveReading(State.Welcomed welcomed, Frame frame, long now, List<Effect> out)
      throws Breach {
    switch (frame.getBodyCase()) {
      case SUBSCRIBE -> welcomed.reads().subscribe(frame.getSubscribe());
      case CREDIT -> welcomed.reads().credit(frame.getCredit(), now, out);
      case FETCH -> welcomed.reads().want(Wanted.OfFiles.of(frame.getFetch()), out);
      case OUTLINE -> welcomed.reads().want(Wanted.OfOutline.of(frame.getOutline()), out);
      case STEPS -> welcomed.reads().want(Wanted.OfSteps.of(frame.getSteps()), out);
      case FETCH_ENTRIES ->
        welcomed.reads().want(Wanted.OfEntries.of(frame.getFetchEntries()), out);
      case FETCH_POSITIONS -> fetchPositions(welcomed, frame.getFetchPositions(), out);
      case POSITION -> position(welcomed, frame.getPosition(), out);
      default -> throw new Breach(ProblemCode.PROBLEM_CODE_UNEXPECTED_FRAME);
    }
  }

  /** Only for members, which a device may know of itself sooner than this gateway; and none while it may be that this one has just lost access. */
  private void fetchPositions(State.Welcomed welcomed, FetchPositions fetch, List<Effect> out)
      throws Breach {
    Wanted wanted = Wanted.OfPositions.of(fetch);
    if (welcomed instanceof State.Open && uncleared == null) {
      welcomed.reads().want(wanted, out);
    } else {
      welcomed.reads().refuse(wanted, ProblemCode.PROBLEM_CODE_BUSY, out);
    }
  }

  /** Who is not a member yet holds nothing back from being reclaimed. */
  private void position(State.Welcomed welcomed, PositionReport report, List<Effect> out)
      throws Breach {
    if (welcomed instanceof State.Open) {
      welcomed.reads().position(report, notary.wallMillis(), out);
    }
  }

  private void hello(State.AwaitingHello awaiting, Hello hello, List<Effect> out) throws Breach {
    Greeting.checkForm(hello);
    Handshake handshake = notary.handshake(hello);
    state = Greeting.asksForNotaryOnly(hello)
        ? awaiting.notaryShown()
        : awaiting.challenged(Greeting.parse(hello, handshake));
    out.add(new Effect.Send(Frames.of(notary.challenge(handshake))));
  }

  private void prove(State.Challenged challenged, Prove prove, List<Effect> out) throws Breach {
    challenged.greeting().check(prove);
    State.Authorizing authorizing = challenged.proved(nextTicket());
    state = authorizing;
    // First follow, then ask: a head that comes in between is in the answer or is heard of.
    out.add(new Effect.Follow(authorizing.peer().space()));
    askAuthorization(authorizing, 0, out);
  }

  private void askAuthorization(State.Authorizing to, long waitMillis, List<Effect> out) {
    Peer peer = to.peer();
    out.add(new Effect.Authorize(to.ticket(), waitMillis, peer.space(), peer.authorizeRequest()));
  }

  private void authorizationFailed(
      State.Authorizing authorizing, MeshTrouble trouble, List<Effect> out) throws Breach {
    if (!Retry.again(trouble, authorizing.tries())) {
      throw new Breach(
          trouble == MeshTrouble.BUSY
              ? ProblemCode.PROBLEM_CODE_BUSY
              : ProblemCode.PROBLEM_CODE_UNAVAILABLE,
          Retry.RETRY_AFTER_MILLIS);
    }
    State.Authorizing again = authorizing.again(nextTicket());
    state = again;
    askAuthorization(again, Retry.waitMillis(authorizing.tries()), out);
  }

  private void authorized(
      State.Authorizing authorizing,
      AuthorizeReply reply,
      long ofOthers,
      long now,
      List<Effect> out)
      throws Breach {
    Peer peer = authorizing.peer();
    Allowance allowance = Allowance.of(reply.getQuota(), limits);
    PutLane puts = new PutLane(peer, this::nextTicket);
    ReadLane reads = new ReadLane(peer, this::nextTicket, codec);
    Authorization answer = reply.getAuthorization();
    if (answer == Authorization.AUTHORIZATION_UNKNOWN_SPACE) {
      welcome(authorizing, reply, out);
      state = authorizing.unknownSpace(puts, reads);
      foundersConnections = allowance.deviceConnections();
    } else if (answer == Authorization.AUTHORIZATION_RECOVERING) {
      recovered = Admittance.headOf(peer, reply);
      welcome(authorizing, reply, out);
      state = authorizing.recovering(puts, reads);
    } else {
      Admittance.check(answer, peer);
      mayWrite = reply.getMayWrite();
      long room = allowance.connections() - ofOthers;
      if (room < 1) {
        throw new Breach(ProblemCode.PROBLEM_CODE_TOO_MANY_CONNECTIONS, NO_ROOM_RETRY_MILLIS);
      }
      SpaceHead head = Admittance.headOf(peer, reply);
      authorizedAsOf(head);
      reads.offer(head);
      reads.toldHead();
      welcome(authorizing, reply, out);
      state = answer == Authorization.AUTHORIZATION_MEMBER
          ? authorizing.member(puts, reads)
          : authorizing.invited(puts, reads);
      out.add(new Effect.Entered(
          peer.space(), peer.device(), Math.min(room, allowance.deviceConnections())));
    }
    recheck.startAt(now);
    welcomedAt = now;
    frames = allowance.frames(frames);
    bytes = allowance.bytes(bytes);
    if (reads.head() != null) {
      out.add(new Effect.Learned(peer.space(), reads.head(), Optional.empty()));
    }
  }

  private void welcome(State.Authorizing device, AuthorizeReply reply, List<Effect> out)
      throws Breach {
    out.add(new Effect.Send(Frames.of(Admittance.welcome(notary, device.handshake(), reply))));
  }

  private void putBack(State.Recovering recovering, Put put, List<Effect> out) throws Breach {
    if (put.hasRestoration()) {
      recovering.puts().accept(put, out);
    } else {
      recovering.puts().refuse(put, RefusalCode.REFUSAL_CODE_BUSY, out);
    }
  }

  private void putGenesis(State.Founding founding, Put put, List<Effect> out) throws Breach {
    if (founding.asked() || FirstFile.isGenesis(put, founding.peer())) {
      state = founding.asked(true);
      founding.puts().accept(put, out);
    } else {
      founding.puts().refuse(put, RefusalCode.REFUSAL_CODE_UNKNOWN_SPACE, out);
    }
  }

  private void putJoin(State.Joining joining, Put put, List<Effect> out) throws Breach {
    if (joining.asked() || FirstFile.isJoin(put, joining.peer())) {
      state = joining.asked(true);
      joining.puts().accept(put, out);
    } else {
      joining.puts().refuse(put, RefusalCode.REFUSAL_CODE_NOT_A_MEMBER, out);
    }
  }

  /** Takes the head that came with receipts; a first receipt opens the session of a founder or a joiner. */
  private void learn(
      State.Welcomed welcomed, AdmitReply reply, List<PutFile> files, List<Effect> out) {
    boolean admitted = reply.getOutcomesList().stream().anyMatch(Outcome::hasReceipt);
    Optional<SpaceHead> head = admitted
        ? SpaceHead.find(
            reply.getSignedHead(), reply.getLossMillis(), welcomed.peer().space())
        : Optional.empty();
    if (head.isPresent()) {
      Optional<FreshFiles> fresh =
          FreshFiles.of(welcomed.peer().device(), files, reply.getOutcomesList(), head.get());
      if (offer(welcomed, head.get(), fresh, out)) {
        out.add(new Effect.Learned(welcomed.peer().space(), head.get(), fresh));
      }
      welcomed.reads().toldHead();
    }
    if (state instanceof State.Founding founding) {
      state = admitted ? founding.founded() : founding.asked(false);
      if (admitted) {
        Peer peer = founding.peer();
        out.add(new Effect.Entered(peer.space(), peer.device(), foundersConnections));
      }
    } else if (state instanceof State.Recovering) {
      broughtBack |= head.filter(grown -> grown.isNewerThan(recovered)).isPresent();
      recovered = head.orElse(recovered);
    } else if (state instanceof State.Joining joining) {
      state = admitted ? joining.joined() : joining.asked(false);
    }
  }

  private void checkTimes(long now, List<Effect> out) throws Breach {
    boolean knocking = state instanceof State.AwaitingHello
        || state instanceof State.Challenged
        || state instanceof State.NotaryShown;
    if (knocking && now - startedAt >= limits.authenticationMillis()) {
      throw new Breach(ProblemCode.PROBLEM_CODE_AUTHENTICATION_TIMEOUT);
    }
    if (hasOverstayed(now)) {
      throw new Breach(ProblemCode.PROBLEM_CODE_AUTHENTICATION_TIMEOUT);
    }
    switch (liveness.check(now, paused)) {
      case PING -> out.add(new Effect.Ping());
      case GONE -> close(CloseCode.GOING_AWAY, Optional.empty(), out);
      case STUCK -> throw new Breach(ProblemCode.PROBLEM_CODE_SLOW_READER);
      case WELL -> recheckWhenDue(now, out);
    }
  }

  /**
   * Anyone can name a space that is not there, or one that takes back what it lost. Whoever then neither founds it nor brings anything takes
   * up a place.
   */
  private boolean hasOverstayed(long now) {
    if (state instanceof State.Founding founding) {
      long most = founding.puts().isEmpty() ? limits.authenticationMillis() : FOUNDING_MILLIS;
      return now - welcomedAt >= most;
    }
    if (!(state instanceof State.Recovering recovering) || !recovering.puts().isEmpty()) {
      return false;
    }
    if (broughtBack) {
      broughtBack = false;
      welcomedAt = now;
    }
    return now - welcomedAt >= limits.authenticationMillis();
  }

  private void recheckWhenDue(long now, List<Effect> out) {
    boolean known = state instanceof State.Open || state instanceof State.Joining;
    if (known && recheck.isDue(now)) {
      Peer peer = ((State.Welcomed) state).peer();
      out.add(recheck.ask(peer, nextTicket(), now));
    }
  }

  private void close(CloseCode code, ProblemCode problem, long retryAfter, List<Effect> out) {
    close(code, Optional.of(Frames.problem(problem, 0, retryAfter)), out);
  }

  private void close(CloseCode code, Optional<Frame> problem, List<Effect> out) {
    state = new State.Closed();
    out.add(new Effect.Close(code, problem));
  }

  private long nextTicket() {
    return ++lastTicket;
  }
}
