package dev.sealift.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.sealift.gateway.asyncapi.AsyncApi;
import dev.sealift.gateway.codec.Subprotocol;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.proto.Challenge;
import dev.sealift.protocol.proto.Credit;
import dev.sealift.protocol.proto.Fetch;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.PutFile;
import dev.sealift.protocol.proto.Subscribe;
import dev.sealift.protocol.proto.Welcome;
import dev.sealift.protocol.wire.WelcomeStatement;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.net.PemTrustOptions;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A device on a real WebSocket, spoken to line by line. */
final class TestClient {
  private static final int MAX_BYTES = 4 << 20;

  /** A client that nobody holds is closed by the garbage collector, and its sockets with it. */
  private static final Queue<WebSocketClient> KEPT = new ConcurrentLinkedQueue<>();

  final TestDevice device;
  final WebSocket socket;
  final Subprotocol subprotocol;
  private final BlockingQueue<Frame> received = new LinkedBlockingQueue<>();
  private volatile int lastReceivedBytes;
  private final CompletableFuture<Short> closed = new CompletableFuture<>();

  private TestClient(TestDevice device, WebSocket socket, Subprotocol subprotocol) {
    this.device = device;
    this.socket = socket;
    this.subprotocol = subprotocol;
  }

  static TestClient connect(Vertx vertx, int port) {
    return connect(vertx, port, 1, Optional.empty());
  }

  static TestClient connect(Vertx vertx, int port, int seed, Optional<PemTrustOptions> trust) {
    return connect(vertx, port, seed, trust, Subprotocol.BINARY);
  }

  static TestClient connect(
      Vertx vertx, int port, int seed, Optional<PemTrustOptions> trust, Subprotocol subprotocol) {
    WebSocket socket = Waiting.await(dial(vertx, port, trust, "/v1/sync", subprotocol.id()));
    TestClient client = new TestClient(new TestDevice(seed), socket, subprotocol);
    if (subprotocol.isText()) {
      socket.textMessageHandler(text -> client.onMessage(text.getBytes(UTF_8)));
    } else {
      socket.binaryMessageHandler(message -> client.onMessage(message.getBytes()));
    }
    socket.closeHandler(end -> client.closed.complete(socket.closeStatusCode()));
    socket.exceptionHandler(failure -> {});
    socket.resume();
    return client;
  }

  /** A socket that is paused, so that nothing is missed before there are handlers. */
  static Future<WebSocket> dial(
      Vertx vertx, int port, Optional<PemTrustOptions> trust, String path, String... subprotocols) {
    WebSocketClientOptions options = new WebSocketClientOptions()
        .setMaxFrameSize(MAX_BYTES)
        .setMaxMessageSize(MAX_BYTES)
        .setSsl(trust.isPresent());
    trust.ifPresent(options::setTrustOptions);
    WebSocketConnectOptions connect =
        new WebSocketConnectOptions().setHost("127.0.0.1").setPort(port).setURI(path);
    for (String subprotocol : subprotocols) {
      connect.addSubProtocol(subprotocol);
    }
    WebSocketClient client = vertx.createWebSocketClient(options);
    KEPT.add(client);
    return client.connect(connect).onSuccess(WebSocket::pause);
  }

  private void onMessage(byte[] message) {
    try {
      lastReceivedBytes = message.length;
      Frame frame = subprotocol.codec().decode(message);
      assertDocumented(frame, message);
      received.add(frame);
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  void send(Frame frame) {
    byte[] message = subprotocol.codec().encode(frame);
    assertDocumented(frame, message);
    sendBytes(message);
  }

  /** Whatever passes here as JSON is as the AsyncAPI document says. */
  private void assertDocumented(Frame frame, byte[] message) {
    if (subprotocol.isText()) {
      FieldDescriptor type =
          Frame.getDescriptor().findFieldByNumber(frame.getBodyCase().getNumber());
      AsyncApi.assertFrame(type.getJsonName(), new String(message, UTF_8));
    }
  }

  void sendBytes(byte[] bytes) {
    Waiting.await(write(bytes));
  }

  Future<Void> write(byte[] bytes) {
    return subprotocol.isText()
        ? socket.writeFinalTextFrame(new String(bytes, UTF_8))
        : socket.writeFinalBinaryFrame(Buffer.buffer(bytes));
  }

  Frame next() {
    try {
      Frame frame = received.poll(Waiting.SECONDS, TimeUnit.SECONDS);
      assertThat(frame).as("a frame in time").isNotNull();
      return frame;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Of the message that came last. */
  int lastReceivedBytes() {
    return lastReceivedBytes;
  }

  boolean hasNothing() {
    return received.isEmpty();
  }

  int closeCode() {
    try {
      return closed.get(Waiting.SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("the gateway did not close in time", e);
    }
  }

  Welcome enter(SpaceId space) {
    send(TestDevice.frame(device.hello(space)));
    Challenge challenge = next().getChallenge();
    send(TestDevice.frame(device.prove(space, challenge)));
    Frame welcome = next();
    assertThat(welcome.getBodyCase()).isEqualTo(Frame.BodyCase.WELCOME);
    assertThat(isSigned(welcome.getWelcome(), space, challenge)).isTrue();
    return welcome.getWelcome();
  }

  private static boolean isSigned(Welcome welcome, SpaceId space, Challenge challenge) {
    try {
      return WelcomeStatement.check(TestDevice.handshake(space, challenge), welcome)
          .isPresent();
    } catch (FormatException e) {
      throw new AssertionError("a gateway is to say what is malformed", e);
    }
  }

  void put(long request, PutFile... files) {
    send(TestDevice.frame(TestDevice.put(request, files)));
  }

  void subscribe(long after, int credit) {
    send(Frame.newBuilder()
        .setSubscribe(Subscribe.newBuilder().setAfterSequence(after).setCreditBytes(credit))
        .build());
  }

  void credit(int bytes) {
    send(Frame.newBuilder().setCredit(Credit.newBuilder().setBytes(bytes)).build());
  }

  void fetch(long request, long after) {
    send(Frame.newBuilder()
        .setFetch(Fetch.newBuilder().setRequest(request).setAfterSequence(after))
        .build());
  }

  void assertClosedWith(ProblemCode problem, int closeCode) {
    assertThat(next().getProblem().getCode()).isEqualTo(problem);
    assertThat(closeCode()).isEqualTo(closeCode);
  }
}
