package dev.sealift.ops.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.read.ListAppender;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.mesh.RequestId;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LinesTest {
  private static final String ID = "0123456789abcdef";

  private final LoggerContext context = new LoggerContext();
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();

  LinesTest() {
    context.setMDCAdapter(new LogbackMDCAdapter());
    events.setContext(context);
    events.start();
  }

  @Test
  void aJsonLineSaysWhenWhoWhatAndForWhichRequest() {
    logger("dev.sealift.merge.Engine")
        .atWarn()
        .addKeyValue(RequestId.LOG_KEY, ID)
        .log("a \"quoted\"\nmessage with {}", 7);

    String text = encoded(new JsonLines());
    JsonObject line = new JsonObject(text);

    assertThat(text).endsWith("\n");
    assertThat(text.strip()).doesNotContain("\n");
    assertThat(Instant.parse(line.getString("time"))).isBeforeOrEqualTo(Instant.now());
    assertThat(line.getString("level")).isEqualTo("WARN");
    assertThat(line.getString("verticle")).isEqualTo("merge-engine");
    assertThat(line.getString("logger")).isEqualTo("dev.sealift.merge.Engine");
    assertThat(line.getString("message")).isEqualTo("a \"quoted\"\nmessage with 7");
    assertThat(line.getString("request")).isEqualTo(ID);
    assertThat(line.containsKey("error")).isFalse();
  }

  @Test
  void whatIsNoVerticlesIsTheProcesss() {
    logger("io.vertx.core.impl.Something").warn("late");

    assertThat(new JsonObject(encoded(new JsonLines())).getString("verticle")).isEqualTo("process");
  }

  @Test
  void messagesOfOtherPeoplesExceptionsAreLeftOut() {
    Exception theirs = new IOException("Connection reset by /192.0.2.7:4711");
    logger("dev.sealift.gateway.Connection")
        .error("failed", new IllegalStateException("row 00ff00ff", theirs));

    for (String text : new String[] {encoded(new JsonLines()), encoded(new TextLines())}) {
      assertThat(text)
          .contains("java.lang.IllegalStateException", "caused by java.io.IOException", "LinesTest")
          .doesNotContain("192.0.2.7", "4711", "00ff00ff");
    }
  }

  @Test
  void messagesOfOurOwnExceptionsStay() {
    logger("dev.sealift.storage.Store")
        .error("failed", new FormatException("a header is too long"));

    assertThat(encoded(new TextLines()))
        .contains("storage-adapter: failed", "FormatException: a header is too long");
  }

  @Test
  void aTraceThatRunsInACircleEnds() {
    Exception first = new IllegalStateException();
    Exception second = new IllegalStateException(first);
    first.initCause(second);
    logger("dev.sealift.ops.Main").error("failed", first);

    assertThat(encoded(new JsonLines()).length()).isLessThan(64_000);
  }

  @Test
  void belowInfoOnlyOurOwnLoggersSpeak() {
    Logging.start(context, Level.TRACE, true);

    assertThat(context.getLogger("dev.sealift.gateway.Mesh").isTraceEnabled()).isTrue();
    assertThat(context.getLogger("io.netty.handler.codec.http").isDebugEnabled())
        .isFalse();
    assertThat(context.getLogger("io.vertx.core").isDebugEnabled()).isFalse();
    context.stop();
  }

  private Logger logger(String name) {
    Logger logger = context.getLogger(name);
    logger.addAppender(events);
    return logger;
  }

  private String encoded(Encoder<ILoggingEvent> encoder) {
    return new String(encoder.encode(events.list.get(0)), StandardCharsets.UTF_8);
  }
}
