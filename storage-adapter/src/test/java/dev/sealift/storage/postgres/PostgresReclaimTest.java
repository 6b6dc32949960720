package dev.sealift.storage.postgres;

import dev.sealift.storage.FileStore;
import dev.sealift.storage.ReclaimContract;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;

class PostgresReclaimTest extends ReclaimContract {
  private static final Vertx VERTX = Vertx.vertx();

  private final PostgresServer server = PostgresServer.shared();
  private final String database = server.database();

  PostgresReclaimTest() throws Exception {}

  @AfterAll
  static void closeVertx() throws Exception {
    VERTX.close().await(30, TimeUnit.SECONDS);
  }

  @Override
  protected FileStore open() throws Exception {
    return PostgresFileStore.open(VERTX, server.options(database), new SimpleMeterRegistry());
  }

  @Override
  protected void age(long millis) throws Exception {
    server.sql(database, "UPDATE device SET seen_at = seen_at - " + millis);
  }

  @Override
  protected void markRestored(InstantSource clock) throws Exception {
    new PostgresMigration(server.options(database)).markRestored(clock);
  }
}
