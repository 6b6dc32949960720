package dev.sealift.ops.chaos.bed;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Forwards TCP connections, and holds every piece back for a while that can be changed at any time: the network that
 * these machines' kernels cannot slow down. Threads of its own; all methods from any thread.
 */
final class Relay implements AutoCloseable {
  private static final int PIECE_BYTES = 16 * 1024;

  /** So many pieces are on their way at once in a direction; then its sender waits, as it would for a long line. */
  private static final int PIECES = 256;

  private static final int CONNECT_MILLIS = 2_000;

  private final ServerSocket listening;
  private final Supplier<List<InetSocketAddress>> targets;
  private final AtomicLong heldBytes = new AtomicLong();
  private volatile long delayNanos;

  /**
   * Listens, and forwards from now on.
   *
   * @param targets where a new connection may go, the best first
   */
  Relay(int port, Supplier<List<InetSocketAddress>> targets) throws IOException {
    this.listening = new ServerSocket(port);
    this.targets = targets;
    spawn("accept", this::acceptAll);
  }

  int port() {
    return listening.getLocalPort();
  }

  void delay(long millis) {
    delayNanos = TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** How much has come out later than it went in, because of a delay. */
  long heldBytes() {
    return heldBytes.get();
  }

  private static void spawn(String what, Runnable work) {
    Thread thread = new Thread(work, "sealift-chaos-relay-" + what);
    thread.setDaemon(true);
    thread.start();
  }

  private void acceptAll() {
    while (!listening.isClosed()) {
      try {
        Socket from = listening.accept();
        spawn("connect", () -> connect(from));
      } catch (IOException e) {
        // Closed, or a connection that was gone before it was taken: the loop's condition tells.
      }
    }
  }

  private void connect(Socket from) {
    for (InetSocketAddress target : targets.get()) {
      Socket to = new Socket();
      try {
        to.connect(target, CONNECT_MILLIS);
        from.setTcpNoDelay(true);
        to.setTcpNoDelay(true);
        forward(from, to);
        forward(to, from);
        return;
      } catch (IOException e) {
        close(to); // the next target
      }
    }
    close(from);
  }

  private record Piece(ByteBuffer bytes, long dueNanos) {
    /** After it nothing comes. */
    static final Piece END = new Piece(ByteBuffer.allocate(0), 0);
  }

  private void forward(Socket from, Socket to) {
    BlockingQueue<Piece> line = new ArrayBlockingQueue<>(PIECES);
    spawn("in", () -> readInto(line, from));
    spawn("out", () -> writeFrom(line, from, to));
  }

  private void readInto(BlockingQueue<Piece> line, Socket from) {
    byte[] buffer = new byte[PIECE_BYTES];
    try (InputStream in = from.getInputStream()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        line.put(new Piece(
            ByteBuffer.wrap(Arrays.copyOf(buffer, read)), System.nanoTime() + delayNanos));
      }
    } catch (IOException e) {
      // The other end hears of it by the end of the line.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    end(line);
  }

  private static void end(BlockingQueue<Piece> line) {
    try {
      line.put(Piece.END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void writeFrom(BlockingQueue<Piece> line, Socket from, Socket to) {
    try (OutputStream out = to.getOutputStream()) {
      for (Piece piece = line.take(); piece.bytes().hasRemaining(); piece = line.take()) {
        long early = piece.dueNanos() - System.nanoTime();
        if (early > 0) {
          TimeUnit.NANOSECONDS.sleep(early);
          heldBytes.addAndGet(piece.bytes().remaining());
        }
        out.write(piece.bytes().array());
      }
    } catch (IOException e) {
      // Both ends are closed below.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close(from);
    close(to);
    line.clear(); // whoever waits for room in it finds its socket closed
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is as closed as it can be.
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
