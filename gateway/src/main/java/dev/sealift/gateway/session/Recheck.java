package dev.sealift.gateway.session;

/**
 * Asks the engine about an open session again from time to time: the device may have been removed meanwhile, and the event of
 * a new head may have been lost. A question without an answer is not repeated; the next one is soon enough.
 */
final class Recheck {
  private static final long NONE = 0;

  private final SessionLimits limits;
  private long dueAt;
  private long ticket = NONE;

  Recheck(SessionLimits limits) {
    this.limits = limits;
  }

  void startAt(long now) {
    dueAt = now + limits.recheckMillis();
  }

  void startNow() {
    dueAt = Long.MIN_VALUE;
  }

  boolean isDue(long now) {
    return now >= dueAt;
  }

  Effect ask(Peer peer, long newTicket, long now) {
    startAt(now);
    ticket = newTicket;
    return new Effect.Authorize(ticket, 0, peer.space(), peer.authorizeRequest());
  }

  /** Asks now, when the next time is due staying as it is. */
  Effect askAtOnce(Peer peer, long newTicket, long waitMillis) {
    ticket = newTicket;
    return new Effect.Authorize(ticket, waitMillis, peer.space(), peer.authorizeRequest());
  }

  boolean waitsFor(long answered) {
    return answered == ticket;
  }

  void answered() {
    ticket = NONE;
  }
}
