package dev.sealift.ops.chaos.bed;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A {@link Relay} in a process of its own. Arguments: its port, the file that says by how many milliseconds it delays, the file
 * in which it says how many bytes it has held back so, {@code readyz} or {@code tcp}, the targets as {@code host:port}. With {@code readyz} it is a load balancer: it asks each target for {@code /readyz} and
 * sends new connections to those that answer.
 */
final class RelayMain {
  static final String READYZ = "readyz";
  static final String TCP = "tcp";

  /** What it says once it listens. */
  static final String READY = "relay is ready";

  private static final long LOOK_AGAIN_MILLIS = 200;
  private static final int ANSWER_MILLIS = 1_000;

  private RelayMain() {}

  public static void main(String[] arguments) throws Exception {
    Path delayFile = Path.of(arguments[1]);
    Path heldFile = Path.of(arguments[2]);
    boolean balances = arguments[3].equals(READYZ);
    List<InetSocketAddress> targets =
        Arrays.stream(arguments).skip(4).map(RelayMain::address).toList();
    AtomicReference<List<InetSocketAddress>> healthy = new AtomicReference<>(targets);
    try (Relay relay =
        new Relay(Integer.parseInt(arguments[0]), () -> shuffled(healthy.get(), targets))) {
      System.out.println(READY);
      while (true) {
        relay.delay(delayMillis(delayFile));
        write(heldFile, relay.heldBytes());
        if (balances) {
          healthy.set(targets.stream().filter(RelayMain::isReady).toList());
        }
        TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
      }
    }
  }

  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    return new InetSocketAddress(
        text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  /** Any of the healthy ones; when none is, any at all, so that what is wrong shows at the device. */
  private static List<InetSocketAddress> shuffled(
      List<InetSocketAddress> healthy, List<InetSocketAddress> all) {
    List<InetSocketAddress> order = new ArrayList<>(healthy.isEmpty() ? all : healthy);
    Collections.shuffle(order);
    return order;
  }

  private static boolean isReady(InetSocketAddress target) {
    try {
      HttpURLConnection http = (HttpURLConnection)
          URI.create("http://" + target.getHostString() + ":" + target.getPort() + "/readyz")
              .toURL()
              .openConnection();
      http.setConnectTimeout(ANSWER_MILLIS);
      http.setReadTimeout(ANSWER_MILLIS);
      return http.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (IOException e) {
      return false;
    }
  }

  /** In one step, so that nobody reads half of it. */
  private static void write(Path file, long number) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(unfinished, number + "\n");
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static long delayMillis(Path file) {
    try (BufferedReader reader = new BufferedReader(
        new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
      String line = reader.readLine();
      return line == null ? 0 : Long.parseLong(line.strip());
    } catch (IOException e) {
      return 0; // not written yet: no delay
    }
  }
}
