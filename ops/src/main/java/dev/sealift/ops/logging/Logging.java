package dev.sealift.ops.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Sets logging up in code: no XML to parse at each start. Log lines go to standard error. */
public final class Logging {
  /** Other people's libraries whose everyday chatter is of no use to an operator. */
  private static final List<String> CHATTY = List.of("com.hazelcast", "io.netty", "org.flywaydb");

  /**
   * Whose warnings are not either: Hazelcast's consensus subsystem, which is not used, and Micrometer on gauges that Vert.x
   * registers for each connection.
   */
  private static final List<String> ALARMIST = List.of("com.hazelcast.cp", "io.micrometer");

  private static final String PATTERN = "%d{HH:mm:ss.SSS} %-5level %logger{24} %msg%n";

  private Logging() {}

  /** Logs from this level on, for the time that this process runs. */
  public static void start(Level level, boolean json) {
    start((LoggerContext) LoggerFactory.getILoggerFactory(), level, json);
  }

  static void start(LoggerContext context, Level level, boolean json) {
    context.reset();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(json ? jsonEncoder(context) : textEncoder(context));
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(level);
    root.addAppender(appender);
    if (level.isGreaterOrEqual(Level.INFO)) {
      CHATTY.forEach(name -> context.getLogger(name).setLevel(Level.WARN));
      ALARMIST.forEach(name -> context.getLogger(name).setLevel(Level.ERROR));
    }
  }

  /**
   * Connections to other members belong to the worker pool of the verticle that opened them. Vert.x closes the pools first, so
   * each connection then complains, with a stack trace, that it cannot tell anybody that it was closed.
   */
  public static void expectNettyToComplain() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger("io.netty").setLevel(Level.ERROR);
  }

  private static Encoder<ILoggingEvent> textEncoder(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> jsonEncoder(LoggerContext context) {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }
}
