package dev.sealift.ops.bench;

import dev.sealift.client.sync.JdkTransport;
import dev.sealift.client.sync.Transport;
import dev.sealift.client.sync.TransportException;
import java.net.URI;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Connections that are spoken to message by message, as a device's are but without one behind them. */
final class Sockets {
  static final String SUBPROTOCOL = "sealift.v1";
  private static final long SECONDS = 30;

  /** One client for all of them: each brings threads of its own. */
  private final Transport transport = new JdkTransport();

  Socket open(URI mesh) throws TransportException, InterruptedException {
    BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
    return new Socket(transport.connect(mesh, new Queueing(received)), received);
  }

  /** One connection. For one thread. */
  record Socket(Transport.Connection connection, BlockingQueue<byte[]> received)
      implements AutoCloseable {
    void send(byte[] message) throws TransportException, InterruptedException {
      connection.send(message);
    }

    byte[] next() throws BenchFailedException, InterruptedException {
      byte[] message = received.poll(SECONDS, TimeUnit.SECONDS);
      if (message == null || message.length == 0) {
        throw new BenchFailedException(
            "A connection broke, or nothing came for " + SECONDS + " seconds.");
      }
      return message;
    }

    @Override
    public void close() {
      connection.close();
    }
  }

  private record Queueing(BlockingQueue<byte[]> queue) implements Transport.Listener {
    @Override
    public void received(byte[] message) {
      queue.add(message);
    }

    @Override
    public void alive() {}

    @Override
    public void closed() {
      queue.add(new byte[0]);
    }
  }
}
