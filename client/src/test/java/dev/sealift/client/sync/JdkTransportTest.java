package dev.sealift.client.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What answers at an address and is no mesh. */
class JdkTransportTest {
  private static final Transport.Listener NOBODY = new Transport.Listener() {
    @Override
    public void received(byte[] message) {}

    @Override
    public void alive() {}

    @Override
    public void closed() {}
  };

  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private URI address() {
    return URI.create("ws://localhost:" + server.getLocalPort());
  }

  private TransportException.Kind failure(Duration timeout) {
    return thrown(timeout).kind();
  }

  private TransportException thrown(Duration timeout) {
    return catchThrowableOfType(
        TransportException.class,
        () -> new JdkTransport(null, timeout).connect(address(), NOBODY).close());
  }

  @Test
  void aGatewayWithoutRoomIsBusyAndSaysForHowLong() {
    answer("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");
    TransportException failure = thrown(Duration.ofSeconds(20));
    assertThat(failure.kind()).isEqualTo(TransportException.Kind.BUSY);
    assertThat(failure.retryAfterMillis()).isEqualTo(7_000);
  }

  /** Answers every connection with the same words, and hangs up. */
  private void answer(String words) {
    Thread thread = new Thread(() -> {
      try {
        while (true) {
          answerOne(words);
        }
      } catch (IOException closed) {
        // The test is over.
      }
    });
    thread.setDaemon(true);
    thread.start();
  }

  private void answerOne(String words) throws IOException {
    try (Socket socket = server.accept()) {
      if (!words.isEmpty()) {
        InputStream in = socket.getInputStream();
        assertThat(in.read()).isPositive();
        socket.getOutputStream().write(words.getBytes(StandardCharsets.US_ASCII));
        socket.shutdownOutput();
        in.transferTo(java.io.OutputStream.nullOutputStream());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.6\r\n",
        "hello\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: bm90IHRoZSByaWdodCBvbmU=\r\n\r\n"
      })
  void whateverElseAnswersIsNoMesh(String words) {
    answer(words);
    assertThat(failure(Duration.ofSeconds(30))).isEqualTo(TransportException.Kind.NOT_A_MESH);
  }

  @Test
  void whatHangsUpAtOnceIsNotThere() {
    answer("");
    assertThat(failure(Duration.ofSeconds(30))).isEqualTo(TransportException.Kind.UNREACHABLE);
  }

  @Test
  void whatSaysNothingIsNotThere() {
    assertThat(failure(Duration.ofMillis(200))).isEqualTo(TransportException.Kind.UNREACHABLE);
  }

  @Test
  void whereNobodyListensNobodyIs() throws IOException {
    server.close();
    assertThat(failure(Duration.ofSeconds(30))).isEqualTo(TransportException.Kind.UNREACHABLE);
  }
}
