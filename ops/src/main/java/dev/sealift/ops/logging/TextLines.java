package dev.sealift.ops.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** A line for people: time of day, level, verticle, request if there is one, message; what was thrown below it. */
final class TextLines extends EncoderBase<ILoggingEvent> {
  private static final byte[] NOTHING = new byte[0];

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

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
    StringBuilder line = new StringBuilder()
        .append(TIME.format(Instant.ofEpochMilli(event.getTimeStamp())))
        .append(" %-5s ".formatted(event.getLevel()))
        .append(LogContext.verticle(event.getLoggerName()));
    LogContext.request(event).ifPresent(id -> line.append(' ').append(id));
    line.append(": ").append(event.getFormattedMessage()).append('\n');
    if (event.getThrowableProxy() != null) {
      line.append(Trace.of(event.getThrowableProxy())).append('\n');
    }
    return line.toString().getBytes(StandardCharsets.UTF_8);
  }
}
