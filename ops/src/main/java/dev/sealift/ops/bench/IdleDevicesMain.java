package dev.sealift.ops.bench;

import dev.sealift.ops.bench.Sockets.Socket;
import dev.sealift.protocol.crypto.VerifyingKey;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Idle connections. Arguments: where to, {@code devices} (each founds a space, enters and subscribes) or {@code sockets} (each is just
 * open), how many. Says when all are in, then answers.
 */
final class IdleDevicesMain {
  static final String DEVICES = "devices";
  static final String SOCKETS = "sockets";

  private IdleDevicesMain() {}

  public static void main(String[] arguments) throws Exception {
    URI mesh = URI.create(arguments[0]);
    int count = Integer.parseInt(arguments[2]);
    Sockets sockets = new Sockets();
    List<Socket> open = arguments[1].equals(DEVICES)
        ? devices(sockets, mesh, count)
        : sockets(sockets, mesh, count);
    System.out.println("in " + open.size());
    Answering.untilNobodyAsks();
    System.exit(0);
  }

  private static List<Socket> sockets(Sockets sockets, URI mesh, int count) throws Exception {
    List<Socket> open = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      open.add(sockets.open(mesh));
    }
    return open;
  }

  private static List<Socket> devices(Sockets sockets, URI mesh, int count) throws Exception {
    Random random = new Random();
    VerifyingKey notary = notary(sockets, mesh, random);
    List<Socket> open = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Socket socket = sockets.open(mesh);
      new RawDevice(notary, random).enter(socket);
      open.add(socket);
    }
    return open;
  }

  private static VerifyingKey notary(Sockets sockets, URI mesh, Random random) throws Exception {
    try (Socket stranger = sockets.open(mesh)) {
      return RawDevice.notary(stranger, random);
    }
  }
}
