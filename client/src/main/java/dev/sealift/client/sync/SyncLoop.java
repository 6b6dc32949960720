package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.StoreException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.NewerFormatException;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Role;
import dev.sealift.protocol.wire.Handshake;
import java.net.URI;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one space in exchange with its mesh: connects, runs a {@link SyncSession}, and connects again when that ends, with
 * jittered waits in between. One thread of its own does everything; {@link #invite}, {@link #news} and {@link #close} come from any.
 */
public final class SyncLoop implements AutoCloseable {
  /**
   * Frames that came and were not taken. Credit bounds their bytes, and a frame with a file has some hundred: more than
   * this is not within it, and a mesh that sends it is cut off.
   */
  private static final int MAX_QUEUED = SyncSession.CREDIT_BYTES / 256;

  /** A gateway that lives and does not finish the handshake in this time has no mesh behind it. */
  private static final long HANDSHAKE_MILLIS = 20_000;

  /** The mesh is told this device's position at most so often: it is for planning, and each time waits for the disk. */
  private static final long REPORT_MILLIS = 200;

  /** A mesh that was caught is left alone for this long: trying at once would only be lied to again. */
  private static final long CAUGHT_MILLIS = 20_000;

  private static final byte[] CLOSED = new byte[0];

  /** There is something to do for this device's other threads. */
  private static final byte[] NEWS = new byte[0];

  /** How time passes between two connections. */
  interface Pause {
    void pause(long millis) throws InterruptedException;
  }

  private final Replica replica;
  private final Transport transport;
  private final URI mesh;
  private final LongSupplier questions;
  private final Consumer<SyncReport> reports;
  private final Pause pause;
  private final Patience patience;
  private final Thread thread;
  private final SecureRandom random = new SecureRandom();
  private final Backoff backoff = new Backoff(random);
  private final Backoff holdBackoff;
  private final Backoff lostBackoff = Backoff.slow(random);
  private volatile @Nullable Inbox inbox;
  private volatile boolean closing;
  private volatile @Nullable SealiftException ended;
  private boolean omitOwnPayloads = true;

  /**
   * @param questions how often it was asked so far whether the log has grown. After one more question call {@link #news}; the
   *     first report with at least this number in {@link SyncReport#answered} takes it into account
   * @param reports called from the loop's own thread after every change; must not block
   */
  public SyncLoop(
      Replica replica,
      Transport transport,
      URI mesh,
      LongSupplier questions,
      Consumer<SyncReport> reports) {
    this(
        replica,
        transport,
        mesh,
        questions,
        reports,
        TimeUnit.MILLISECONDS::sleep,
        new Patience(),
        Backoff.slow(new SecureRandom()));
  }

  SyncLoop(
      Replica replica,
      Transport transport,
      URI mesh,
      LongSupplier questions,
      Consumer<SyncReport> reports,
      Pause pause,
      Patience patience,
      Backoff holdBackoff) {
    this.replica = replica;
    this.transport = transport;
    this.mesh = mesh;
    this.questions = questions;
    this.reports = reports;
    this.pause = pause;
    this.patience = patience;
    this.holdBackoff = holdBackoff;
    this.thread = new Thread(this::run, "sealift-sync");
    thread.setDaemon(true);
  }

  /** Reports, before it returns, that it tries to connect. */
  public void start() {
    report(SyncState.CONNECTING, 0, Optional.empty());
    thread.start();
  }

  /** Whether the log, as far as it is held, has this device in the space. From any thread. */
  public boolean isMember() {
    return replica.isMember();
  }

  /**
   * Opens an invitation, as soon as the mesh can be reached and everything that was written before is on its way.
   *
   * @param secret 32 random bytes, which go into the link
   * @param validMillis how long it is good
   */
  public CompletableFuture<OpenedInvitation> invite(
      byte[] secret, Role role, long validMillis, int uses) {
    CompletableFuture<OpenedInvitation> opened = new CompletableFuture<>();
    replica
        .outbox()
        .request(new InvitationRequest(
            InvitationKeys.derive(secret),
            role,
            validMillis,
            uses,
            replica.lastLocalTime(),
            opened));
    SealiftException over = ended;
    if (over != null) {
      replica.outbox().abandonRequests(over);
    }
    news();
    return opened;
  }

  /** There are new local writes, or a new question. Cheap; many calls become one. */
  public void news() {
    Inbox current = inbox;
    if (current != null) {
      current.news();
    }
  }

  /** Whether the caller is called by this loop: from there nobody can wait for its end. */
  public boolean isOwnThread() {
    return Thread.currentThread() == thread;
  }

  /** Ends the exchange and waits until its thread has let go of the replica. */
  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive() && Thread.currentThread() != thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!closing) {
        long waitMillis = once();
        if (!closing && waitMillis > 0) {
          pause.pause(waitMillis);
        }
      }
    } catch (InterruptedException e) {
      // Only close interrupts this thread.
    } catch (SealiftException e) {
      end(SyncState.STOPPED, e);
      return;
    } catch (RuntimeException bug) {
      end(
          SyncState.STOPPED,
          new SealiftException(
              ErrorCode.INTERNAL, "The exchange with the mesh stopped by a bug in Sealift.", bug));
      return;
    }
    end(
        SyncState.OFFLINE,
        new SealiftException(ErrorCode.NOT_CONNECTED, "The connection to the mesh was ended."));
  }

  private void end(SyncState state, SealiftException why) {
    ended = why;
    replica.outbox().abandonRequests(why);
    report(state, 0, state == SyncState.STOPPED ? Optional.of(why) : Optional.empty());
  }

  /**
   * One connection from beginning to end.
   *
   * @return how long to wait before the next
   * @throws SealiftException when trying again is no use
   */
  private long once() throws InterruptedException {
    try {
      connectAndSync();
      return 0;
    } catch (TransportException e) {
      return retry(unreachable(e), e.retryAfterMillis());
    } catch (MeshViolationException e) {
      return retry(new MeshViolationError(e), CAUGHT_MILLIS);
    } catch (NewerFormatException e) {
      throw new SealiftException(
          ErrorCode.NEWER_FORMAT,
          "The space holds something of a newer version of Sealift. Nothing is lost: update the app to go on.",
          e);
    } catch (FormatException e) {
      return retry(
          new SealiftException(
              ErrorCode.NOT_A_MESH, "The mesh sent what is no frame: " + e.getMessage() + ".", e),
          0);
    } catch (ChainTakenException e) {
      omitOwnPayloads = false;
      return retry(e, 0);
    } catch (SpaceLostException e) {
      return retry(e, lostBackoff, 0);
    } catch (MeshBusyException e) {
      return retry(e, e.retryAfterMillis());
    } catch (StoreException e) {
      return storeFailed(e);
    }
  }

  private long storeFailed(StoreException e) {
    SealiftException failure = StoreErrors.toSealift(e);
    return switch (e.code()) {
      // Room may be made, and a clock that jumped is set right by the next connection.
      case DISK_FULL, TIME_AHEAD -> retry(failure, 0);
      default -> throw failure;
    };
  }

  private static SealiftException unreachable(TransportException e) {
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

  private void connectAndSync()
      throws TransportException, InterruptedException, MeshViolationException, FormatException {
    Inbox incoming = new Inbox();
    inbox = incoming;
    try (Transport.Connection connection = transport.connect(mesh, incoming)) {
      Outgoing outgoing = new Outgoing(connection);
      SyncSession session =
          new SyncSession(replica, nonce(), omitOwnPayloads, questions.getAsLong(), outgoing);
      session.open();
      exchange(connection, session, incoming, outgoing);
    } finally {
      inbox = null;
    }
  }

  private void exchange(
      Transport.Connection connection, SyncSession session, Inbox incoming, Outgoing outgoing)
      throws TransportException, InterruptedException, MeshViolationException, FormatException {
    long reportedNanos = System.nanoTime();
    HeldUploads held = new HeldUploads(session::held, session::retryHeld, holdBackoff);
    long begunNanos = System.nanoTime();
    patience.begin(begunNanos);
    while (session.stage() != SyncSession.Stage.OVER) {
      outgoing.throwFailure();
      boolean due = session.isReportDue();
      if (session.isGreeting() && isOver(HANDSHAKE_MILLIS, begunNanos)) {
        throw broken();
      }
      long silence = untilSilenceCounts(connection, session, incoming);
      long untilRetry = held.untilRetryMillis(System.nanoTime());
      byte[] message = incoming.poll(
          Math.min(due ? REPORT_MILLIS : Long.MAX_VALUE, Math.min(silence, untilRetry)));
      held.retryIfDue(System.nanoTime());
      if (due && isOver(REPORT_MILLIS, reportedNanos)) {
        session.report();
        reportedNanos = System.nanoTime();
      }
      if (message == CLOSED || incoming.isOverrun()) {
        throw broken();
      }
      if (message == null) {
        continue;
      }
      if (message == NEWS) {
        incoming.newsTaken();
        session.ask(questions.getAsLong());
        session.pump();
      } else {
        session.receive(parse(message));
      }
      omitOwnPayloads |= session.isCaughtUp();
      reportProgress(session);
    }
    outgoing.throwFailure();
  }

  /** Asks a silent mesh for a sign of life when that is due; how long to wait for whatever comes next. */
  private long untilSilenceCounts(
      Transport.Connection connection, SyncSession session, Inbox incoming)
      throws TransportException, InterruptedException {
    long now = System.nanoTime();
    patience.look(now, incoming.heardNanos(), session.isOwedAnswer(), session.unansweredBytes());
    if (patience.isOver(now)) {
      patience.lost();
      throw broken();
    }
    if (patience.asks(now)) {
      connection.ping(); // may have to wait until the socket has taken what was sent before
      patience.asked(System.nanoTime());
    }
    return patience.untilMillis(System.nanoTime());
  }

  private static boolean isOver(long millis, long sinceNanos) {
    return System.nanoTime() - sinceNanos >= TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private static TransportException broken() {
    return new TransportException(
        TransportException.Kind.UNREACHABLE, "the connection broke", null);
  }

  private void reportProgress(SyncSession session) {
    if (session.stage() == SyncSession.Stage.SYNCING) {
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

  private void report(SyncState state, long answered, Optional<SealiftException> problem) {
    LogState log = replica.log();
    reports.accept(new SyncReport(state, log.position(), log.knownSize(), answered, problem));
  }

  private ByteString nonce() {
    byte[] nonce = new byte[Handshake.NONCE_BYTES];
    random.nextBytes(nonce);
    return ByteString.copyFrom(nonce);
  }

  private static Frame parse(byte[] message) throws FormatException {
    try {
      return Frame.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      throw new FormatException("it is not a protobuf message", e);
    }
  }

  /** Sends a session's frames; a failure is kept until the loop looks for it, so that the session stays free of the network. */
  private static final class Outgoing implements Consumer<Frame> {
    private final Transport.Connection connection;
    private @Nullable TransportException failure;
    private boolean interrupted;

    Outgoing(Transport.Connection connection) {
      this.connection = connection;
    }

    @Override
    public void accept(Frame frame) {
      if (failure != null || interrupted) {
        return;
      }
      try {
        connection.send(frame.toByteArray());
      } catch (TransportException e) {
        failure = e;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }

    void throwFailure() throws TransportException, InterruptedException {
      if (interrupted) {
        throw new InterruptedException();
      }
      if (failure != null) {
        throw failure;
      }
    }
  }

  /** Queues what one connection brings, and cuts it off when it brings more than its credit. */
  private static final class Inbox implements Transport.Listener {
    private final BlockingQueue<byte[]> queue = new LinkedBlockingQueue<>(MAX_QUEUED);
    private final AtomicBoolean announced = new AtomicBoolean();
    private volatile boolean overrun;
    private volatile long heardNanos = System.nanoTime();

    byte @Nullable [] poll(long millis) throws InterruptedException {
      return queue.poll(millis, TimeUnit.MILLISECONDS);
    }

    boolean isOverrun() {
      return overrun;
    }

    /** When the other end last said anything. */
    long heardNanos() {
      return heardNanos;
    }

    void news() {
      if (announced.compareAndSet(false, true)) {
        add(NEWS);
      }
    }

    void newsTaken() {
      announced.set(false);
    }

    @Override
    public void received(byte[] message) {
      alive();
      add(message);
    }

    @Override
    public void alive() {
      heardNanos = System.nanoTime();
    }

    @Override
    public void closed() {
      add(CLOSED);
    }

    private void add(byte[] message) {
      if (!queue.offer(message)) {
        overrun = true;
      }
    }
  }
}
