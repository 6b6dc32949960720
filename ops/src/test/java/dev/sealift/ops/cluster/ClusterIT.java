package dev.sealift.ops.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.Row;
import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.Main;
import dev.sealift.ops.programs.FreePort;
import dev.sealift.ops.support.Await;
import dev.sealift.ops.support.ChildJvm;
import dev.sealift.ops.support.TcpTap;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway, two merge engines and a storage-adapter, each in a JVM of its own. */
class ClusterIT {
  private static final Duration DEADLINE = Duration.ofSeconds(90);

  /** So many that both engines own some: with one space it would be luck. */
  private static final int SPACES = 6;

  @TempDir
  Path folder;

  private final List<ChildJvm> processes = new ArrayList<>();
  private String join = "";
  private ChildJvm store;
  private ChildJvm firstEngine;
  private ChildJvm secondEngine;
  private ChildJvm gateway;
  private URI mesh;

  @BeforeEach
  void startTheMesh() throws Exception {
    int port = FreePort.next();
    join = "127.0.0.1:" + port;
    store = up("storage-adapter", "--cluster-port", String.valueOf(port));
    event(store);
    firstEngine = up("merge-engine", "--cluster-port", "0", "--join", join);
    secondEngine = up("merge-engine", "--cluster-port", "0", "--join", "dns:localhost:" + port);
    gateway = up("gateway", "--cluster-port", "0", "--join", join, "--port", "0");
    event(firstEngine);
    event(secondEngine);
    mesh = URI.create(event(gateway).getString("url"));
  }

  @AfterEach
  void killWhatIsLeft() throws Exception {
    for (ChildJvm process : processes) {
      process.close();
    }
  }

  @Test
  void devicesSyncThroughItAndGoOnWhenAnEngineIsKilled() throws Exception {
    try (Sealift writer = Sealift.open(folder.resolve("writer"));
        Sealift reader = Sealift.open(folder.resolve("reader"))) {
      List<Space> written = new ArrayList<>();
      List<Space> read = new ArrayList<>();
      for (int i = 0; i < SPACES; i++) {
        Space space =
            writer.create("space " + i, Schema.of(Schema.table("notes", "id").text("text")));
        space.connect(mesh);
        put(space, "before");
        Space joined = reader.join(space.invite());
        joined.connect();
        written.add(space);
        read.add(joined);
      }
      for (int i = 0; i < SPACES; i++) {
        awaitSame(written.get(i), read.get(i), 1);
      }

      firstEngine.kill();

      for (int i = 0; i < SPACES; i++) {
        put(written.get(i), "after");
        awaitSame(written.get(i), read.get(i), 2);
      }
    }
    assertThat(gateway.stop(DEADLINE)).isZero();
    assertThat(secondEngine.stop(DEADLINE)).isZero();
    assertThat(store.stop(DEADLINE)).isZero();
  }

  @Test
  void whatWouldHarmTheClusterIsRefused() throws Exception {
    ChildJvm secondStore =
        up("storage-adapter", "--data", "elsewhere", "--cluster-port", "0", "--join", join);
    assertThat(event(secondStore).getString("error")).isEqualTo("second-store");
    assertThat(secondStore.awaitExit(DEADLINE)).isEqualTo(1);

    ChildJvm otherNotary =
        up("merge-engine", "--data", "elsewhere", "--cluster-port", "0", "--join", join);
    assertThat(event(otherNotary).getString("error")).isEqualTo("other-notary");
    assertThat(otherNotary.awaitExit(DEADLINE)).isEqualTo(1);
  }

  @Test
  void aStoreThatFindsTheMeshTooLateEndsAsItWouldHaveBeenRefused() throws Exception {
    int port = Integer.parseInt(join.substring(join.indexOf(':') + 1));
    try (TcpTap between = new TcpTap(port)) {
      between.cut();
      String late = "127.0.0.1:" + between.port();
      ChildJvm second =
          up("storage-adapter", "--data", "elsewhere", "--cluster-port", "0", "--join", late);
      assertThat(event(second).getString("event")).isEqualTo("up");

      between.mend();

      second.awaitLine(line -> line.contains("\"error\":\"second-store\""), DEADLINE);
      assertThat(second.awaitExit(DEADLINE)).isEqualTo(1);
    }
    assertThat(store.hasEnded()).isFalse();
  }

  private static void put(Space space, String key) throws Exception {
    space.table("notes").put(key, Row.of("text", key));
    space.whenDurable().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }

  /** Awaits that the reader has as many rows as it should; then both must show the same. */
  private static void awaitSame(Space writer, Space reader, int rows) {
    Await.until(
        DEADLINE,
        () -> writer.digest().equals(reader.digest()),
        () -> "the reader has " + reader.status());
    assertThat(reader.table("notes").count()).isEqualTo(rows);
  }

  private ChildJvm up(String roles, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("up", "--json", "--roles", roles));
    arguments.addAll(Arrays.asList(options));
    int data = arguments.indexOf("--data");
    if (data >= 0) {
      arguments.set(data + 1, folder.resolve(arguments.get(data + 1)).toString());
    } else {
      arguments.addAll(List.of("--data", folder.resolve("mesh").toString()));
    }
    ChildJvm process = ChildJvm.start(Main.class, arguments.toArray(String[]::new));
    processes.add(process);
    return process;
  }

  /** What a process says first on standard output. */
  private static JsonObject event(ChildJvm process) {
    return new JsonObject(process.awaitLine(line -> line.startsWith("{"), DEADLINE));
  }
}
