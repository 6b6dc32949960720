package dev.sealift.storage.postgres;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A line to a PostgreSQL server that is cut, when it is told so, at the next commit: once, then all goes through again. It reads
 * PostgreSQL's messages, which are a byte of kind and a length each, only a client's first one has no kind.
 */
final class CommitCutter implements Closeable {
  /** Where the line is cut. */
  enum Cut {
    NOWHERE,
    BEFORE_COMMIT_ARRIVES,
    BEFORE_ITS_ANSWER_ARRIVES
  }

  private static final byte QUERY = 'Q';
  private static final byte COMPLETE = 'C';
  private static final byte[] COMMIT = "COMMIT\0".getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket listening;
  private final int serverPort;
  private final AtomicReference<Cut> next = new AtomicReference<>(Cut.NOWHERE);

  CommitCutter(int serverPort) throws IOException {
    this.serverPort = serverPort;
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  void cutNextCommit(Cut cut) {
    next.set(cut);
  }

  boolean hasCut() {
    return next.get() == Cut.NOWHERE;
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        start(() -> carry(client, server, true));
        start(() -> carry(server, client, false));
      } catch (IOException e) {
        // closed, or the server is not there: whoever called learns by the end of its connection
      }
    }
  }

  private void carry(Socket from, Socket to, boolean toServer) {
    try (from;
        to) {
      DataInputStream in = new DataInputStream(new BufferedInputStream(from.getInputStream()));
      OutputStream out = to.getOutputStream();
      if (toServer) {
        out.write(body(in));
      }
      while (true) {
        byte kind = in.readByte();
        byte[] body = body(in);
        if (isCut(toServer, kind, body)) {
          return;
        }
        out.write(kind);
        out.write(body);
        out.flush();
      }
    } catch (IOException e) {
      // one of the two has gone
    }
  }

  private static byte[] body(DataInputStream in) throws IOException {
    int length = in.readInt();
    byte[] body = new byte[length];
    ByteBuffer.wrap(body).putInt(length);
    in.readFully(body, Integer.BYTES, length - Integer.BYTES);
    return body;
  }

  private boolean isCut(boolean toServer, byte kind, byte[] body) {
    boolean commits = kind == (toServer ? QUERY : COMPLETE)
        && Arrays.equals(Arrays.copyOfRange(body, Integer.BYTES, body.length), COMMIT);
    return commits
        && next.compareAndSet(
            toServer ? Cut.BEFORE_COMMIT_ARRIVES : Cut.BEFORE_ITS_ANSWER_ARRIVES, Cut.NOWHERE);
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "commit-cutter");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
