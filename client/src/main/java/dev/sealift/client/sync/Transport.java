package dev.sealift.client.sync;

import java.net.URI;

/**
 * Opens connections that carry whole binary messages in order: WebSockets in production. The boundary to the platform: the
 * JDK's socket is the default, Android brings its own, and tests drop and tear messages here.
 */
public interface Transport {
  /**
   * Connects and waits until the other end has agreed to speak the protocol.
   *
   * @param mesh {@code ws://host:port} or {@code wss://host:port}
   * @param listener called from one thread at a time, never before this returns
   * @throws TransportException when nothing answers, or something else than a Sealift mesh
   */
  Connection connect(URI mesh, Listener listener) throws TransportException, InterruptedException;

  /** One open connection. */
  interface Connection extends AutoCloseable {
    /**
     * Hands one message to the network; blocks while the network takes no more.
     *
     * @throws TransportException when the connection is gone
     */
    void send(byte[] message) throws TransportException, InterruptedException;

    /** Asks the other end for a sign of life: {@link Listener#alive}. */
    void ping() throws TransportException, InterruptedException;

    /** Closes at once, in whatever state. Does not wait and does not fail. */
    @Override
    void close();
  }

  /** Takes what a connection brings, at once: it must not block, for it runs on the socket's own thread. */
  interface Listener {
    void received(byte[] message);

    /** The other end answered a ping or sent one, or a part of a message came. */
    void alive();

    /** Nothing comes after this. */
    void closed();
  }
}
