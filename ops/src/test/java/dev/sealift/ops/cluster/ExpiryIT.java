package dev.sealift.ops.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.compactor.CompactorPolicy;
import dev.sealift.ops.cluster.HandmadeDevice.Placed;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshProcess;
import dev.sealift.ops.support.Await;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.PayloadAbsence;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files with an expiry, through a whole mesh: the payload goes once the log's time has come, and all else stays. */
class ExpiryIT {
  private static final Duration DEADLINE = Duration.ofSeconds(90);

  /** So few files make a space be looked at with its news, where a first sync may take no time. */
  private static final int ENOUGH = 20;

  /** Time for them to be written and read before. */
  private static final long SOON_MILLIS = 6_000;

  private static final long NEVER_MILLIS = Duration.ofDays(1).toMillis();

  @TempDir
  Path folder;

  private final HandmadeDevice device = new HandmadeDevice();

  private MeshProcess start() throws Exception {
    CompactorPolicy policy = new CompactorPolicy(
        true,
        Duration.ZERO,
        CompactorPolicy.MOST_LIVE,
        CompactorPolicy.LOWER_SHARE,
        CompactorPolicy.SEEN_WITHIN,
        CompactorPolicy.GRACE);
    return MeshProcess.start(
        MeshOptions.whole(folder.resolve("mesh"), 0).withCompaction(policy), "test");
  }

  private KeptFiles kept() {
    return KeptFiles.of(folder.resolve("mesh").resolve("store.db"));
  }

  @Test
  void aPayloadGoesWithTheNewsThatTheLogHasReachedItsExpiry() throws Exception {
    try (MeshProcess mesh = start()) {
      device.found(mesh.url().orElseThrow());
      Placed soon = device.write(System.currentTimeMillis() + SOON_MILLIS);
      Placed later = device.write(System.currentTimeMillis() + NEVER_MILLIS);
      for (int i = 0; i < ENOUGH; i++) {
        device.write(0);
      }
      assertPayloadIsThere(device.readAll(), soon);

      awaitReached(soon);
      awaitGone(soon);

      Files log = device.readAll();
      assertExpired(log, soon);
      assertPayloadIsThere(log, later);
      assertThat(log.getEntriesList())
          .filteredOn(LogEntry::getAbsence, PayloadAbsence.PAYLOAD_ABSENCE_EXPIRED)
          .hasSize(1);
      assertThat(kept().gone()).isEqualTo(1);
      assertThat(kept().unfit()).isZero();
      device.write(0);
    }
  }

  /** A compactor that starts looks at all spaces, however small. */
  @Test
  void inASmallSpaceItIsFoundByThePassOverAll() throws Exception {
    Placed soon;
    try (MeshProcess mesh = start()) {
      device.found(mesh.url().orElseThrow());
      soon = device.write(System.currentTimeMillis());
      awaitReached(soon);
      assertPayloadIsThere(device.readAll(), soon);
    }
    try (MeshProcess mesh = start()) {
      device.connect(mesh.url().orElseThrow());
      awaitGone(soon);
      assertExpired(device.readAll(), soon);
      device.write(0);
    }
  }

  /** Its time goes by with each file. */
  private void awaitReached(Placed file) {
    long expiry = file.header().header().expiresAtMillis();
    Await.until(
        DEADLINE,
        () -> unchecked(() -> device.write(0)).serverTimeMillis() >= expiry,
        () -> "the log does not get to " + expiry);
  }

  private void awaitGone(Placed file) {
    Await.until(
        DEADLINE,
        () -> entry(unchecked(device::readAll), file).getPayload().isEmpty(),
        () -> "the payload is still there");
  }

  private static LogEntry entry(Files log, Placed file) {
    return log.getEntries((int) file.sequence() - 1);
  }

  private static void assertPayloadIsThere(Files log, Placed file) {
    assertThat(entry(log, file).getPayload())
        .hasSize((int) file.header().header().payloadLength());
    assertThat(entry(log, file).getAbsence()).isEqualTo(PayloadAbsence.PAYLOAD_ABSENCE_UNSPECIFIED);
  }

  private static void assertExpired(Files log, Placed file) throws Exception {
    assertThat(entry(log, file))
        .isEqualTo(LogEntry.newBuilder()
            .setSignedHeader(file.header().byteString())
            .setServerTimeMillis(file.serverTimeMillis())
            .setAbsence(PayloadAbsence.PAYLOAD_ABSENCE_EXPIRED)
            .build());
    assertThat(HandmadeDevice.serverTime(log))
        .isGreaterThanOrEqualTo(file.header().header().expiresAtMillis());
  }

  private interface Step<T> {
    T run() throws Exception;
  }

  private static <T> T unchecked(Step<T> step) {
    try {
      return step.run();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
