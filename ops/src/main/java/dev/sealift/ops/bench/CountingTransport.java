package dev.sealift.ops.bench;

import dev.sealift.client.sync.JdkTransport;
import dev.sealift.client.sync.Transport;
import dev.sealift.client.sync.TransportException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;

/** The JDK's WebSockets, with the bytes of all messages counted. */
final class CountingTransport implements Transport {
  private final Transport real = new JdkTransport();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong received = new AtomicLong();

  long sentBytes() {
    return sent.get();
  }

  long receivedBytes() {
    return received.get();
  }

  @Override
  public Connection connect(URI mesh, Listener listener)
      throws TransportException, InterruptedException {
    Connection connection = real.connect(mesh, new Counting(listener));
    return new Connection() {
      @Override
      public void send(byte[] message) throws TransportException, InterruptedException {
        sent.addAndGet(message.length);
        connection.send(message);
      }

      @Override
      public void ping() throws TransportException, InterruptedException {
        connection.ping();
      }

      @Override
      public void close() {
        connection.close();
      }
    };
  }

  private final class Counting implements Listener {
    private final Listener next;

    Counting(Listener next) {
      this.next = next;
    }

    @Override
    public void received(byte[] message) {
      received.addAndGet(message.length);
      next.received(message);
    }

    @Override
    public void alive() {
      next.alive();
    }

    @Override
    public void closed() {
      next.closed();
    }
  }
}
