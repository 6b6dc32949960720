package dev.sealift.client.sync;

import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.Role;
import java.net.URI;
import java.security.SecureRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one space in exchange with its mesh: a {@link SyncCore} with a thread, the system's clock and a transport. One thread of its own does
 * everything; {@link #invite}, {@link #news} and {@link #close} come from any.
 */
public final class SyncLoop implements AutoCloseable {
  /**
   * Frames that came and were not taken. Credit bounds their bytes, and a frame with a file has some hundred: more than
   * this is not within it, and a mesh that sends it is cut off.
   */
  private static final int MAX_QUEUED = SyncSession.CREDIT_BYTES / 256;

  private static final byte[] CLOSED = new byte[0];

  /** There is something to do for this device's other threads. */
  private static final byte[] NEWS = new byte[0];

  /** How time passes between two connections. */
  interface Pause {
    void pause(long millis) throws InterruptedException;
  }

  private final SyncCore core;
  private final Transport transport;
  private final URI mesh;
  private final Pause pause;
  private final Thread thread;
  private volatile @Nullable Inbox inbox;
  private volatile boolean closing;

  /**
   * @param questions as for {@link SyncCore}
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
    this.core =
        new SyncCore(replica, questions, reports, new SecureRandom(), patience, holdBackoff);
    this.transport = transport;
    this.mesh = mesh;
    this.pause = pause;
    this.thread = new Thread(this::run, "sealift-sync");
    thread.setDaemon(true);
  }

  /** Reports, before it returns, that it tries to connect. */
  public void start() {
    core.connecting();
    thread.start();
  }

  /** What is exchanged. From any thread. */
  public Replica replica() {
    return core.replica();
  }

  /** Whether the log, as far as it is held, has this device in the space. From any thread. */
  public boolean isMember() {
    return core.isMember();
  }

  /** As {@link SyncCore#invite}, from any thread. */
  public CompletableFuture<OpenedInvitation> invite(
      byte[] secret, boolean isForOwnDevice, Role role, long validMillis, int uses) {
    CompletableFuture<OpenedInvitation> opened =
        core.invite(secret, isForOwnDevice, role, validMillis, uses);
    news();
    return opened;
  }

  /** As {@link SyncCore#change}, from any thread. */
  public CompletableFuture<Membership> change(MemberChange change) {
    CompletableFuture<Membership> done = core.change(change);
    news();
    return done;
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
        connectAndSync();
        long waitMillis = core.waitMillis();
        if (!closing && waitMillis > 0) {
          pause.pause(waitMillis);
        }
      }
    } catch (InterruptedException e) {
      // Only close interrupts this thread.
    } catch (RuntimeException e) {
      core.stopped(e);
      return;
    }
    core.disconnected();
  }

  /** One connection from beginning to end. */
  private void connectAndSync() throws InterruptedException {
    Inbox incoming = new Inbox();
    inbox = incoming;
    try (Transport.Connection connection = transport.connect(mesh, incoming)) {
      exchange(connection, incoming);
    } catch (TransportException e) {
      core.broken(e);
    } finally {
      inbox = null;
    }
  }

  private void exchange(Transport.Connection connection, Inbox incoming)
      throws TransportException, InterruptedException {
    Outgoing outgoing = new Outgoing(connection);
    core.begin(outgoing, System.nanoTime());
    while (!closing && !core.isOver()) { // whoever closed it may have kept the interrupt
      outgoing.throwFailure();
      if (core.wantsPing(System.nanoTime(), incoming.heardNanos())) {
        connection.ping(); // may have to wait until the socket has taken what was sent before
        core.pinged(System.nanoTime());
      }
      if (!core.isOver()) {
        byte[] message = incoming.poll(core.untilMillis(System.nanoTime()));
        core.tick(System.nanoTime());
        take(message, incoming);
      }
    }
    outgoing.throwFailure();
  }

  private void take(byte @Nullable [] message, Inbox incoming) throws TransportException {
    if (message == CLOSED || incoming.isOverrun()) {
      throw new TransportException(
          TransportException.Kind.UNREACHABLE, "the connection broke", null);
    }
    if (message == NEWS) {
      incoming.newsTaken();
      core.news();
    } else if (message != null) {
      core.receive(message);
    }
  }

  /** Sends the core's messages; a failure is kept until the loop looks for it, so that the core stays free of the network. */
  private static final class Outgoing implements Consumer<byte[]> {
    private final Transport.Connection connection;
    private @Nullable TransportException failure;
    private boolean interrupted;

    Outgoing(Transport.Connection connection) {
      this.connection = connection;
    }

    @Override
    public void accept(byte[] message) {
      if (failure != null || interrupted) {
        return;
      }
      try {
        connection.send(message);
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
