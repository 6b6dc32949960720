package dev.sealift.storage.postgres;

import dev.sealift.storage.ExpiryContract;
import dev.sealift.storage.FileStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;

class PostgresExpiryTest extends ExpiryContract {
  private static final Vertx VERTX = Vertx.vertx();

  private final PostgresServer server = PostgresServer.shared();
  private final String database = server.database();

  PostgresExpiryTest() throws Exception {}

  @AfterAll
  static void closeVertx() throws Exception {
    VERTX.close().await(30, TimeUnit.SECONDS);
  }

  @Override
  protected FileStore open() throws Exception {
    return PostgresFileStore.open(VERTX, server.options(database), new SimpleMeterRegistry());
  }

  @Override
  protected void markRestored(InstantSource clock) throws Exception {
    new PostgresMigration(server.options(database)).markRestored(clock);
  }
}
