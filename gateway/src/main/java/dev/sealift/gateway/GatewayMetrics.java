package dev.sealift.gateway;

import dev.sealift.gateway.codec.Subprotocol;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.PutResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the gateway counts: by kind, direction and code only. Never by space, device or address, which would tell of people
 * and grow without bound.
 */
final class GatewayMetrics {
  private static final String PREFIX = "sealift.gateway.";

  private final MeterRegistry registry;
  private final Map<Frame.BodyCase, Counter> framesIn;
  private final Map<Frame.BodyCase, Counter> framesOut;
  private final Counter bytesIn;
  private final Counter bytesOut;

  GatewayMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.framesIn = framesByType("in");
    this.framesOut = framesByType("out");
    this.bytesIn = registry.counter(PREFIX + "bytes", "direction", "in");
    this.bytesOut = registry.counter(PREFIX + "bytes", "direction", "out");
  }

  private Map<Frame.BodyCase, Counter> framesByType(String direction) {
    Map<Frame.BodyCase, Counter> counters = new EnumMap<>(Frame.BodyCase.class);
    for (Frame.BodyCase type : Frame.BodyCase.values()) {
      counters.put(
          type, registry.counter(PREFIX + "frames", "direction", direction, "type", name(type)));
    }
    return counters;
  }

  void gauge(String name, Supplier<Number> value) {
    Gauge.builder(PREFIX + name, value).register(registry);
  }

  void received(Frame.BodyCase type, int bytes) {
    counter(framesIn, type).increment();
    bytesIn.increment(bytes);
  }

  void sent(Frame frame, int bytes) {
    counter(framesOut, frame.getBodyCase()).increment();
    bytesOut.increment(bytes);
    if (frame.hasProblem()) {
      problem(frame.getProblem().getCode());
    } else if (frame.hasPutResult()) {
      refusals(frame.getPutResult());
    }
  }

  private static Counter counter(Map<Frame.BodyCase, Counter> counters, Frame.BodyCase type) {
    Counter counter = counters.get(type);
    if (counter == null) {
      throw new IllegalStateException("every frame type has a counter");
    }
    return counter;
  }

  private void problem(ProblemCode code) {
    registry.counter(PREFIX + "problems", "code", name(code)).increment();
  }

  private void refusals(PutResult result) {
    for (Outcome outcome : result.getOutcomesList()) {
      if (outcome.hasRefusal()) {
        String code = name(outcome.getRefusal().getCode());
        registry.counter(PREFIX + "refusals", "code", code).increment();
      }
    }
  }

  /** A WebSocket that became a session. */
  void entered(Subprotocol subprotocol) {
    registry
        .counter(PREFIX + "connections.entered", "subprotocol", name(subprotocol))
        .increment();
  }

  /** A connection that was turned away before it became a session. */
  void turnedAway(String reason) {
    registry.counter(PREFIX + "turned.away", "reason", reason).increment();
  }

  /** What came was no WebSocket frame, or one beyond all limits. */
  void brokenSocket() {
    registry.counter(PREFIX + "sockets.broken").increment();
  }

  /** A device that took neither our last words nor the close. */
  void socketCut() {
    registry.counter(PREFIX + "sockets.cut").increment();
  }

  /** A session that ended through a fault of ours. */
  void bug() {
    registry.counter(PREFIX + "bugs").increment();
  }

  void positionsDropped() {
    registry.counter(PREFIX + "positions.dropped").increment();
  }

  void tlsReload(boolean done) {
    registry
        .counter(PREFIX + "tls.reloads", "outcome", done ? "done" : "failed")
        .increment();
  }

  /** A question to another verticle. */
  void asked(String call, String outcome, long nanos) {
    registry
        .timer(PREFIX + "mesh", "call", call, "outcome", outcome.toLowerCase(Locale.ROOT))
        .record(Duration.ofNanos(nanos));
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
