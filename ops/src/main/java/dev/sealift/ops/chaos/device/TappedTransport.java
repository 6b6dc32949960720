package dev.sealift.ops.chaos.device;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.client.sync.JdkTransport;
import dev.sealift.client.sync.Transport;
import dev.sealift.client.sync.TransportException;
import dev.sealift.protocol.proto.Frame;
import java.net.URI;
import java.util.function.Supplier;

/** The JDK's WebSockets, with somebody looking on. What is no frame is passed on unseen: to judge it is the client's part. */
final class TappedTransport implements Transport {
  private final Transport real = new JdkTransport();
  private final Supplier<Tap> taps;

  /** Asks for a tap for each connection. */
  TappedTransport(Supplier<Tap> taps) {
    this.taps = taps;
  }

  @Override
  public Connection connect(URI mesh, Listener listener)
      throws TransportException, InterruptedException {
    Tap tap = taps.get();
    Connection connection = real.connect(mesh, new Tapped(listener, tap));
    return new Connection() {
      @Override
      public void send(byte[] message) throws TransportException, InterruptedException {
        parsed(message, tap::sent);
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

  private static void parsed(byte[] message, java.util.function.Consumer<Frame> to) {
    try {
      to.accept(Frame.parseFrom(message));
    } catch (InvalidProtocolBufferException e) {
      // As said.
    }
  }

  private record Tapped(Listener next, Tap tap) implements Listener {
    @Override
    public void received(byte[] message) {
      parsed(message, tap::received);
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
