package dev.sealift.ops.logging;

import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import org.jspecify.annotations.Nullable;

/**
 * What was thrown, as lines: classes and frames, and the messages of our own exceptions. Those of other people's exceptions are left
 * out, because they quote what they choked on: the address of a peer, the key of a row.
 */
final class Trace {
  /** More of one exception says where the thread came from, not what went wrong. */
  private static final int MAX_FRAMES = 24;

  /** Causes of causes; a chain that runs in a circle ends here too. */
  private static final int MAX_CAUSES = 6;

  private static final String OURS = "dev.sealift.";

  private Trace() {}

  static String of(IThrowableProxy thrown) {
    StringBuilder text = new StringBuilder();
    @Nullable IThrowableProxy cause = thrown;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      if (depth > 0) {
        text.append("\ncaused by ");
      }
      append(text, cause);
      cause = cause.getCause();
    }
    return text.toString();
  }

  private static void append(StringBuilder text, IThrowableProxy thrown) {
    text.append(thrown.getClassName());
    if (thrown.getClassName().startsWith(OURS) && thrown.getMessage() != null) {
      text.append(": ").append(thrown.getMessage());
    }
    StackTraceElementProxy[] frames = thrown.getStackTraceElementProxyArray();
    for (int i = 0; i < Math.min(frames.length, MAX_FRAMES); i++) {
      text.append("\n  ").append(frames[i].getSTEAsString());
    }
  }
}
