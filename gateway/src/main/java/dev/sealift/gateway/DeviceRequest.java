package dev.sealift.gateway;

import dev.sealift.protocol.mesh.RequestId;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.spi.tracing.SpanKind;
import io.vertx.core.spi.tracing.TagExtractor;
import io.vertx.core.spi.tracing.VertxTracer;
import io.vertx.core.tracing.TracingPolicy;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one frame of a device has the mesh asked: an id for the logs of all verticles, and a span around all its questions where a
 * tracer is installed. The span has the request's id and its first question's kind, and nothing else. On the event loop only.
 *
 * <p>Vert.x's tracing interface is for those who write servers and so among its internals; without it the questions of one request
 * would be traces of their own.
 */
final class DeviceRequest {
  private static final TagExtractor<String> ID_TAG = new TagExtractor<>() {
    @Override
    public int len(String id) {
      return 1;
    }

    @Override
    public String name(String id, int index) {
      return RequestId.HEADER;
    }

    @Override
    public String value(String id, int index) {
      return id;
    }
  };

  private final String id = RequestId.next();
  private final @Nullable RequestKind kind;
  private final long startedAt = System.nanoTime();
  private final @Nullable ContextInternal context;
  private final @Nullable Object span;
  private int questions;
  private boolean hasItsAnswer;

  private DeviceRequest() {
    this.kind = null;
    this.context = null;
    this.span = null;
  }

  private DeviceRequest(RequestKind kind, @Nullable ContextInternal context) {
    this.kind = kind;
    this.context = context;
    this.span = context == null
        ? null
        : tracer(context)
            .receiveRequest(
                context, SpanKind.RPC, TracingPolicy.ALWAYS, id, kind.tag(), List.of(), ID_TAG);
  }

  static DeviceRequest of(RequestKind kind) {
    ContextInternal current = ContextInternal.current();
    boolean traced = current != null && current.tracer() != null;
    return new DeviceRequest(kind, traced ? current.unwrap().duplicate() : null);
  }

  /** The gateway's own question: no device's request, and never traced. */
  static DeviceRequest ofNobody() {
    return new DeviceRequest();
  }

  String id() {
    return id;
  }

  /** One more question is under way. */
  void asked() {
    questions++;
    hasItsAnswer = false;
  }

  /** The answer to one is being given to the device: the last one, unless it has more asked. */
  void answering() {
    hasItsAnswer = questions == 1;
  }

  /** One is not any more; returns whether none is. */
  boolean answered() {
    questions--;
    return questions == 0;
  }

  /** Asks as a part of this request. */
  <T> Future<T> run(Supplier<Future<T>> question) {
    if (context == null) {
      return question.get();
    }
    ContextInternal before = context.beginDispatch();
    try {
      return question.get();
    } finally {
      context.endDispatch(before);
    }
  }

  /** Nothing more is asked, and the device has its answer. */
  void end(GatewayMetrics metrics) {
    if (kind != null) {
      metrics.served(kind, System.nanoTime() - startedAt);
    }
    endSpan();
  }

  /**
   * The connection has ended: before the device had its answer, or by that answer. What the mesh was asked by then goes on.
   */
  void abandon(GatewayMetrics metrics) {
    if (hasItsAnswer) {
      end(metrics);
      return;
    }
    if (kind != null) {
      metrics.unserved(kind);
    }
    endSpan();
  }

  private void endSpan() {
    if (context != null && span != null) {
      tracer(context).sendResponse(context, id, span, null, TagExtractor.empty());
    }
  }

  @SuppressWarnings("unchecked") // what a span is, only the tracer knows
  private static VertxTracer<Object, Object> tracer(ContextInternal context) {
    return (VertxTracer<Object, Object>) context.tracer();
  }
}
