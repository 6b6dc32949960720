package dev.sealift.gateway;

/** Counts who is in. HTTP connections and WebSockets that have not proved anything have bounds of their own. */
final class Door {
  private final int maxConnections;
  private final int maxUnauthenticated;
  private int http;
  private int unauthenticated;
  private int open;

  Door(GatewayLimits limits) {
    this.maxConnections = limits.maxConnections();
    this.maxUnauthenticated = limits.maxUnauthenticated();
  }

  /** An HTTP connection was made; returns whether it may stay. */
  boolean connected() {
    http++;
    return http <= maxUnauthenticated;
  }

  void disconnected() {
    http--;
  }

  boolean isFull() {
    return unauthenticated + open >= maxConnections;
  }

  boolean hasTooManyStrangers() {
    return unauthenticated >= maxUnauthenticated;
  }

  void entered() {
    unauthenticated++;
  }

  void authenticated() {
    unauthenticated--;
    open++;
  }

  void left(boolean wasAuthenticated) {
    if (wasAuthenticated) {
      open--;
    } else {
      unauthenticated--;
    }
  }

  int http() {
    return http;
  }

  int unauthenticated() {
    return unauthenticated;
  }

  int open() {
    return open;
  }
}
