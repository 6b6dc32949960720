package dev.sealift.client.sync;

import dev.sealift.protocol.Limits;
import java.io.ByteArrayOutputStream;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** WebSockets of the JDK. Frames are joined to messages here, and a message beyond the limit ends the connection. */
public final class JdkTransport implements Transport {
  private static final String PATH = "/v1/sync";
  private static final String SUBPROTOCOL = "sealift.v1";
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** A peer that takes no message for this long is gone. */
  private static final Duration SEND_TIMEOUT = Duration.ofSeconds(30);

  private final HttpClient client;
  private final Duration connectTimeout;

  public JdkTransport() {
    this(null);
  }

  /**
   * @param tls what to trust, when not the platform's certificates
   */
  public JdkTransport(@Nullable SSLContext tls) {
    this(tls, CONNECT_TIMEOUT);
  }

  JdkTransport(@Nullable SSLContext tls, Duration connectTimeout) {
    this.connectTimeout = connectTimeout;
    HttpClient.Builder builder =
        HttpClient.newBuilder().connectTimeout(connectTimeout).version(HttpClient.Version.HTTP_1_1);
    if (tls != null) {
      builder.sslContext(tls);
    }
    // What the socket's own thread hands on is taken at once or queued, so no further thread is
    // needed in between.
    Executor onTheSocketThread = Runnable::run;
    this.client = builder.executor(onTheSocketThread).build();
  }

  @Override
  public Connection connect(URI mesh, Listener listener)
      throws TransportException, InterruptedException {
    CompletableFuture<WebSocket> opening = client
        .newWebSocketBuilder()
        .connectTimeout(connectTimeout)
        .subprotocols(SUBPROTOCOL)
        .buildAsync(mesh.resolve(PATH), new Joining(listener));
    WebSocket socket = await(opening, connectTimeout);
    if (!SUBPROTOCOL.equals(socket.getSubprotocol())) {
      socket.abort();
      throw notAMesh(null);
    }
    return new SocketConnection(socket);
  }

  private static WebSocket await(CompletableFuture<WebSocket> future, Duration timeout)
      throws TransportException, InterruptedException {
    try {
      return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw explained(e.getCause());
    } catch (TimeoutException e) {
      future.cancel(true);
      throw unreachable(e);
    }
  }

  private static TransportException explained(@Nullable Throwable cause) {
    for (Throwable at = cause; at != null; at = at.getCause()) {
      if (at instanceof WebSocketHandshakeException refused
          && refused.getResponse().statusCode() == HttpURLConnection.HTTP_UNAVAILABLE) {
        return busy(refused);
      } else if (at instanceof WebSocketHandshakeException || at instanceof ProtocolException) {
        return notAMesh(cause); // somebody answered, and spoke no WebSocket or no HTTP at all
      } else if (at instanceof CertificateException) {
        return notTrusted(cause);
      }
    }
    return unreachable(cause);
  }

  private static TransportException notTrusted(@Nullable Throwable cause) {
    return new TransportException(
        TransportException.Kind.NOT_TRUSTED, "the mesh's TLS certificate is not trusted", cause);
  }

  /** A gateway that is full, or about to stop, says so before there is a WebSocket. */
  private static TransportException busy(WebSocketHandshakeException refused) {
    long seconds = refused
        .getResponse()
        .headers()
        .firstValue("retry-after")
        .filter(text -> text.matches("[0-9]{1,5}"))
        .map(Long::parseLong)
        .orElse(0L);
    return new TransportException(
        TransportException.Kind.BUSY,
        "the mesh has no room now",
        refused,
        TimeUnit.SECONDS.toMillis(seconds));
  }

  private static TransportException notAMesh(@Nullable Throwable cause) {
    return new TransportException(
        TransportException.Kind.NOT_A_MESH,
        "something answers there, but it is no Sealift mesh",
        cause);
  }

  private static TransportException unreachable(@Nullable Throwable cause) {
    return new TransportException(
        TransportException.Kind.UNREACHABLE,
        "the mesh cannot be reached, or the connection broke",
        cause);
  }

  /** One message at a time is under way: the JDK refuses a second. */
  private static final class SocketConnection implements Connection {
    private final WebSocket socket;
    private CompletableFuture<WebSocket> last = CompletableFuture.completedFuture(null);

    SocketConnection(WebSocket socket) {
      this.socket = socket;
    }

    @Override
    public synchronized void send(byte[] message) throws TransportException, InterruptedException {
      awaitLast();
      last = socket.sendBinary(ByteBuffer.wrap(message), true);
    }

    private void awaitLast() throws TransportException, InterruptedException {
      if (last.isDone() && !last.isCompletedExceptionally()) {
        return;
      }
      await(last, SEND_TIMEOUT);
    }

    @Override
    public synchronized void ping() throws TransportException, InterruptedException {
      awaitLast();
      last = socket.sendPing(ByteBuffer.allocate(0));
    }

    @Override
    public void close() {
      socket.abort();
    }
  }

  /** Joins the frames of a message; asks for the next only after the last was taken. */
  private static final class Joining implements WebSocket.Listener {
    private final Listener listener;
    private final ByteArrayOutputStream joined = new ByteArrayOutputStream();
    private boolean closed;

    Joining(Listener listener) {
      this.listener = listener;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      if (joined.size() + data.remaining() > Limits.MAX_FRAME_BYTES) {
        return tooMuch(socket);
      }
      byte[] part = new byte[data.remaining()];
      data.get(part);
      if (last && joined.size() == 0) {
        listener.received(part);
      } else {
        listener.alive(); // over a slow link the whole message is long in coming
        joined.writeBytes(part);
        handOnWhen(last);
      }
      socket.request(1);
      return null;
    }

    private void handOnWhen(boolean last) {
      if (last) {
        byte[] message = joined.toByteArray();
        joined.reset();
        listener.received(message);
      }
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      return tooMuch(socket);
    }

    private @Nullable CompletionStage<?> tooMuch(WebSocket socket) {
      socket.abort();
      close();
      return null;
    }

    /** The JDK answers it by itself. */
    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
      listener.alive();
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
      listener.alive();
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      close();
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      close();
    }

    private void close() {
      if (!closed) {
        closed = true;
        listener.closed();
      }
    }
  }
}
