package dev.sealift.gateway;

import dev.sealift.gateway.codec.Subprotocol;
import dev.sealift.gateway.session.CloseCode;
import dev.sealift.gateway.session.Effect;
import dev.sealift.gateway.session.FreshFiles;
import dev.sealift.gateway.session.GatewaySession;
import dev.sealift.gateway.session.SpaceHead;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.AuthorizeRequest;
import dev.sealift.protocol.mesh.proto.PresentDevice;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Offer;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.http.WebSocketFrameType;
import io.vertx.core.internal.http.WebSocketInternal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Binds one WebSocket to its session: hands in what comes, does what the session says. All on the verticle's event loop.
 */
final class Connection {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
  private static final Buffer EMPTY = Buffer.buffer();

  private final GatewaySession session;
  private final Subprotocol subprotocol;
  private final ServerWebSocket socket;
  private final Switchboard board;
  private @Nullable SpaceId followed;
  private Effect.@Nullable Entered entered;
  private @Nullable DeviceRequests requests; // none while nothing is asked: idle devices are many
  private boolean counted;
  private boolean released;

  Connection(
      GatewaySession session, Subprotocol subprotocol, ServerWebSocket socket, Switchboard board) {
    this.session = session;
    this.subprotocol = subprotocol;
    this.socket = socket;
    this.board = board;
  }

  void open() {
    socket.frameHandler(this::onFrame);
    socket.drainHandler(drained -> perform(session::socketDrained));
    socket.exceptionHandler(failure -> board.metrics().brokenSocket());
    socket.closeHandler(closed -> release());
  }

  void advanced(SpaceHead head, Optional<FreshFiles> fresh) {
    perform(() -> session.advanced(head, fresh));
  }

  /** What asks an engine about its device, once that is proved. */
  Optional<AuthorizeRequest> authorizeRequest() {
    return session.authorizeRequest();
  }

  void recheckSoon() {
    session.recheckSoon();
  }

  /** Its device, if it can be offered something to compact. */
  Optional<PresentDevice> present() {
    return session.present();
  }

  void offer(Offer offer) {
    perform(() -> session.offer(offer));
  }

  void tick(long now) {
    perform(() -> session.tick(now));
  }

  void goAway(long retryAfterMillis) {
    perform(() -> session.goAway(retryAfterMillis));
  }

  /** Its device has come again, often enough. */
  void supersede() {
    perform(session::superseded);
  }

  /** Without waiting for anything that is under way. */
  void cutOff() {
    close(CloseCode.GOING_AWAY, Optional.empty());
  }

  private void onFrame(WebSocketFrame frame) {
    long now = board.now();
    if (isMessage(frame)) {
      onMessage(frame.binaryData().getBytes(), now);
    } else if (frame.isPing() || frame.type() == WebSocketFrameType.PONG) {
      perform(() -> session.receiveControl(now));
      watchQueue(); // the socket answers pings by itself, even to those who read nothing
    } else if (!frame.isClose()) {
      board.metrics().received(Frame.BodyCase.BODY_NOT_SET, frame.binaryData().length());
      perform(() -> session.receiveForeign(now));
    }
  }

  /** Whole, and of the kind that the subprotocol uses. */
  private boolean isMessage(WebSocketFrame frame) {
    return frame.isFinal() && (subprotocol.isText() ? frame.isText() : frame.isBinary());
  }

  private void onMessage(byte[] message, long now) {
    board.metrics().received(subprotocol.codec().typeOf(message), message.length);
    perform(() -> session.receive(message, now));
  }

  private void perform(Supplier<List<Effect>> step) {
    try {
      for (Effect effect : step.get()) {
        perform(effect);
      }
      countAtHome();
    } catch (RuntimeException bug) {
      board.metrics().bug();
      LOG.error("A session was ended by a fault of the gateway", bug);
      close(CloseCode.INTERNAL_ERROR, Optional.empty());
    }
  }

  private void perform(Effect effect) {
    if (effect instanceof Effect.Send send) {
      send(send.frame());
    } else if (effect instanceof Effect.Ask ask) {
      ask(ask);
    } else if (effect instanceof Effect.PauseReading) {
      socket.pause();
    } else if (effect instanceof Effect.ResumeReading) {
      socket.resume();
    } else if (effect instanceof Effect.Follow follow) {
      followed = follow.space();
      board.followers().add(follow.space(), this);
    } else if (effect instanceof Effect.Entered come) {
      entered = come;
      board
          .crowd()
          .enter(come.space(), come.device(), this, come.deviceConnections())
          .forEach(Connection::supersede);
    } else if (effect instanceof Effect.Learned learned) {
      board.followers().tell(learned.space(), learned.head(), learned.fresh());
    } else if (effect instanceof Effect.ReportPosition report) {
      board.positions().add(report.position());
    } else if (effect instanceof Effect.Paced paced) {
      board.paces().add(paced.space(), paced.taken());
    } else if (effect instanceof Effect.Ping) {
      socket.writePing(EMPTY);
    } else if (effect instanceof Effect.Close close) {
      close(close.code(), close.problem());
    }
  }

