package dev.sealift.ops.tracing;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

/** Takes spans as a collector does, and reads of OTLP's messages what the tests look at, by field number. */
final class SpanCollector implements AutoCloseable {
  private static final int RESOURCE_SPANS = 1;
  private static final int SCOPE_SPANS = 2;
  private static final int SPANS = 2;

  private final HttpServer server;
  private final List<Span> spans = new CopyOnWriteArrayList<>();

  record Span(
      String trace, String id, String parent, String name, Map<String, String> attributes) {}

  SpanCollector() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  List<Span> spans() {
    return List.copyOf(spans);
  }

  private void take(HttpExchange exchange) throws IOException {
    boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    try (InputStream body =
        zipped ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody()) {
      read(ByteString.readFrom(body));
    }
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  private void read(ByteString request) throws IOException {
    for (ByteString resource : messages(request, RESOURCE_SPANS)) {
      for (ByteString scope : messages(resource, SCOPE_SPANS)) {
        for (ByteString span : messages(scope, SPANS)) {
          spans.add(span(span));
        }
      }
    }
  }

  private static Span span(ByteString span) throws IOException {
    Map<String, String> attributes = new TreeMap<>();
    for (ByteString attribute : messages(span, 9)) {
      attributes.put(text(attribute, 1), text(messages(attribute, 2).get(0), 1));
    }
    return new Span(hex(span, 1), hex(span, 2), hex(span, 4), text(span, 5), attributes);
  }

  private static List<ByteString> messages(ByteString message, int field) throws IOException {
    return UnknownFieldSet.parseFrom(message).getField(field).getLengthDelimitedList();
  }

  private static String hex(ByteString message, int field) throws IOException {
    List<ByteString> values = messages(message, field);
    return values.isEmpty() ? "" : HexFormat.of().formatHex(values.get(0).toByteArray());
  }

  private static String text(ByteString message, int field) throws IOException {
    List<ByteString> values = messages(message, field);
    return values.isEmpty() ? "" : values.get(0).toStringUtf8();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
