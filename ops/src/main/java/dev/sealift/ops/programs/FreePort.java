package dev.sealift.ops.programs;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/**
 * Ports that nothing listens at. Below those that systems give to sockets that connect: such a socket would come to have one between the choosing of it and its use, and whoever asks for one mostly connects a lot.
 */
public final class FreePort {
  private static final int FIRST = 12_000;

  /** Where the ports of connecting sockets begin on Linux; elsewhere they begin further up. */
  private static final int BEHIND = 32_768;

  private static final int MOST_TRIES = 1_000;

  private static final Random RANDOM = new Random(); // other JVMs choose as well
  private static final Set<Integer> GIVEN = new HashSet<>();

  private FreePort() {}

  /** Another one each time. */
  public static synchronized int next() {
    for (int i = 0; i < MOST_TRIES; i++) {
      int port = FIRST + RANDOM.nextInt(BEHIND - FIRST);
      if (!GIVEN.contains(port) && isFree(port)) {
        GIVEN.add(port);
        return port;
      }
    }
    throw new IllegalStateException("hardly any port is free on this machine");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
