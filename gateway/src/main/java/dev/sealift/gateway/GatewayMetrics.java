package dev.sealift.gateway;

import dev.sealift.gateway.codec.Subprotocol;
import dev.sealift.gateway.session.MeshTrouble;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.PutResult;
import dev.sealift.protocol.proto.RefusalCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the gateway counts: by kind, direction and code only. Never by space, device or address, which would tell of people
 * and grow without bound. Every meter is there from the start, so that rates and alerts see the first of a kind, and counting is an
 * addition.
 */
final class GatewayMetrics {
  private static final String PREFIX = "sealift.gateway.";

  private final MeterRegistry registry;
  private final Map<Frame.BodyCase, Counter> framesIn;
  private final Map<Frame.BodyCase, Counter> framesOut;
  private final Counter bytesIn;
  private final Counter bytesOut;
  private final Map<ProblemCode, Counter> problems;
  private final Map<RefusalCode, Counter> refusals;
  private final Map<Subprotocol, Counter> entered;
  private final Map<TurnedAway, Counter> turnedAway;
  private final Map<Call, Timer> calls;
  private final Map<MeshTrouble, Counter> troubles;
  private final Map<RequestKind, Timer> requests;
  private final Map<RequestKind, Counter> unserved;
  private final Counter brokenSockets;
  private final Counter cutSockets;
  private final Counter bugs;
  private final Counter droppedPositions;
  private final Counter missedNews;
  private final Counter tlsReloadsDone;
  private final Counter tlsReloadsFailed;
  private final Timer lag;

  GatewayMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.framesIn = framesByType("in");
    this.framesOut = framesByType("out");
    this.bytesIn = counter("bytes", "direction", "in");
    this.bytesOut = counter("bytes", "direction", "out");
    this.problems = each(
        ProblemCode.class, code -> counter("problems", "code", tag("PROBLEM_CODE_", code.name())));
    this.refusals = each(
        RefusalCode.class, code -> counter("refusals", "code", tag("REFUSAL_CODE_", code.name())));
    this.entered = each(
        Subprotocol.class, s -> counter("connections.entered", "subprotocol", tag("", s.name())));
    this.turnedAway =
        each(TurnedAway.class, why -> counter("turned.away", "reason", tag("", why.name())));
    this.calls = each(Call.class, call -> timer("mesh", "call", call.tag()));
    this.troubles =
        each(MeshTrouble.class, t -> counter("mesh.failures", "trouble", tag("", t.name())));
    this.requests = each(RequestKind.class, kind -> timer("request", "kind", kind.tag()));
    this.unserved =
        each(RequestKind.class, kind -> counter("requests.unserved", "kind", kind.tag()));
    this.brokenSockets = counter("sockets.broken");
    this.cutSockets = counter("sockets.cut");
    this.bugs = counter("bugs");
    this.droppedPositions = counter("positions.dropped");
    this.missedNews = counter("news.missed");
    this.tlsReloadsDone = counter("tls.reloads", "outcome", "done");
    this.tlsReloadsFailed = counter("tls.reloads", "outcome", "failed");
    this.lag = registry.timer("sealift.loop.lag", "verticle", "gateway");
  }

  /** Why a connection did not become a session. */
  enum TurnedAway {
    /** No upgrade to a WebSocket was asked for. */
    PLAIN,
    SUBPROTOCOL,
    FULL,
    STRANGERS
  }

  private Counter counter(String name, String... tags) {
    return registry.counter(PREFIX + name, tags);
  }

  private Timer timer(String name, String... tags) {
    return registry.timer(PREFIX + name, tags);
  }

  private static <E extends Enum<E>, M> Map<E, M> each(Class<E> type, Function<E, M> meter) {
    Map<E, M> meters = new EnumMap<>(type);
    for (E value : type.getEnumConstants()) {
      meters.put(value, meter.apply(value));
    }
    return meters;
  }

  private static <E extends Enum<E>, M> M of(Map<E, M> meters, E value) {
    M meter = meters.get(value);
    if (meter == null) {
      throw new IllegalStateException("every value has a meter");
    }
    return meter;
  }

  private Map<Frame.BodyCase, Counter> framesByType(String direction) {
    return each(
        Frame.BodyCase.class,
        type -> counter("frames", "direction", direction, "type", tag("", type.name())));
  }

  void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(PREFIX + name, value).description(description).register(registry);
  }

  void received(Frame.BodyCase type, int bytes) {
    of(framesIn, type).increment();
    bytesIn.increment(bytes);
  }

  void sent(Frame frame, int bytes) {
    of(framesOut, frame.getBodyCase()).increment();
    bytesOut.increment(bytes);
    if (frame.hasProblem()) {
      of(problems, frame.getProblem().getCode()).increment();
    } else if (frame.hasPutResult()) {
      refusals(frame.getPutResult());
    }
  }

  private void refusals(PutResult result) {
    for (Outcome outcome : result.getOutcomesList()) {
      if (outcome.hasRefusal()) {
        of(refusals, outcome.getRefusal().getCode()).increment();
      }
    }
  }

  /** Something that engines published may not have come. */
  void newsMissed() {
    missedNews.increment();
  }

  /** A WebSocket that became a session. */
  void entered(Subprotocol subprotocol) {
    of(entered, subprotocol).increment();
  }

  /** A connection that was turned away before it became a session. */
  void turnedAway(TurnedAway reason) {
    of(turnedAway, reason).increment();
  }

  /** What came was no WebSocket frame, or one beyond all limits. */
  void brokenSocket() {
    brokenSockets.increment();
  }

  /** A device that took neither our last words nor the close. */
  void socketCut() {
    cutSockets.increment();
  }

  /** A session that ended through a fault of ours. */
  void bug() {
    bugs.increment();
  }

  void positionsDropped() {
    droppedPositions.increment();
  }

  void tlsReload(boolean done) {
    (done ? tlsReloadsDone : tlsReloadsFailed).increment();
  }

  /** A question to another verticle, and why it has no answer. */
  void asked(Call call, Optional<MeshTrouble> trouble, long nanos) {
    of(calls, call).record(nanos, TimeUnit.NANOSECONDS);
    trouble.ifPresent(why -> of(troubles, why).increment());
  }

  /** What a device asked for, from its first question to the mesh to the last answer. */
  void served(RequestKind kind, long nanos) {
    of(requests, kind).record(nanos, TimeUnit.NANOSECONDS);
  }

  /** What a device asked for and did not stay to hear. */
  void unserved(RequestKind kind) {
    of(unserved, kind).increment();
  }

  /** The event loop came late to a timer. */
  void late(long nanos) {
    lag.record(nanos, TimeUnit.NANOSECONDS);
  }

  private static String tag(String prefix, String name) {
    return name.substring(name.startsWith(prefix) ? prefix.length() : 0).toLowerCase(Locale.ROOT);
  }
}
