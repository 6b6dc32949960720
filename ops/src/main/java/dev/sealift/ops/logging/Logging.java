package dev.sealift.ops.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
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

  private static final String OURS = "dev.sealift";

  private Logging() {}

  /**
   * Logs from this level on, for the time that this process runs. What is below INFO is ours alone: libraries' details are the
   * addresses of peers and the bytes of frames, which no log may hold.
   */
  public static void start(Level level, boolean json) {
    start((LoggerContext) LoggerFactory.getILoggerFactory(), level, json);
  }

  static void start(LoggerContext context, Level level, boolean json) {
    context.reset();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    Encoder<ILoggingEvent> encoder = json ? new JsonLines() : new TextLines();
    encoder.setContext(context);
    encoder.start();
    appender.setEncoder(encoder);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(level.isGreaterOrEqual(Level.INFO) ? level : Level.INFO);
    context.getLogger(OURS).setLevel(level);
    root.addAppender(appender);
    if (level.isGreaterOrEqual(Level.INFO)) {
      Level least = level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN;
      CHATTY.forEach(name -> context.getLogger(name).setLevel(least));
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
}
