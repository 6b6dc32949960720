package dev.sealift.ops.observability;

import dev.sealift.ops.mesh.StoreLocation;
import dev.sealift.storage.postgres.PostgresMigration;
import dev.sealift.storage.postgres.PostgresOptions;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;

/** With a real PostgreSQL. */
class ObservedPostgresMeshTest extends ObservedMesh {
  private EmbeddedPostgres server;

  @Override
  StoreLocation store(Path data) throws Exception {
    server = EmbeddedPostgres.builder()
        .setServerConfig("fsync", "on") // without these two the store refuses it
        .setServerConfig("synchronous_commit", "on")
        .start();
    PostgresOptions options = PostgresOptions.of(
        List.of(new PostgresOptions.Host("localhost", server.getPort())),
        "postgres",
        "postgres",
        Optional.empty(),
        false,
        Optional.empty());
    new PostgresMigration(options).run();
    return new StoreLocation.Postgres(options);
  }

  @AfterAll
  void stopServer() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  @Override
  String otherStore() {
    return "(embedded store)";
  }
}
