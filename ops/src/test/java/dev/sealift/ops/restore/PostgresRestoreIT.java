package dev.sealift.ops.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.Row;
import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.cli.CliHarness;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshProcess;
import dev.sealift.ops.mesh.StoreLocation;
import dev.sealift.ops.programs.FreePort;
import dev.sealift.ops.support.Await;
import dev.sealift.ops.support.Database;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mesh on PostgreSQL whose database was restored from an older copy, and devices that know more than it does. */
class PostgresRestoreIT {
  private static final Duration DEADLINE = Duration.ofSeconds(90);

  /** Long enough for devices that retry every few seconds. */
  private static final Duration RECOVERY = Duration.ofSeconds(8);

  private static final String PLACES =
      "SELECT hashtext(string_agg(sequence || ' ' || server_time || ' ' || file, ',' ORDER BY sequence)) FROM file"
          + " WHERE sequence <= ";

  @TempDir
  Path folder;

  private int port;
  private MeshProcess mesh;

  @BeforeEach
  void choosePort() throws Exception {
    port = FreePort.next();
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  @Test
  void whatTheCopyLacksComesBackFromDevicesToItsOldPlaces() throws Exception {
    Database original = Database.create();
    Database copy;
    long size;
    try (Sealift founder = Sealift.open(folder.resolve("founder"));
        Sealift reader = Sealift.open(folder.resolve("reader"))) {
      Space written =
          founder.create("home", Schema.of(Schema.table("notes", "id").text("text")));
      start(original);
      written.connect(URI.create("ws://127.0.0.1:" + port));
      put(written, "before");
      Space read = reader.join(written.invite());
      read.connect();
      same(written, read);
      mesh.close();
      copy = original.copy();

      start(original);
      put(written, "after");
      put(read, "by the other");
      same(written, read);
      mesh.close();
      size = original.number("SELECT size FROM space");
      assertThat(copy.number("SELECT size FROM space")).isLessThan(size);
      recover(copy);

      start(copy);
      put(written, "new");
      same(written, read);
      assertThat(written.table("notes").count()).isEqualTo(4);
    }
    assertThat(copy.number(PLACES + size)).isEqualTo(original.number(PLACES + size));
    assertThat(copy.filesThatDoNotFit()).isZero();
    assertThat(report(copy))
        .isEqualTo(new JsonObject()
            .put("event", "recovery")
            .put("restorations", 1)
            .put("spaces", 1)
            .put("recovering", 0)
            .put("lostFiles", 0));
  }

  private void start(Database database) throws Exception {
    mesh = MeshProcess.start(
        MeshOptions.whole(folder.resolve("mesh"), port)
            .withStore(new StoreLocation.Postgres(database.options()))
            .withRecovery(RECOVERY),
        "test");
  }

  /** As an operator does. */
  private void recover(Database database) {
    CliHarness.Run run = new CliHarness(folder).run("recover", "--store", database.url(), "--json");
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  private JsonObject report(Database database) {
    return new CliHarness(folder)
        .run("recover", "--report", "--store", database.url(), "--json")
        .json();
  }

  private static void put(Space space, String key) throws Exception {
    space.table("notes").put(key, Row.of("text", key));
    space.whenDurable().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }

  private static void same(Space one, Space other) {
    Await.until(
        DEADLINE,
        () -> one.digest().equals(other.digest()),
        () -> one.status() + " and " + other.status());
  }
}
