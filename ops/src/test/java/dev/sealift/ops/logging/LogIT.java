package dev.sealift.ops.logging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.Sealift;
import dev.sealift.ops.Main;
import dev.sealift.ops.support.Await;
import dev.sealift.ops.support.ChildJvm;
import dev.sealift.ops.support.TwoDevices;
import io.vertx.core.json.JsonObject;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mesh that logs all that it can, under all kinds of traffic: what its log says, and what it never says. */
class LogIT {
  private static final Duration DEADLINE = Duration.ofSeconds(90);

  /** Turn up in whatever comes from outside, and nowhere in a log. */
  private static final String CANARY = "canary7f3b";

  /** As short as an id's beginning would still tell people apart. */
  private static final int TELLING_BYTES = 8;

  @TempDir
  Path folder;

  @Test
  void aRequestIsFollowedThroughAllVerticlesAndNobodyIsNamed() throws Exception {
    Path data = folder.resolve("mesh");
    List<String> ports = new ArrayList<>();
    Set<String> secrets = new LinkedHashSet<>();
    List<String> lines;
    try (ChildJvm mesh = ChildJvm.start(
        Main.class,
        "up",
        "--json",
        "--port",
        "0",
        "--log-level",
        "trace",
        "--log-json",
        "--data",
        data.toString())) {
      String up = mesh.awaitLine(line -> line.contains("\"event\":\"up\""), DEADLINE);
      URI url = URI.create(new JsonObject(up).getString("url"));
      try (TwoDevices devices =
          new TwoDevices(folder, url, CANARY + "space", CANARY + "table", CANARY + "column")) {
        devices.put(CANARY + "table", CANARY + "key", CANARY + "column", CANARY + "value");
        devices.awaitSame();
        secrets.addAll(Arrays.asList(devices.link().split("[/#?&=]")));
        comeWithAnInvitationThatIsUsedUp(devices.link());
      }
      sendBrokenFrames(url);
      ports.add(sendNoHttp(url));
      askForPages(url);
      assertThat(mesh.stop(DEADLINE)).isZero();
      lines = mesh.lines();
    }
    List<JsonObject> log = lines.stream()
        .filter(line -> !line.startsWith("{\"event\""))
        .map(JsonObject::new)
        .toList();

    assertARequestGoesThroughAllVerticles(log);
    secrets.removeIf(secret -> secret.length() < TELLING_BYTES || secret.contains("127.0.0.1"));
    secrets.addAll(inAllSpellings(store(data.resolve("store.db"))));
    assertThat(secrets).hasSizeGreaterThan(30);
    assertNothingIsTold(log, secrets, ports);
  }

  private void comeWithAnInvitationThatIsUsedUp(String link) {
    try (Sealift late = Sealift.open(folder.resolve("late"))) {
      var space = late.join(link);
      space.connect();
      Await.until(
          DEADLINE,
          () -> space.status().problem().isPresent(),
          () -> "no problem: " + space.status());
    }
  }

  private static void sendBrokenFrames(URI url) throws Exception {
    byte[] broken = (CANARY + " is no frame").getBytes(StandardCharsets.UTF_8);
    webSocket(url, "sealift.v1", socket -> socket.sendBinary(ByteBuffer.wrap(broken), true));
    webSocket(url, "sealift.v1.json", socket -> socket.sendText("{\"" + CANARY + "\":1}", true));
    webSocket(url, "sealift.v1", socket -> socket.sendText(CANARY, true));
  }

  private interface Sending {
    CompletionStage<WebSocket> to(WebSocket socket);
  }

