package dev.sealift.ops.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import dev.sealift.protocol.mesh.RequestId;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * One JSON object a line: {@code time} (RFC 3339, UTC), {@code level}, {@code verticle}, {@code logger}, {@code thread},
 * {@code message}, and where there is one {@code request} and {@code error} (see {@link Trace}).
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {
  private static final byte[] NOTHING = new byte[0];

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    JsonObject line = new JsonObject()
        .put("time", time(event).toString())
        .put("level", event.getLevel().toString())
        .put("verticle", LogContext.verticle(event.getLoggerName()))
        .put("logger", event.getLoggerName())
        .put("thread", event.getThreadName())
        .put("message", event.getFormattedMessage());
    LogContext.request(event).ifPresent(id -> line.put(RequestId.LOG_KEY, id));
    if (event.getThrowableProxy() != null) {
      line.put("error", Trace.of(event.getThrowableProxy()));
    }
    return (line.encode() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static Instant time(ILoggingEvent event) {
    Instant exact = event.getInstant();
    return exact == null ? Instant.ofEpochMilli(event.getTimeStamp()) : exact;
  }
}
