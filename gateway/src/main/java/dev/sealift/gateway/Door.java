package dev.sealift.gateway;

/** Counts who is in. HTTP connections, and WebSockets of strangers, have bounds of their own. */
final class Door {
  private final int maxConnections;
  private final int maxStrangers;
  private int http;
  private int strangers;
  private int open;

  Door(GatewayLimits limits) {
    this.maxConnections = limits.maxConnections();
    this.maxStrangers = limits.maxStrangers();
  }

  /** An HTTP connection was made; returns whether it may stay. */
  boolean connected() {
    http++;
    return http <= maxStrangers;
  }

  void disconnected() {
    http--;
  }

  boolean isFull() {
    return strangers + open >= maxConnections;
  }

  boolean hasTooManyStrangers() {
    return strangers >= maxStrangers;
  }

  void entered() {
    strangers++;
  }

  void atHome() {
    strangers--;
    open++;
  }

  void left(boolean wasAtHome) {
    if (wasAtHome) {
      open--;
    } else {
      strangers--;
    }
  }

  int http() {
    return http;
  }

  int strangers() {
    return strangers;
  }

  int open() {
    return open;
  }
}
