package dev.sealift.client.sync;

import java.util.concurrent.TimeUnit;

/**
 * When a mesh that says nothing is asked for a sign of life, and when it is given up: a gateway that was stopped, or that a router
 * forgot, keeps its sockets open. Whoever is owed an answer waits for seconds, and longer for what it still has to send over a slow link; who is owed
 * nothing, for a third of a minute, because each question wakes a radio.
 *
 * <p>Where the link is slower than that, the connections that it costs make each next one more patient, until one gets somewhere; up to
 * a bound, beyond which a gateway has given the device up too. Time is a parameter, in nanoseconds that only rise.
 */
final class Patience {
  /** A round trip over the slowest usual link, after which the mesh is asked; and another for its sign of life. */
  private static final long FIRST_OWED_MILLIS = 3_000;

  /** With nothing owed. */
  private static final long IDLE_MILLIS = 20_000;

  /** Before asking, and as long again after it. Then a gateway has heard nothing for longer than it waits. */
  private static final long LONGEST_MILLIS = 75_000;

  /** What lies in the socket, or in a router on the way, leaves at least so fast; a sign of life is behind it. */
  private static final long SLOWEST_BYTES_PER_SECOND = 16 << 10;

  private static final long NEVER = Long.MIN_VALUE;

  private final long firstOwedMillis;
  private final long idleMillis;
  private long owedMillis;
  private long heardNanos;
  private long owedSinceNanos = NEVER;
  private long askedNanos = NEVER;
  private long spanNanos;

  Patience() {
    this(FIRST_OWED_MILLIS, IDLE_MILLIS);
  }

  Patience(long firstOwedMillis, long idleMillis) {
    this.firstOwedMillis = firstOwedMillis;
    this.idleMillis = idleMillis;
    this.owedMillis = firstOwedMillis;
  }

  /** A connection was made just now. */
  void begin(long nowNanos) {
    heardNanos = nowNanos;
    owedSinceNanos = NEVER;
    askedNanos = NEVER;
    spanNanos = nanos(idleMillis);
  }

  /**
   * How it stands now.
   *
   * @param lastHeardNanos when the mesh last said anything
   * @param owesAnswer whether it was asked something that it has not answered
   * @param unansweredBytes of what was sent and has no answer
   */
  void look(long nowNanos, long lastHeardNanos, boolean owesAnswer, long unansweredBytes) {
    heardNanos = Math.max(heardNanos, lastHeardNanos);
    if (!owesAnswer) {
      owedSinceNanos = NEVER;
    } else if (owedSinceNanos == NEVER) {
      owedSinceNanos = nowNanos;
    }
    if (askedNanos != NEVER && heardNanos - askedNanos >= 0) {
      askedNanos = NEVER;
    }
    spanNanos = nanos(
        owesAnswer
            ? Math.min(
                LONGEST_MILLIS, owedMillis + unansweredBytes * 1_000 / SLOWEST_BYTES_PER_SECOND)
            : idleMillis);
  }

  /** Whether it is time to ask for a sign of life. */
  boolean asks(long nowNanos) {
    return askedNanos == NEVER && nowNanos - (silentSince() + spanNanos) >= 0;
  }

  void asked(long nowNanos) {
    askedNanos = nowNanos;
  }

  /** Whether the mesh was asked, and there was no answer in time. */
  boolean isOver(long nowNanos) {
    return askedNanos != NEVER && nowNanos - (askedNanos + spanNanos) >= 0;
  }

  /** How long until one of the two is so, if nothing happens; at least 1. */
  long untilMillis(long nowNanos) {
    long dueNanos = (askedNanos == NEVER ? silentSince() : askedNanos) + spanNanos;
    return Math.max(1, 1 + TimeUnit.NANOSECONDS.toMillis(dueNanos - nowNanos));
  }

  /** A connection was given up for its silence. */
  void lost() {
    owedMillis = Math.min(LONGEST_MILLIS, owedMillis * 2);
  }

  /** A connection brought or took something. */
  void reset() {
    owedMillis = firstOwedMillis;
  }

  /** What is owed since now was not due before. */
  private long silentSince() {
    return owedSinceNanos == NEVER ? heardNanos : Math.max(heardNanos, owedSinceNanos);
  }

  private static long nanos(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
