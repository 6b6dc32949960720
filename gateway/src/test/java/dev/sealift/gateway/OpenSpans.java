package dev.sealift.gateway;

import io.vertx.core.Context;
import io.vertx.core.spi.tracing.SpanKind;
import io.vertx.core.spi.tracing.TagExtractor;
import io.vertx.core.spi.tracing.VertxTracer;
import io.vertx.core.tracing.TracingPolicy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/** A tracer that knows which spans of devices' requests and of the gateway's questions have not ended. */
final class OpenSpans implements VertxTracer<OpenSpans.Span, OpenSpans.Span> {
  private final List<Span> open = new CopyOnWriteArrayList<>();
  private volatile boolean endedTwice;

  /** One of a kind, also where another has the same name. */
  static final class Span {
    private final String name;

    Span(String name) {
      this.name = name;
    }
  }

  List<String> open() {
    return open.stream().map(span -> span.name).toList();
  }

  boolean endedTwice() {
    return endedTwice;
  }

  private Span begin(String name) {
    Span span = new Span(name);
    open.add(span);
    return span;
  }

  private void end(Span span) {
    endedTwice |= span != null && !open.remove(span);
  }

  @Override
  public <R> Span receiveRequest(
      Context context,
      SpanKind kind,
      TracingPolicy policy,
      R request,
      String operation,
      Iterable<Map.Entry<String, String>> headers,
      TagExtractor<R> tags) {
    // What a consumer on the event bus receives is not the gateway's.
    return policy == TracingPolicy.ALWAYS ? begin(operation) : null;
  }

  @Override
  public <R> void sendResponse(
      Context context, R response, Span span, Throwable failure, TagExtractor<R> tags) {
    end(span);
  }

  @Override
  public <R> Span sendRequest(
      Context context,
      SpanKind kind,
      TracingPolicy policy,
      R request,
      String operation,
      BiConsumer<String, String> headers,
      TagExtractor<R> tags) {
    return kind == SpanKind.RPC ? begin("question") : null;
  }

  @Override
  public <R> void receiveResponse(
      Context context, R response, Span span, Throwable failure, TagExtractor<R> tags) {
    end(span);
  }
}
