package dev.sealift.ops.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.store.QueryResult;
import dev.sealift.client.value.Value;
import dev.sealift.ops.Main;
import dev.sealift.ops.programs.FreePort;
import dev.sealift.ops.support.Await;
import dev.sealift.ops.support.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL at random points, of the device that writes, of the one that joins and of the mesh, each in a process of its own: nothing acknowledged is lost, nothing is
 * doubled, and a device that comes new to the space arrives at the same digest.
 */
class CrashIT {
  private static final Duration DEADLINE = Duration.ofSeconds(120);
  private static final int KILLS_OF_EACH = 6;
  private static final int BATCHES = 400;

  /** A device or mesh lives this long at most before it is killed, counted from when it is ready. */
  private static final int LONGEST_LIFE_MILLIS = 900;

  @TempDir
  private Path folder;

  private final long seed = Long.getLong("sealift.crash.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private int port;

  @Test
  void whatWasAcknowledgedSurvivesEveryKill() throws Exception {
    System.out.println("crash seed " + seed + " (again with -Dsealift.crash.seed=" + seed + ")");
    port = FreePort.next();
    long written = 0;
    ChildJvm mesh = startMesh();
    try {
      for (int kill = 0; kill < KILLS_OF_EACH; kill++) {
        try (ChildJvm device = startDevice()) {
          written = checkResumed(device, written);
          boolean meshToo = random.nextBoolean();
          liveAWhile(device);
          if (meshToo) {
            mesh.kill();
            mesh = startMesh();
            liveAWhile(device);
          }
          device.kill();
          written = Math.max(written, last("written", device));
        }
        mesh.kill();
        mesh = startMesh();
      }
      finishAndCompare(written);
    } finally {
      mesh.kill();
    }
  }

  private ChildJvm startMesh() throws Exception {
    ChildJvm mesh = ChildJvm.start(
        Main.class, "up", "--port", "" + port, "--data", folder.resolve("mesh").toString());
    mesh.awaitLine(line -> line.startsWith("sealift is up"), DEADLINE);
    return mesh;
  }

  private ChildJvm startDevice() throws Exception {
    return ChildJvm.start(
        CrashingDevice.class,
        folder.resolve("home").toString(),
        "ws://127.0.0.1:" + port,
        "" + BATCHES);
  }

  /** What was durable here before the kill is there after it. */
  private static long checkResumed(ChildJvm device, long written) {
    String resumed = device.awaitLine(line -> line.startsWith("resumed"), DEADLINE);
    assertThat(number(resumed)).as("batches after the restart").isGreaterThanOrEqualTo(written);
    return number(resumed);
  }

  /** A kill at a random point: there is no condition to wait for, and the time decides nothing but where it falls. */
  private void liveAWhile(ChildJvm device) {
    long end =
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(random.nextInt(LONGEST_LIFE_MILLIS));
    Await.until(
        DEADLINE, () -> device.hasEnded() || System.nanoTime() > end, () -> "time stands still");
    assertThat(device.lines()).noneMatch(line -> line.startsWith("failed"));
  }

  private static long last(String kind, ChildJvm device) {
    return device.lines().stream()
        .filter(line -> line.startsWith(kind + " "))
        .mapToLong(CrashIT::number)
        .max()
        .orElse(0);
  }

  private static long number(String line) {
    return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
  }

  private void finishAndCompare(long written) throws Exception {
    try (ChildJvm device = startDevice()) {
      checkResumed(device, written);
      String link =
          device.awaitLine(line -> line.startsWith("link "), DEADLINE).substring("link ".length());
      assertThat(device.awaitExit(DEADLINE)).isZero();
      String digest = device
          .awaitLine(line -> line.startsWith("digest "), DEADLINE)
          .substring("digest ".length());
      assertThat(digestOfAReaderThatIsKilled(link)).isEqualTo(digest);
      try (Sealift sealift = Sealift.open(folder.resolve("reader"))) {
        Space joined = sealift.space(CrashingDevice.SPACE);
        assertThat(joined.digest()).isEqualTo(digest);
        assertThat(joined.table(CrashingDevice.TABLE).count()).isEqualTo(expectedRows());
        checkRewritten(joined);
      }
    }
  }

  /** Killed at random points of joining and of the first sync, until one life is long enough. */
  private String digestOfAReaderThatIsKilled(String link) throws Exception {
    long position = 0;
    for (int kill = 0; kill < KILLS_OF_EACH; kill++) {
      try (ChildJvm reader = startReader(link)) {
        String resumed = reader.awaitLine(line -> line.startsWith("resumed"), DEADLINE);
        assertThat(number(resumed))
            .as("position after the restart")
            .isGreaterThanOrEqualTo(position);
        position = number(resumed);
        liveAWhile(reader);
      }
    }
    try (ChildJvm reader = startReader(link)) {
      assertThat(reader.awaitExit(DEADLINE)).isZero();
      return reader
          .awaitLine(line -> line.startsWith("digest "), DEADLINE)
          .substring("digest ".length());
    }
  }

  private ChildJvm startReader(String link) throws Exception {
    return ChildJvm.start(CrashingReader.class, folder.resolve("reader").toString(), link);
  }

  /** Each batch removed one row of the batch before it; the one that all rewrite is there once. */
  private static long expectedRows() {
    return (long) BATCHES * CrashingDevice.ROWS_A_BATCH - (BATCHES - 1) + 1;
  }

  private static void checkRewritten(Space joined) {
    try (QueryResult rows =
        joined.query("select text from " + CrashingDevice.TABLE + " where id = ?", "rewritten")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.row()).isEqualTo(List.of(Value.of(CrashingDevice.text(BATCHES, -1))));
    }
  }
}
