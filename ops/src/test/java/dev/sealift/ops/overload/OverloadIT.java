package dev.sealift.ops.overload;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.client.Row;
import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.merge.SpacePolicy;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshProcess;
import dev.sealift.ops.programs.FreePort;
import dev.sealift.ops.support.Await;
import dev.sealift.protocol.admission.AdmissionToken;
import dev.sealift.protocol.admission.SpaceQuota;
import dev.sealift.protocol.crypto.SigningKey;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a device meets at a mesh with tokens and quotas, and beside one that floods it. */
@Tag("alone")
class OverloadIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /** A thousand times what a write takes; a machine that also builds something else takes a few of them. */
  private static final Duration SOON = Duration.ofSeconds(10);

  /** Enough for as long as it must last, and little for a disk. */
  private static final int MOST_ROUNDS = 256;

  private static final Schema SCHEMA = Schema.of(Schema.table("notes", "id").text("text"));
  private static final SigningKey OPERATOR = SigningKey.generate();

  @TempDir
  private Path folder;

  private MeshProcess mesh(int port, SpacePolicy policy) throws Exception {
    return MeshProcess.start(
        MeshOptions.whole(folder.resolve("mesh"), port).withPolicy(policy), "test");
  }

  private static String token(long expiresAtMillis) {
    return AdmissionToken.sign(
            OPERATOR,
            ByteString.copyFrom(new byte[AdmissionToken.TENANT_BYTES]),
            1,
            System.currentTimeMillis() - 1_000,
            expiresAtMillis,
            SpaceQuota.UNSAID)
        .text();
  }

  private static void awaitProblem(Space space, ErrorCode code) {
    Await.until(
        DEADLINE,
        () -> space.status().problem().filter(p -> p.code() == code).isPresent(),
        () -> "the refusal " + code + ", but " + space.status());
  }

  private static void awaitDurable(Space space) throws Exception {
    space.whenDurable().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void aSpaceIsFoundedUnderATokenAndWhoJoinsNeedsNone() throws Exception {
    SpacePolicy policy = new SpacePolicy(List.of(OPERATOR.verifyingKey()), SpaceQuota.UNSAID);
    try (MeshProcess mesh = mesh(0, policy);
        Sealift one = Sealift.open(folder.resolve("one"));
        Sealift two = Sealift.open(folder.resolve("two"))) {
      URI url = mesh.url().orElseThrow();
      Space founded = one.create("household", SCHEMA);
      founded.table("notes").put("1", Row.of("text", "kept"));
      founded.connect(url);
      awaitProblem(founded, ErrorCode.TOKEN_REQUIRED);

      founded.presentToken(token(System.currentTimeMillis() + 3_600_000));
      awaitDurable(founded);
      Space joined = two.join(founded.invite());
      joined.connect();
      joined.whenUpToDate().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
      joined.table("notes").put("2", Row.of("text", "too"));
      awaitDurable(joined);
      assertThat(joined.status().problem()).isEmpty();
    }
  }

  @Test
  void editsBeyondAQuotaWaitOnTheDeviceAndGoByThemselvesWhenThereIsRoom() throws Exception {
    int port = FreePort.next();
    Sealift home = Sealift.open(folder.resolve("one"));
    try (home) {
      Space space = home.create("household", SCHEMA);
      SpaceQuota two = new SpaceQuota(0, 2, 0, 0, 0, 0, 0, 0);
      try (MeshProcess small = mesh(port, new SpacePolicy(List.of(), two))) {
        space.connect(small.url().orElseThrow());
        awaitDurable(space);
        space.table("notes").put("1", Row.of("text", "first"));
        Await.until(
            DEADLINE,
            () -> {
              space.table("notes").put("2", Row.of("text", "second"));
              return space
                  .status()
                  .problem()
                  .filter(p -> p.code() == ErrorCode.OVER_QUOTA)
                  .isPresent();
            },
            () -> "room runs out, but " + space.status());
        assertThat(space.table("notes").count()).isEqualTo(2);
      }
      try (MeshProcess large = mesh(port, SpacePolicy.open())) {
        assertThat(large.url()).isPresent();
        awaitDurable(space);
        assertThat(space.status().pendingWrites() + space.status().waitingFiles())
            .isZero();
      }
    }
  }

  @Test
  void aSpaceBeyondItsRateIsToldToComeBackAndLosesNothingAndAnotherIsNotHeldUp() throws Exception {
    SpaceQuota slow = new SpaceQuota(0, 0, 0, 0, 256 << 10, 0, 0, 0);
    try (MeshProcess mesh = mesh(0, new SpacePolicy(List.of(), slow));
        Sealift noisy = Sealift.open(folder.resolve("noisy"));
        Sealift quiet = Sealift.open(folder.resolve("quiet"))) {
      Space flooding = connected(noisy, mesh);
      Space writing = connected(quiet, mesh);
      for (int round = 0; round < 6; round++) {
        putMebibyte(flooding, round);
      }
      awaitProblem(flooding, ErrorCode.MESH_BUSY);
      writeNowAndThen(writing);
      awaitDurable(flooding);
      assertThat(flooding.status().pendingWrites()).isZero();
    }
  }

  /** A space that sends all it can, and one that writes now and then, on one machine with everything else. */
  @Test
  void aSpaceThatFloodsTheMeshDoesNotKeepAQuietOneWaiting() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    try (MeshProcess mesh = mesh(0, SpacePolicy.open());
        Sealift noisy = Sealift.open(folder.resolve("noisy"));
        Sealift quiet = Sealift.open(folder.resolve("quiet"))) {
      Space flooding = connected(noisy, mesh);
      Space writing = connected(quiet, mesh);
      Thread flood = new Thread(() -> flood(flooding, over));
      flood.start();
      try {
        awaitMoreThan(5, flooding);
        writeNowAndThen(writing);
        awaitMoreThan(flooding.status().logSize(), flooding);
      } finally {
        over.set(true);
        flood.join();
      }
    }
  }

  private static Space connected(Sealift home, MeshProcess mesh) throws Exception {
    Space space = home.create("household", SCHEMA);
    space.connect(mesh.url().orElseThrow());
    awaitDurable(space);
    return space;
  }

  /** Each write has its receipt before the next one, and soon, and is not refused even for a moment. */
  private static void writeNowAndThen(Space space) {
    for (int i = 0; i < 20; i++) {
      space.table("notes").put("k" + i, Row.of("text", "now"));
      CompletableFuture<?> durable = space.whenDurable();
      Await.until(
          SOON,
          () -> {
            assertThat(space.status().problem()).isEmpty();
            return durable.isDone();
          },
          () -> "a quiet space's write, but " + space.status());
    }
  }

  private static void awaitMoreThan(long files, Space space) {
    Await.until(
        DEADLINE,
        () -> space.status().logSize() > files,
        () -> "more than " + files + " files, but " + space.status());
  }

  private static void flood(Space space, AtomicBoolean over) {
    for (int round = 0; !over.get() && round < MOST_ROUNDS; round++) {
      putMebibyte(space, round);
    }
  }

  /** About as much as a file holds, and nothing that could be compressed. */
  private static void putMebibyte(Space space, int round) {
    Random random = new Random(round);
    byte[] noise = new byte[48 << 10];
    space
        .table("notes")
        .putAll(IntStream.range(0, 16)
            .mapToObj(i -> {
              random.nextBytes(noise);
              String text = Base64.getEncoder().encodeToString(noise);
              return Map.entry("k" + round + "-" + i, Row.of("text", text));
            })
            .iterator());
  }
}
