package dev.sealift.gateway;

import dev.sealift.gateway.session.SessionLimits;

/**
 * What an operator may set for the gateway as a whole.
 *
 * @param maxConnections WebSockets in all
 * @param maxStrangers WebSockets of devices that no space knows (yet), and as many HTTP connections besides
 * @param meshMillis how long one question to another verticle may take
 * @param drainMillis how long {@code stop} waits for what is under way
 * @param closingMillis for what was written last to go out and the peer to close too; after that the connection is cut
 * @param positionsMillis how often positions are handed to the store
 * @param tlsCheckMillis how often the certificate's files are looked at
 * @param tickMillis how often sessions look at the time
 * @param rosterMillis how often it is looked who has left the mesh
 */
public record GatewayLimits(
    int maxConnections,
    int maxStrangers,
    long meshMillis,
    long drainMillis,
    long closingMillis,
    long positionsMillis,
    long tlsCheckMillis,
    long tickMillis,
    long rosterMillis,
    SessionLimits session) {

  /** At 20 KiB each, 400 MiB: what a gateway with 1 GiB of heap can hold besides the frames under way. A smaller one is to be told less. */
  public static final int MAX_CONNECTIONS = 20_000;

  /**
   * Each may make the gateway buffer one frame of the largest size before it is known; so this is 464 MiB at worst. A
   * handshake takes milliseconds, so thousands of devices a second still come in.
   */
  public static final int MAX_STRANGERS = 256;

  /** Several commits on a slow disk; a verticle that was killed is gone from the cluster by then. */
  public static final long MESH_MILLIS = 10_000;

  /** Inside the shortest usual termination grace, with time left to close. */
  public static final long DRAIN_MILLIS = 5_000;

  /** A last frame over a slow link, and the answer to the close; who reads nothing is held no longer. */
  public static final long CLOSING_MILLIS = 5_000;

  /** A position lost in a crash costs nothing but a later one; so one write a second for all devices. */
  public static final long POSITIONS_MILLIS = 1_000;

  /** Certificates change once in weeks; looking costs two system calls. */
  public static final long TLS_CHECK_MILLIS = 10_000;

  /** Time limits are of seconds, so this is exact enough. */
  public static final long TICK_MILLIS = 1_000;

  /** Soon beside the time that it takes the cluster to notice that somebody has left. */
  public static final long ROSTER_MILLIS = 250;

  public GatewayLimits {
    requirePositive(maxConnections, "maxConnections");
    requirePositive(maxStrangers, "maxStrangers");
    requirePositive(meshMillis, "meshMillis");
    requirePositive(drainMillis, "drainMillis");
    requirePositive(closingMillis, "closingMillis");
    requirePositive(positionsMillis, "positionsMillis");
    requirePositive(tlsCheckMillis, "tlsCheckMillis");
    requirePositive(tickMillis, "tickMillis");
    requirePositive(rosterMillis, "rosterMillis");
  }

  public static GatewayLimits defaults() {
    return new GatewayLimits(
        MAX_CONNECTIONS,
        MAX_STRANGERS,
        MESH_MILLIS,
        DRAIN_MILLIS,
        CLOSING_MILLIS,
        POSITIONS_MILLIS,
        TLS_CHECK_MILLIS,
        TICK_MILLIS,
        ROSTER_MILLIS,
        SessionLimits.defaults());
  }

  /** The same with another size of the door. */
  public GatewayLimits withDoor(int connections, int strangers) {
    return new GatewayLimits(
        connections,
        strangers,
        meshMillis,
        drainMillis,
        closingMillis,
        positionsMillis,
        tlsCheckMillis,
        tickMillis,
        rosterMillis,
        session);
  }

  private static void requirePositive(long value, String name) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be more than 0");
    }
  }
}
