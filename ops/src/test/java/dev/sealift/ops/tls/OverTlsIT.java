package dev.sealift.ops.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.Main;
import dev.sealift.ops.support.ChildJvm;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code up} with a certificate, and devices that must trust it: each command in a JVM of its own, as the launcher starts it. */
class OverTlsIT {
  private static final Duration DEADLINE = Duration.ofSeconds(90);

  @TempDir
  Path folder;

  private PrivateAuthority authority;
  private ChildJvm mesh;
  private String url = "";

  /** What a command said last, and how it ended. */
  private record Run(int exitCode, JsonObject json) {}

  @BeforeEach
  void startAMesh() throws Exception {
    authority = PrivateAuthority.make(folder.resolve("tls"));
    mesh = ChildJvm.start(
        Main.class,
        "up",
        "--json",
        "--port",
        "0",
        "--data",
        folder.resolve("mesh").toString(),
        "--tls-cert",
        authority.certificate().toString(),
        "--tls-key",
        authority.key().toString());
    String up = mesh.awaitLine(line -> line.startsWith("{\"event\":\"up\""), DEADLINE);
    url = new JsonObject(up).getString("url");
  }

  @AfterEach
  void stopTheMesh() throws Exception {
    mesh.close();
  }

  @Test
  void twoHomesThatTrustTheCertificateSyncAndAgree() throws Exception {
    assertThat(url).startsWith("wss://127.0.0.1:");
    assertThat(a("create", "--mesh", url).getBoolean("connected")).isTrue();
    Path csv = Files.writeString(folder.resolve("towns.csv"), "id,name\n1,Hobart\n");
    a("import", csv.toString(), "--table", "towns", "--key", "id");
    String link = a("invite").getString("link");
    b("join", link);
    b("put", "2", "name=Apia", "--table", "towns");
    b("sync");
    a("sync");

    assertThat(a("digest").getString("digest")).isEqualTo(b("digest").getString("digest"));
    assertThat(a("query", "select count(*) as n from towns").getInteger("n")).isEqualTo(2);
    assertThat(mesh.stop(DEADLINE)).isZero();
  }

  @Test
  void aDeviceThatDoesNotTrustTheCertificateStaysOfflineAndSaysWhy() throws Exception {
    assertNotTrusted(List.of(), "c", url);
  }

  @Test
  void aCertificateForAnotherAddressIsNotTrustedEither() throws Exception {
    assertNotTrusted(authority.flags(), "d", url.replace("127.0.0.1", "localhost"));
  }

  private void assertNotTrusted(List<String> flags, String home, String address) throws Exception {
    Run create = run(flags, home, "create", "--mesh", address);
    assertThat(create.json().getBoolean("connected")).isFalse();
    Run sync = run(flags, home, "sync");
    assertThat(sync.exitCode()).isEqualTo(1);
    assertThat(sync.json().getString("error")).isEqualTo("mesh-not-trusted");
  }

  private JsonObject a(String... arguments) throws Exception {
    return trusting("a", arguments);
  }

  private JsonObject b(String... arguments) throws Exception {
    return trusting("b", arguments);
  }

  private JsonObject trusting(String home, String... arguments) throws Exception {
    Run run = run(authority.flags(), home, arguments);
    assertThat(run.exitCode()).as(run.json().encode()).isZero();
    return run.json();
  }

  private Run run(List<String> trust, String home, String... arguments) throws Exception {
    List<String> flags = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1"));
    flags.addAll(trust);
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(List.of("--json", "--home", folder.resolve(home).toString()));
    try (ChildJvm command = ChildJvm.start(flags, Main.class, all.toArray(String[]::new))) {
      int exitCode = command.awaitExit(DEADLINE);
      List<String> said =
          command.lines().stream().filter(line -> line.startsWith("{")).toList();
      assertThat(said).as(String.join("\n", command.lines())).isNotEmpty();
      return new Run(exitCode, new JsonObject(said.get(said.size() - 1)));
    }
  }
}
