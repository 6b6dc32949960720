package dev.sealift.gateway;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Measures what an idle device costs a gateway in heap. Run by hand, with the number of devices: the devices are in a process
 * of their own, so that what is counted here is the gateway's alone. See the module's README.
 */
final class IdleConnections {
  private static final int DEFAULT_DEVICES = 2_000;
  private static final int COLLECTIONS = 5;

  private IdleConnections() {}

  public static void main(String[] args) throws Exception {
    if (args.length == 2) {
      beDevices(Integer.parseInt(args[0]), Integer.parseInt(args[1]));
    } else {
      measure(args.length == 0 ? DEFAULT_DEVICES : Integer.parseInt(args[0]));
    }
  }

  private static void measure(int devices) throws Exception {
    Vertx vertx = Vertx.vertx();
    FakeMesh mesh = new FakeMesh(vertx);
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    GatewayVerticle gateway = new GatewayVerticle(
        GatewayConfig.loopback(0, "measured"),
        TestDevice.NOTARY,
        mesh::engines,
        registry,
        () -> "");
    Waiting.await(vertx.deployVerticle(gateway));
    Process first = enter(
        gateway.port(), 200); // classes, caches and pools that come with the first connections
    long before = usedHeap();
    Process process = enter(gateway.port(), devices);
    System.out.printf(
        "%d open sessions: %d bytes of heap each%n", devices, (usedHeap() - before) / devices);
    first.destroy();
    process.destroy();
    vertx.close();
  }

  private static Process enter(int port, int devices) throws Exception {
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            IdleConnections.class.getName(),
            String.valueOf(port),
            String.valueOf(devices))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null && !line.equals("in"); ) {
      line = out.readLine();
    }
    return process;
  }

  private static void beDevices(int port, int devices) throws Exception {
    Vertx vertx = Vertx.vertx();
    List<TestClient> clients = new ArrayList<>();
    for (int i = 0; i < devices; i++) {
      TestClient client = TestClient.connect(vertx, port, 1, Optional.empty());
      client.enter(TestDevice.space(i));
      client.subscribe(0, 1 << 20);
      clients.add(client);
    }
    System.out.println("in");
    System.in.read(); // until the one who measures is done, or gone
    System.exit(0);
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