  private void send(Frame frame) {
    write(frame);
    watchQueue();
  }

  private void write(Frame frame) {
    byte[] message = subprotocol.codec().encode(frame);
    board.metrics().sent(frame, message.length);
    if (subprotocol.isText()) {
      socket.writeFinalTextFrame(new String(message, StandardCharsets.UTF_8));
    } else {
      socket.writeFinalBinaryFrame(Buffer.buffer(message));
    }
  }

  private void watchQueue() {
    if (!socket.isClosed() && socket.writeQueueFull()) {
      perform(() -> session.socketFull(board.now()));
    }
  }

  private void ask(Effect.Ask ask) {
    if (session.isClosed()) {
      return;
    }
    if (requests == null) {
      requests = new DeviceRequests(board.metrics());
    }
    DeviceRequest by = requests.asking(ask);
    if (ask.delayMillis() == 0) {
      askNow(ask, by);
    } else {
      board.after(ask.delayMillis(), () -> askNow(ask, by));
    }
  }

  private void askNow(Effect.Ask ask, DeviceRequest by) {
    if (session.isClosed()) {
      return;
    }
    Mesh mesh = board.mesh();
    if (ask instanceof Effect.Stage stage) {
      answer(ask, mesh.stage(by, stage.space(), stage.request()), session::staged);
    } else if (ask instanceof Effect.Admit admit) {
      answer(
          ask, mesh.admit(by, admit.space(), admit.stagedAt(), admit.request()), session::admitted);
    } else if (ask instanceof Effect.Read read) {
      answer(ask, mesh.read(by, read.request()), session::read);
    } else if (ask instanceof Effect.ReadOutline outline) {
      answer(ask, mesh.outline(by, outline.request()), session::outlined);
    } else if (ask instanceof Effect.ReadEntries entries) {
      answer(ask, mesh.entries(by, entries.request()), session::entriesRead);
    } else if (ask instanceof Effect.FindSteps steps) {
      answer(ask, mesh.compactions(by, steps.request()), session::stepsFound);
    } else if (ask instanceof Effect.ReadPositions positions) {
      answer(ask, mesh.signedPositions(by, positions.request()), session::positionsRead);
    } else if (ask instanceof Effect.Authorize authorize) {
      answer(
          ask,
          mesh.authorize(by, authorize.space(), authorize.request()),
          (ticket, reply) -> session.authorized(ticket, reply, ofOthers(authorize), board.now()));
    }
  }

  private long ofOthers(Effect.Authorize authorize) {
    return session
        .device()
        .map(device -> board.crowd().ofOthers(authorize.space(), device))
        .orElse(0L);
  }

  private <T> void answer(Effect.Ask ask, Future<T> reply, BiFunction<Long, T, List<Effect>> to) {
    board.asked();
    reply
        .onComplete(done -> answering(ask))
        .onSuccess(answer -> perform(() -> to.apply(ask.ticket(), answer)))
        .onFailure(failure -> perform(() -> session.failed(ask.ticket(), Mesh.troubleOf(failure))))
        .onComplete(done -> answered(ask));
  }

  private void answering(Effect.Ask ask) {
    if (requests != null) {
      requests.answering(ask);
    }
  }

  private void answered(Effect.Ask ask) {
    board.answered();
    if (requests != null && requests.answered(ask)) {
      requests = null;
    }
  }

  private void close(CloseCode code, Optional<Frame> problem) {
    if (!socket.isClosed()) {
      problem.ifPresent(this::write);
      socket.close(code.code(), code.name().toLowerCase(Locale.ROOT).replace('_', ' '));
      // A paused socket would never hear the peer's answer to this.
      socket.resume();
      board.after(board.closingMillis(), this::cut);
    }
    release();
  }

  /**
   * A peer that reads nothing keeps what was written last, and the close behind it, from ever being sent. The public
   * interface knows no other way out than to wait for it.
   */
  private void cut() {
    if (socket instanceof WebSocketInternal internal
        && internal.channelHandlerContext().channel().isActive()) {
      board.metrics().socketCut();
      internal.channelHandlerContext().close();
    }
  }

  private void countAtHome() {
    if (!counted && session.isAtHome()) {
      counted = true;
      board.door().atHome();
    }
  }

  private void release() {
    if (released) {
      return;
    }
    released = true;
    session.closed();
    if (requests != null) {
      requests.abandon();
      requests = null;
    }
    if (followed != null) {
      board.followers().remove(followed, this);
    }
    if (entered != null) {
      board.crowd().leave(entered.space(), entered.device(), this);
    }
    board.door().left(counted);
    board.left(this);
  }
}
