package dev.sealift.ops.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A network that breaks: passes bytes on to a mesh, and cuts each of its first connections after so many of them. */
final class CuttingProxy implements AutoCloseable {
  private final URI mesh;
  private final Iterator<Long> cuts;
  private final ServerSocket listening;
  private final AtomicInteger cut = new AtomicInteger();

  CuttingProxy(URI mesh, List<Long> cuts) throws IOException {
    this.mesh = mesh;
    this.cuts = cuts.iterator();
    this.listening = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    start("proxy", this::acceptAll);
  }

  String url() {
    return "ws://127.0.0.1:" + listening.getLocalPort();
  }

  int connectionsCut() {
    return cut.get();
  }

  private void acceptAll() throws IOException {
    while (true) {
      Socket device = listening.accept();
      Socket gateway = new Socket(mesh.getHost(), mesh.getPort());
      AtomicLong left = new AtomicLong(cuts.hasNext() ? cuts.next() : Long.MAX_VALUE);
      start("proxy-up", () -> pass(device, gateway, left));
      start("proxy-down", () -> pass(gateway, device, left));
    }
  }

  private void pass(Socket from, Socket to, AtomicLong left) throws IOException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[1024];
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        if (left.addAndGet(-length) < 0) {
          cut.incrementAndGet();
          return;
        }
        out.write(buffer, 0, length);
      }
    }
  }

  private static void start(String name, Passing passing) {
    Thread thread = new Thread(
        () -> {
          try {
            passing.run();
          } catch (IOException e) {
            // The other direction closed both sockets, or the test is over.
          }
        },
        name);
    thread.setDaemon(true);
    thread.start();
  }

  private interface Passing {
    void run() throws IOException;
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
