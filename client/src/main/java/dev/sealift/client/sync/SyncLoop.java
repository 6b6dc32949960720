package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.NewerFormatException;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Role;
import dev.sealift.protocol.wire.Handshake;
import java.net.URI;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one space in exchange with its mesh: connects, runs a {@link SyncSession}, and connects again when that ends, with
 * jittered waits in between. One thread of its own does everything; {@link #localWrites} and {@link #close} come from any.
 */
public final class SyncLoop implements AutoCloseable {
  /** Frames that came and were not taken. Credit bounds their bytes; a mesh that sends more than this is cut off. */
  private static final int MAX_QUEUED = 256;

  /** A mesh that does not finish the handshake in this time is not there. */
  private static final long HANDSHAKE_MILLIS = 10_000;

  /** After this long without a frame the mesh is asked for a sign of life, and after as long again given up. */
  private static final long SILENCE_MILLIS = 20_000;

  private static final byte[] CLOSED = new byte[0];
  private static final byte[] LOCAL_WRITES = new byte[0];

  private final Replica replica;
  private final Transport transport;
  private final URI mesh;
  private final Consumer<SyncReport> reports;
  private final Thread thread;
  private final SecureRandom random = new SecureRandom();
  private final Backoff backoff = new Backoff(random);
  private final AtomicBoolean writesAnnounced = new AtomicBoolean();
  private volatile @Nullable BlockingQueue<byte[]> inbox;
  private volatile boolean closing;
  private boolean omitOwnPayloads = true;

  /**
   * @param reports called from the loop's own thread after every change; must not block
   */
  public SyncLoop(Replica replica, Transport transport, URI mesh, Consumer<SyncReport> reports) {
    this.replica = replica;
    this.transport = transport;
    this.mesh = mesh;
    this.reports = reports;
    this.thread = new Thread(this::run, "sealift-sync");
    thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  /** Whether the log, as far as it is held, has this device in the space. From any thread. */
  public boolean isMember() {
    return replica.isMember();
  }

  /**
   * Opens an invitation, as soon as the mesh can be reached.
   *
   * @param secret 32 random bytes, which go into the link
   * @param validMillis how long it is good
   */
  public CompletableFuture<OpenedInvitation> invite(
      byte[] secret, Role role, long validMillis, int uses) {
    CompletableFuture<OpenedInvitation> opened = new CompletableFuture<>();
    replica
        .outbox()
        .request(
            new InvitationRequest(InvitationKeys.derive(secret), role, validMillis, uses, opened));
    localWrites();
    return opened;
  }

  /** There are new local writes. Cheap; many calls become one. */
  public void localWrites() {
    BlockingQueue<byte[]> current = inbox;
    if (current != null
        && writesAnnounced.compareAndSet(false, true)
        && !current.offer(LOCAL_WRITES)) {
      // The queue is full of frames: each of them looks for local writes too.
      writesAnnounced.set(false);
    }
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
          TimeUnit.MILLISECONDS.sleep(waitMillis);
        }
      }
    } catch (InterruptedException e) {
      // Only close interrupts this thread.
    } catch (SealiftException e) {
      stopped(e);
      return;
    } catch (RuntimeException bug) {
      stopped(new SealiftException(
          ErrorCode.INTERNAL, "The exchange with the mesh stopped by a bug in Sealift.", bug));
      return;
    }
    replica
        .outbox()
        .abandonRequests(
            new SealiftException(ErrorCode.NOT_CONNECTED, "The connection to the mesh was ended."));
    report(SyncState.OFFLINE, Optional.empty());
  }

  private void stopped(SealiftException why) {
    replica.outbox().abandonRequests(why);
    report(SyncState.STOPPED, Optional.of(why));
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
      backoff.reset();
      return 0;
    } catch (TransportException e) {
      return retry(unreachable(e), 0);
    } catch (MeshViolationException e) {
      return retry(new MeshViolationError(e), SILENCE_MILLIS);
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
    } catch (MeshBusyException e) {
      return retry(e, e.retryAfterMillis());
    }
  }

  private static SealiftException unreachable(TransportException e) {
    return e.kind() == TransportException.Kind.NOT_A_MESH
        ? new SealiftException(
            ErrorCode.NOT_A_MESH,
            "Something answers at the mesh's address, but it is no Sealift mesh.",
            e)
        : new SealiftException(
            ErrorCode.MESH_UNREACHABLE,
            "The mesh cannot be reached. Edits are kept and sent as soon as it answers.",
            e);
  }

  private long retry(SealiftException why, long atLeastMillis) {
    report(SyncState.CONNECTING, Optional.of(why));
    return backoff.nextMillis(atLeastMillis);
  }

  private void connectAndSync()
      throws TransportException, InterruptedException, MeshViolationException, FormatException {
    BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
    AtomicBoolean overrun = new AtomicBoolean();
    try (Transport.Connection connection = transport.connect(mesh, new Queueing(queue, overrun))) {
      Outgoing outgoing = new Outgoing(connection);
      SyncSession session = new SyncSession(replica, nonce(), omitOwnPayloads, outgoing);
      inbox = queue;
      writesAnnounced.set(false);
      session.open();
      exchange(connection, session, queue, outgoing, overrun);
    } finally {
      inbox = null;
    }
  }

  private void exchange(
      Transport.Connection connection,
      SyncSession session,
      BlockingQueue<byte[]> queue,
      Outgoing outgoing,
      AtomicBoolean overrun)
      throws TransportException, InterruptedException, MeshViolationException, FormatException {
    boolean asked = false;
    while (session.stage() != SyncSession.Stage.OVER) {
      outgoing.throwFailure();
      boolean syncing = session.stage() == SyncSession.Stage.SYNCING;
      byte[] message =
          queue.poll(syncing ? SILENCE_MILLIS : HANDSHAKE_MILLIS, TimeUnit.MILLISECONDS);
      if (message == CLOSED || overrun.get() || (message == null && (asked || !syncing))) {
        throw new TransportException(
            TransportException.Kind.UNREACHABLE, "the connection broke", null);
      }
      asked = message == null;
      if (asked) {
        connection.ping();
      } else if (message == LOCAL_WRITES) {
        writesAnnounced.set(false);
        session.pump();
      } else if (message != PONG) {
        session.receive(parse(message));
      }
      if (session.isCaughtUp()) {
        backoff.reset();
        omitOwnPayloads = true;
      }
      reportProgress(session);
    }
    outgoing.throwFailure();
  }

  /** What a sign of life looks like in the queue. */
  private static final byte[] PONG = new byte[0];

  private void reportProgress(SyncSession session) {
    if (session.stage() == SyncSession.Stage.SYNCING) {
      report(session.isUpToDate() ? SyncState.UP_TO_DATE : SyncState.SYNCING, Optional.empty());
    }
  }

  private void report(SyncState state, Optional<SealiftException> problem) {
    LogState log = replica.log();
    long size = log.newestHead().map(head -> head.head().size()).orElse(0L);
    reports.accept(new SyncReport(state, log.position(), Math.max(size, log.position()), problem));
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

  /** Queues what a connection brings, and cuts off one that brings more than its credit. */
  private record Queueing(BlockingQueue<byte[]> queue, AtomicBoolean overrun)
      implements Transport.Listener {
    @Override
    public void received(byte[] message) {
      add(message);
    }

    @Override
    public void alive() {
      queue.offer(PONG);
    }

    @Override
    public void closed() {
      add(CLOSED);
    }

    private void add(byte[] message) {
      if (!queue.offer(message)) {
        overrun.set(true);
      }
    }
  }
}
