package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.StoreException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.NewerFormatException;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Role;
import dev.sealift.protocol.wire.Handshake;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one space in exchange with its mesh, over one connection after another: what each brings and the time in, messages and waits out. It has
 * no thread, socket or clock: {@link SyncLoop} gives it real ones, a simulation its own.
 *
 * <pre>
 * connecting ─▶ begin ─▶ ( wantsPing, untilMillis, tick, receive, news )* ─▶ isOver ─▶ waitMillis ─▶ begin …
 *           └─▶ broken ─────────────────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>Used by one thread at a time, except for {@link #invite}, {@link #change}, {@link #replica} and {@link #isMember}. {@code nowNanos} is of a clock that only rises.
 */
public final class SyncCore {
  /** A gateway that lives and does not finish the handshake in this time has no mesh behind it. */
  private static final long HANDSHAKE_MILLIS = 20_000;

  /** The mesh is told this device's position at most so often: it is for planning, and each time waits for the disk. */
  private static final long REPORT_MILLIS = 200;

  /** A device that has come no further says so again after this long: that it is still there, and of what the mesh may have lost. */
  static final long SIGN_AGAIN_MILLIS = TimeUnit.MINUTES.toMillis(15);

  /** The mesh is asked for others' positions at most so often, while somebody wants to know: each device that asks is told of all. */
  static final long POSITIONS_MILLIS = 5_000;

  /** A mesh that was caught is left alone for this long: trying at once would only be lied to again. */
  private static final long CAUGHT_MILLIS = 20_000;

  private final Replica replica;
  private final LongSupplier questions;
  private final Consumer<SyncReport> reports;
  private final RandomGenerator random;
  private final Patience patience;
  private final Backoff backoff;
  private final Backoff holdBackoff;
  private final Backoff lostBackoff;
  private boolean omitOwnPayloads = true;
  private @Nullable Conversation current;
  private @Nullable Exception failure;
  private volatile @Nullable SealiftException ended;

  /** One connection. */
  private static final class Conversation {
    private final SyncSession session;
    private final HeldUploads held;
    private final long begunNanos;
    private long reportedNanos;
    private long positionsAskedNanos;

    Conversation(SyncSession session, HeldUploads held, long nowNanos) {
      this.session = session;
      this.held = held;
      this.begunNanos = nowNanos;
      this.reportedNanos = nowNanos;
      this.positionsAskedNanos = nowNanos - TimeUnit.MILLISECONDS.toNanos(POSITIONS_MILLIS);
    }
  }

  /**
   * @param questions how often it was asked so far whether the log has grown. After one more question call {@link #news}; the
   *     first report with at least this number in {@link SyncReport#answered} takes it into account
   * @param reports called after every change; must not block
   * @param random for nonces, and for waits that devices do not share
   */
  public SyncCore(
      Replica replica,
      LongSupplier questions,
      Consumer<SyncReport> reports,
      RandomGenerator random) {
    this(replica, questions, reports, random, new Patience(), Backoff.slow(random));
  }

  SyncCore(
      Replica replica,
      LongSupplier questions,
      Consumer<SyncReport> reports,
      RandomGenerator random,
      Patience patience,
      Backoff holdBackoff) {
    this.replica = replica;
    this.questions = questions;
    this.reports = reports;
    this.random = random;
    this.patience = patience;
    this.backoff = new Backoff(random);
    this.holdBackoff = holdBackoff;
    this.lostBackoff = Backoff.slow(random);
  }

  /** What is exchanged. From any thread. */
  public Replica replica() {
    return replica;
  }

  /** Whether the log, as far as it is held, has this device in the space. From any thread. */
  public boolean isMember() {
    return replica.isMember();
  }

  /**
   * Opens an invitation, as soon as the mesh can be reached and everything that was written before is on its way. From any thread; {@link #news}
   * is to follow.
   *
   * @param secret 32 random bytes, which go into the link
   * @param isForOwnDevice whether it is for devices of this device's member alone
   * @param validMillis how long it is good
   */
  public CompletableFuture<OpenedInvitation> invite(
      byte[] secret, boolean isForOwnDevice, Role role, long validMillis, int uses) {
    CompletableFuture<OpenedInvitation> opened = new CompletableFuture<>();
    request(new InvitationRequest(
        InvitationKeys.derive(secret),
        isForOwnDevice,
        role,
        validMillis,
        uses,
        replica.lastLocalTime(),
        opened));
    return opened;
  }

  /**
   * Changes who is in the space, as soon as the mesh can be reached. From any thread; {@link #news} is to follow.
   *
   * @return completes with the membership behind it, as far as it is known here
   */
  public CompletableFuture<Membership> change(MemberChange change) {
    CompletableFuture<Membership> done = new CompletableFuture<>();
    request(new ChangeRequest(change, replica.lastLocalTime(), done));
    return done;
  }

  private void request(MembershipRequest request) {
    replica.outbox().changes().request(request);
    SealiftException over = ended;
    if (over != null) {
      replica.outbox().changes().abandon(over);
    }
  }

  /** Reports that there is no connection yet, and that one is tried. */
  public void connecting() {
    report(SyncState.CONNECTING, 0, Optional.empty());
  }

  // One connection

  /**
   * A connection was made.
   *
   * @param out takes what is to be sent, in order
   */
  public void begin(Consumer<byte[]> out, long nowNanos) {
    failure = null;
    SyncSession session = new SyncSession(
        replica,
        nonce(),
        omitOwnPayloads,
        questions.getAsLong(),
        frame -> out.accept(frame.toByteArray()));
    HeldUploads held = new HeldUploads(session::held, session::retryHeld, holdBackoff);
    current = new Conversation(session, held, nowNanos);
    patience.begin(nowNanos);
    step(conversation -> {
      replica.at(nowNanos);
      conversation.session.open();
    });
  }

  private ByteString nonce() {
    byte[] nonce = new byte[Handshake.NONCE_BYTES];
    random.nextBytes(nonce);
    return ByteString.copyFrom(nonce);
  }

  /** Something that happens to a connection. */
  private interface Step {
    void take(Conversation conversation)
        throws TransportException, MeshViolationException, FormatException;
  }

  private void step(Step step) {
    Conversation conversation = current;
    if (conversation == null || failure != null) {
      return;
    }
    replica.exclusively(() -> take(step, conversation)); // files may be handed over meanwhile
  }

  /** Whether the conversation goes on. */
  private boolean take(Step step, Conversation conversation) {
    if (replica.isRetired()) {
      current = null;
      return false;
    }
    try {
      step.take(conversation);
    } catch (TransportException | MeshViolationException | FormatException | RuntimeException e) {
      failure = e;
    }
    return failure == null;
  }

  /** Whether nothing more comes of this connection: it is to be closed, and {@link #waitMillis} says what then. */
  public boolean isOver() {
    Conversation conversation = current;
    return failure != null
        || conversation == null
        || conversation.session.stage() == SyncSession.Stage.OVER;
  }

  /** The connection broke, or none could be made. */
  public void broken(TransportException why) {
    if (failure == null) {
      failure = why;
    }
  }

  /**
   * Whether the mesh is to be asked for a sign of life; {@link #pinged} is to follow. A mesh that was asked and has given none is given up.
   *
   * @param heardNanos when the mesh last said anything
   */
  public boolean wantsPing(long nowNanos, long heardNanos) {
    step(conversation -> {
      replica.at(nowNanos);
      SyncSession session = conversation.session;
      patience.look(nowNanos, heardNanos, session.isOwedAnswer(), session.unansweredBytes());
      if (session.isGreeting() && isOver(HANDSHAKE_MILLIS, conversation.begunNanos, nowNanos)) {
        throw silent();
      }
      if (patience.isOver(nowNanos)) {
        patience.lost();
        throw silent();
      }
    });
    return !isOver() && patience.asks(nowNanos);
  }

  /** The mesh was asked for a sign of life. */
  public void pinged(long nowNanos) {
    patience.asked(nowNanos);
  }

  /** How long until {@link #wantsPing} or {@link #tick} has something to do, if nothing happens. */
  public long untilMillis(long nowNanos) {
    Conversation conversation = current;
    if (conversation == null) {
      return Long.MAX_VALUE;
    }
    synchronized (replica) {
      return untilMillis(conversation, nowNanos);
    }
  }

  private long untilMillis(Conversation conversation, long nowNanos) {
    long report = untilReportMillis(conversation, nowNanos);
    long silence = patience.untilMillis(nowNanos);
    long rules = conversation.session.untilDueMillis();
    long retry = conversation.held.untilRetryMillis(nowNanos);
    long others = conversation.session.mayAskPositions()
        ? untilPositionsMillis(conversation, nowNanos)
        : Long.MAX_VALUE;
    return Math.min(others, Math.min(Math.min(report, rules), Math.min(silence, retry)));
  }

  private static long untilReportMillis(Conversation conversation, long nowNanos) {
    SyncSession session = conversation.session;
    long sinceMillis = TimeUnit.NANOSECONDS.toMillis(nowNanos - conversation.reportedNanos);
    if (session.isReportDue()) {
      return Math.max(0, REPORT_MILLIS - sinceMillis);
    }
    return session.signsPositions() ? Math.max(0, SIGN_AGAIN_MILLIS - sinceMillis) : Long.MAX_VALUE;
  }

  /** Rounded up: a little early would be for nothing. */
  private static long untilPositionsMillis(Conversation conversation, long nowNanos) {
    long sinceMillis = TimeUnit.NANOSECONDS.toMillis(nowNanos - conversation.positionsAskedNanos);
    return Math.max(0, POSITIONS_MILLIS - sinceMillis);
  }

  /** Time goes by. */
  public void tick(long nowNanos) {
    step(conversation -> {
      replica.at(nowNanos);
      conversation.held.retryIfDue(nowNanos);
      conversation.session.pumpIfDue();
      if (untilReportMillis(conversation, nowNanos) == 0) {
        conversation.session.report();
        conversation.reportedNanos = nowNanos;
      }
      if (conversation.session.mayAskPositions()
          && untilPositionsMillis(conversation, nowNanos) == 0) {
        conversation.session.askPositions();
        conversation.positionsAskedNanos = nowNanos;
      }
    });
  }

  /** A message came. */
  public void receive(byte[] message) {
    step(conversation -> {
      conversation.session.receive(parse(message));
      progressed(conversation.session);
    });
  }

  /** There are new local writes, or a new question. */
  public void news() {
    step(conversation -> {
      conversation.session.ask(questions.getAsLong());
      conversation.session.pump();
      progressed(conversation.session);
    });
  }

  private static Frame parse(byte[] message) throws FormatException {
    try {
      return Frame.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      throw new FormatException("it is not a protobuf message", e);
    }
  }

  private static boolean isOver(long millis, long sinceNanos, long nowNanos) {
    return nowNanos - sinceNanos >= TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private static TransportException silent() {
    return new TransportException(
        TransportException.Kind.UNREACHABLE, "the connection broke", null);
  }

  private void progressed(SyncSession session) {
    omitOwnPayloads |= session.isCaughtUp();
    if (session.stage() == SyncSession.Stage.SYNCING
        || session.stage() == SyncSession.Stage.STEPPING) {
      boolean upToDate = session.isUpToDate();
      if (upToDate || session.gotSomewhere()) {
        backoff.reset();
        lostBackoff.reset();
        patience.reset();
      }
      if (session.isHoldOver() || upToDate && session.held().isEmpty()) {
        holdBackoff.reset();
      }
      report(
          upToDate ? SyncState.UP_TO_DATE : SyncState.SYNCING,
          session.answered(),
          session.problem());
    }
  }

  // Between connections

  /**
   * What follows from how the connection ended.
   *
   * @return how long to wait before the next
   * @throws SealiftException when trying again is no use
   */
  public long waitMillis() {
    Exception why = failure;
    current = null;
    failure = null;
    return why == null ? 0 : waitMillis(why);
  }

  private long waitMillis(Exception why) {
    if (why instanceof TransportException e) {
      return retry(unreachable(e), e.retryAfterMillis());
    } else if (why instanceof MeshViolationException e) {
      return retry(new MeshViolationError(e), CAUGHT_MILLIS);
    } else if (why instanceof NewerFormatException e) {
      throw new SealiftException(
          ErrorCode.NEWER_FORMAT,
          "The space holds something of a newer version of Sealift. Nothing is lost: update the app to go on.",
          e);
    } else if (why instanceof FormatException e) {
      return retry(
          new SealiftException(
              ErrorCode.NOT_A_MESH, "The mesh sent what is no frame: " + e.getMessage() + ".", e),
          0);
    } else if (why instanceof ChainTakenException e) {
      omitOwnPayloads = false;
      return retry(e, 0);
    } else if (why instanceof KeyMissingException e) {
      return keyMissing(e);
    } else if (why instanceof SpaceLostException e) {
      return retry(e, lostBackoff, 0);
    } else if (why instanceof MeshBusyException e) {
      return retry(e, e.retryAfterMillis());
    } else if (why instanceof StoreException e) {
      return storeFailed(e);
    }
    throw (RuntimeException) why; // a step throws nothing else
  }

  private long storeFailed(StoreException e) {
    SealiftException problem = StoreErrors.toSealift(e);
    return switch (e.code()) {
      // Room may be made, and a clock that jumped is set right by the next connection.
      case DISK_FULL, TIME_AHEAD -> retry(problem, 0);
      default -> throw problem;
    };
  }

  /** The next connection looks through the log for it, so there is nothing to tell before that. */
  private long keyMissing(KeyMissingException e) {
    if (e.isInVain()) {
      return retry(e, lostBackoff, 0); // each time all of the log's outline is looked through
    }
    connecting();
    return 0;
  }

  static SealiftException unreachable(TransportException e) {
    return switch (e.kind()) {
      case NOT_A_MESH ->
        new SealiftException(
            ErrorCode.NOT_A_MESH,
            "Something answers at the mesh's address, but it is no Sealift mesh.",
            e);
      case NOT_TRUSTED ->
        new SealiftException(
            ErrorCode.MESH_NOT_TRUSTED,
            "The mesh's TLS certificate is not trusted here, or is for another address. Edits are kept.",
            e);
      case BUSY -> new MeshBusyException(e.retryAfterMillis());
      case UNREACHABLE ->
        new SealiftException(
            ErrorCode.MESH_UNREACHABLE,
            "The mesh cannot be reached. Edits are kept and sent as soon as it answers.",
            e);
    };
  }

  private long retry(SealiftException why, long atLeastMillis) {
    return retry(why, backoff, atLeastMillis);
  }

  private long retry(SealiftException why, Backoff waits, long atLeastMillis) {
    report(SyncState.CONNECTING, 0, Optional.of(why));
    return waits.nextMillis(atLeastMillis);
  }

  // The end

  /** The exchange was ended from outside. */
  public void disconnected() {
    end(
        SyncState.OFFLINE,
        new SealiftException(ErrorCode.NOT_CONNECTED, "The connection to the mesh was ended."));
  }

  /** The exchange ended by itself. */
  public void stopped(RuntimeException why) {
    end(
        SyncState.STOPPED,
        why instanceof SealiftException known
            ? known
            : new SealiftException(
                ErrorCode.INTERNAL,
                "The exchange with the mesh stopped by a bug in Sealift.",
                why));
  }

  private void end(SyncState state, SealiftException why) {
    ended = why;
    replica.outbox().changes().abandon(why);
    report(state, 0, state == SyncState.STOPPED ? Optional.of(why) : Optional.empty());
  }

  private void report(SyncState state, long answered, Optional<SealiftException> problem) {
    LogState log = replica.log();
    SyncReport report = new SyncReport(state, log.position(), log.knownSize(), answered, problem);
    replica.later(() -> reports.accept(report));
  }
}