  private static void webSocket(URI url, String subprotocol, Sending sending) throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    WebSocket socket = HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .subprotocols(subprotocol)
        .header("x-" + CANARY, CANARY)
        .buildAsync(url.resolve("/v1/sync?" + CANARY), new WebSocket.Listener() {
          @Override
          public @Nullable CompletionStage<?> onClose(WebSocket s, int code, String reason) {
            closed.countDown();
            return null;
          }

          @Override
          public void onError(WebSocket s, Throwable error) {
            closed.countDown();
          }
        })
        .get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    sending.to(socket);
    assertThat(closed.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  /** Answers with the port that it came from. */
  private static String sendNoHttp(URI url) throws Exception {
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      OutputStream out = socket.getOutputStream();
      out.write((CANARY + " \r\n\r\n" + CANARY + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
      socket.setSoLinger(true, 0); // and goes away with a reset
      return String.valueOf(socket.getLocalPort());
    }
  }

  private static void askForPages(URI url) throws Exception {
    for (String path :
        List.of("/join/" + CANARY, "/" + CANARY, "/v1/sync", "/metrics", "/readyz")) {
      URI page = URI.create("http://" + url.getAuthority() + path);
      HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.discarding());
    }
  }

  private static void assertARequestGoesThroughAllVerticles(List<JsonObject> log) {
    for (JsonObject line : log) {
      assertThat(line.fieldNames())
          .contains("time", "level", "verticle", "logger", "thread", "message");
    }
    String admitted = log.stream()
        .filter(line -> line.getString("message").startsWith("admit answered"))
        .map(line -> line.getString("request"))
        .findFirst()
        .orElseThrow();
    assertThat(verticles(log, admitted))
        .containsExactlyInAnyOrder("gateway", "merge-engine", "storage-adapter");

    JsonObject commit = log.stream()
        .filter(line -> line.getString("message").contains("joins requests")
            && line.getString("message").contains(admitted))
        .findFirst()
        .orElseThrow();
    assertThat(commit.getString("request")).matches("[0-9a-f]{16}").isNotEqualTo(admitted);
    assertThat(log).anySatisfy(line -> {
      assertThat(line.getString("request")).isEqualTo(commit.getString("request"));
      assertThat(line.getString("message")).startsWith("commit ok");
    });
  }

  private static Set<String> verticles(List<JsonObject> log, String request) {
    return log.stream()
        .filter(line -> request.equals(line.getString("request")))
        .map(line -> line.getString("verticle"))
        .collect(Collectors.toSet());
  }

  private static void assertNothingIsTold(
      List<JsonObject> log, Set<String> secrets, List<String> ports) {
    for (JsonObject line : log) {
      String text = line.encode();
      assertThat(text).doesNotContain(CANARY);
      for (String port : ports) {
        assertThat(line.getString("message")).doesNotContain(port);
      }
      assertThat(text).doesNotContainPattern("127\\.0\\.0\\.1:[0-9]|localhost");
      String folded = text.toLowerCase(Locale.ROOT);
      for (String secret : secrets) {
        if (text.contains(secret) || folded.contains(secret)) {
          throw new AssertionError("a log line names somebody or something: " + text);
        }
      }
    }
  }

  /** Every id, key, hash and sealed byte that the mesh has. */
  private static List<byte[]> store(Path file) throws Exception {
    List<byte[]> blobs = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      for (String table :
          column(connection, "select name from sqlite_master where type = 'table' order by name")) {
        try (Statement statement = connection.createStatement();
            ResultSet rows = statement.executeQuery("select * from \"" + table + "\"")) {
          while (rows.next()) {
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
              if (rows.getObject(i) instanceof byte[] blob && blob.length >= TELLING_BYTES) {
                blobs.add(blob);
              }
            }
          }
        }
      }
    }
    return blobs;
  }

  private static List<String> column(Connection connection, String sql) throws Exception {
    List<String> values = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  /** The beginning of each: in hexadecimal, both kinds of base64, and as lists of numbers. */
  private static Set<String> inAllSpellings(List<byte[]> blobs) {
    Set<String> spellings = new LinkedHashSet<>();
    for (byte[] blob : blobs) {
      byte[] start = Arrays.copyOf(blob, TELLING_BYTES);
      if (new java.math.BigInteger(1, start).bitLength() > 32) { // zeros and counters tell nothing
        spellings.add(HexFormat.of().formatHex(start));
        // Whole groups of three bytes: what follows does not change how they are written.
        byte[] groups = Arrays.copyOf(blob, TELLING_BYTES / 3 * 3);
        spellings.add(Base64.getEncoder().withoutPadding().encodeToString(groups));
        spellings.add(Base64.getUrlEncoder().withoutPadding().encodeToString(groups));
        String numbers = Arrays.toString(start);
        spellings.add(numbers.substring(1, numbers.length() - 1));
      }
    }
    return spellings;
  }
}
