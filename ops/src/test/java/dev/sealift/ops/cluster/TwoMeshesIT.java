package dev.sealift.ops.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.Row;
import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshProcess;
import dev.sealift.ops.mesh.StoreLocation;
import dev.sealift.ops.support.Await;
import dev.sealift.ops.support.Database;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A split brain that lasts: two meshes with one notary key, each with a gateway, an engine and a storage-adapter of its own, which know
 * nothing of each other and keep their files in one PostgreSQL.
 */
class TwoMeshesIT {
  private static final Duration DEADLINE = Duration.ofSeconds(90);
  private static final int ROWS = 20;

  @TempDir
  Path folder;

  private Database database;

  @Test
  void devicesOfOneSpaceWriteAtBothAndNothingIsLostOrDoubled() throws Exception {
    database = Database.create();
    try (MeshProcess here = start("here");
        MeshProcess there = start("there");
        Sealift writer = Sealift.open(folder.resolve("writer"));
        Sealift other = Sealift.open(folder.resolve("other"))) {
      Space written =
          writer.create("home", Schema.of(Schema.table("notes", "id").text("text")));
      written.connect(url(here));
      put(written, "first");
      Space others = other.join(written.invite());
      others.connect(url(there));
      others.whenUpToDate().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);

      List<CompletableFuture<Void>> sides = List.of(
          CompletableFuture.runAsync(() -> putAll(written, "here")),
          CompletableFuture.runAsync(() -> putAll(others, "there")));
      for (CompletableFuture<Void> side : sides) {
        side.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
      }

      others.disconnect();
      others.connect(url(here));
      put(others, "last");
      Await.until(
          DEADLINE,
          () -> written.digest().equals(others.digest()),
          () -> written.status() + " and " + others.status());
      assertThat(written.table("notes").count()).isEqualTo(2 * ROWS + 2);
    }
    assertThat(database.filesThatDoNotFit()).isZero();
  }

  private MeshProcess start(String name) throws Exception {
    Path data = Files.createDirectories(folder.resolve(name));
    Path key = folder.resolve("here").resolve("notary.key");
    if (Files.exists(key)) {
      Files.copy(key, data.resolve("notary.key"));
    }
    return MeshProcess.start(
        MeshOptions.whole(data, 0).withStore(new StoreLocation.Postgres(database.options())),
        "test");
  }

  private static URI url(MeshProcess mesh) {
    return mesh.url().orElseThrow();
  }

  private static void putAll(Space space, String side) {
    try {
      for (int i = 0; i < ROWS; i++) {
        put(space, side + " " + i);
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void put(Space space, String key) throws Exception {
    space.table("notes").put(key, Row.of("text", key));
    space.whenDurable().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }
}
