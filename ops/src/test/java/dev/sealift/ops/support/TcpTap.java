package dev.sealift.ops.support;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A line to a port of this machine, which can be listened to, and cut and mended. */
public final class TcpTap implements Closeable {
  private final ServerSocket server;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
  private volatile boolean cut;

  public TcpTap(int targetPort) throws IOException {
    target = targetPort;
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  public int port() {
    return server.getLocalPort();
  }

  /** From now on nothing gets through. */
  public void cut() {
    cut = true;
    sockets.forEach(TcpTap::closeQuietly);
  }

  public void mend() {
    cut = false;
  }

  /** How much went through, both ways. */
  public int bytes() {
    synchronized (heard) {
      return heard.size();
    }
  }

  /** Whether these bytes went through in one piece, either way. */
  public boolean heard(byte[] words) {
    synchronized (heard) {
      return heard
          .toString(StandardCharsets.ISO_8859_1)
          .contains(new String(words, StandardCharsets.ISO_8859_1));
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket caller = server.accept();
        sockets.add(caller);
        if (cut || !connect(caller)) {
          closeQuietly(caller);
          sockets.remove(caller);
        }
      } catch (IOException e) {
        // the tap is closed
      }
    }
  }

  private boolean connect(Socket caller) {
    try {
      Socket called = new Socket(InetAddress.getLoopbackAddress(), target);
      sockets.add(called);
      start(() -> carry(caller, called));
      start(() -> carry(called, caller));
      return true;
    } catch (IOException e) {
      return false; // the target is not there
    }
  }

  private void carry(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] piece = new byte[1 << 16];
      for (int length = in.read(piece); length >= 0 && !cut; length = in.read(piece)) {
        synchronized (heard) {
          heard.write(piece, 0, length);
        }
        out.write(piece, 0, length);
        out.flush();
      }
    } catch (IOException e) {
      // one of the two has gone
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "tcp-tap");
    thread.setDaemon(true);
    thread.start();
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // closed enough
    }
  }

  @Override
  public void close() throws IOException {
    cut();
    server.close();
  }
}
