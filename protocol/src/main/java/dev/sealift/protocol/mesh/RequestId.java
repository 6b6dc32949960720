package dev.sealift.protocol.mesh;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Ties together what one request sets off in several verticles: 16 hexadecimal digits, drawn at random where the request begins,
 * sent on as a header of every message that the request leads to, and named by every log line about it. It says nothing of who
 * asked: no two requests of one device have anything in common.
 */
public final class RequestId {
  /** The header of the event bus that carries it. */
  public static final String HEADER = "sealift-request";

  /** Its name in the log's context, and in a structured log line. */
  public static final String LOG_KEY = "request";

  /** What stands in a log line for an id that was not sent, or was none. */
  public static final String UNKNOWN = "-";

  private static final int DIGITS = 2 * Long.BYTES;

  private RequestId() {}

  /** A new one. */
  public static String next() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  /** What a header says, if it can be an id: anything else must not get into a log. */
  public static String parse(@Nullable String header) {
    boolean valid =
        header != null && header.length() == DIGITS && header.chars().allMatch(RequestId::isDigit);
    return valid ? header : UNKNOWN;
  }

  private static boolean isDigit(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  }
}
