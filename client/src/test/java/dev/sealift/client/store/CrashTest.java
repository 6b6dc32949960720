package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.value.Value;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A process that writes is killed at random; what it said it had committed is there, whole, and nothing else is half there. */
class CrashTest {
  private static final int KILLS = 6;
  private static final int ROWS_A_BATCH = 7;

  private final TestFolder folder = new TestFolder();

  @AfterEach
  void close() {
    folder.close();
  }

  @Test
  void whatWasAcknowledgedSurvivesBeingKilled() throws Exception {
    Path file = folder.path().resolve("victim.db");
    Random random = new Random(20260101);
    for (int kill = 0; kill < KILLS; kill++) {
      long acknowledged = writeAndKill(file, random);
      try (TestDevice device = new TestDevice(new JdbcDriver(), file, "victim")) {
        assertWhole(device, acknowledged);
      }
      assertIntegrity(file);
    }
  }

  private static void assertWhole(TestDevice device, long acknowledged) {
    long rows = device.store.count("cities");
    assertThat(rows % ROWS_A_BATCH).isZero();
    long committed = rows / ROWS_A_BATCH;
    assertThat(committed).isBetween(acknowledged, acknowledged + 1);
    assertThat(device.get("last")).isEmpty();
    device.pack();
    assertThat(device.store.pendingCount()).isZero();
    assertThat(device.store.setting("batches").map(CrashTest::number).orElse(0L))
        .isEqualTo(committed);
  }

  /** By its handle: what it has written to its pipe is still to be read. */
  private static void killSoon(Process process, int nanos) {
    long at = System.nanoTime() + nanos;
    while (System.nanoTime() < at) {
      Thread.onSpinWait();
    }
    process.toHandle().destroyForcibly();
  }

  private static long number(byte[] setting) {
    return Long.parseLong(new String(setting, StandardCharsets.US_ASCII));
  }

  private static long writeAndKill(Path file, Random random)
      throws IOException, InterruptedException {
    Process writer = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Writer.class.getName(),
            file.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    int enough = 5 + random.nextInt(60);
    long acknowledged = 0;
    try (BufferedReader out = new BufferedReader(
        new InputStreamReader(writer.getInputStream(), StandardCharsets.US_ASCII))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        acknowledged = Long.parseLong(line);
        enough--;
        if (enough == 0) {
          killSoon(writer, random.nextInt(3_000_000));
        }
      }
    }
    assertThat(writer.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(enough).isLessThanOrEqualTo(0);
    return acknowledged;
  }

  private static void assertIntegrity(Path file) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        ResultSet result = connection.createStatement().executeQuery("PRAGMA integrity_check")) {
      assertThat(result.next()).isTrue();
      assertThat(result.getString(1)).isEqualTo("ok");
    }
  }

  /** Commits batch after batch, packs now and then, and says after each commit how many there were. */
  public static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) {
      TestDevice device = new TestDevice(new JdbcDriver(), Path.of(arguments[0]), "victim");
      device.withCities();
      long batches = device.store.count("cities") / ROWS_A_BATCH;
      while (true) {
        writeBatch(device, batches);
        batches++;
        System.out.println(batches);
        if (batches % 10 == 0) {
          device.pack(500);
        }
      }
    }

    private static void writeBatch(TestDevice device, long number) {
      device.write(batch -> {
        batch.put("cities", "last", Map.of("name", Value.of(number)));
        for (int i = 0; i < ROWS_A_BATCH; i++) {
          batch.put(
              "cities",
              number + "/" + i,
              Map.of("name", Value.of(i), "country", Value.of("x".repeat(300))));
        }
        batch.remove("cities", "last");
        batch.putSetting("batches", Long.toString(number + 1).getBytes(StandardCharsets.US_ASCII));
      });
    }
  }
}
