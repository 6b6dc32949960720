package dev.sealift.storage.postgres;

import dev.sealift.storage.FileStore;
import dev.sealift.storage.StoreMetersContract;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;

class PostgresMetersTest extends StoreMetersContract {
  private static final Vertx VERTX = Vertx.vertx();

  @AfterAll
  static void closeVertx() throws Exception {
    VERTX.close().await(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }

  @Override
  protected FileStore open(SimpleMeterRegistry meters) throws Exception {
    PostgresServer server = PostgresServer.shared();
    return PostgresFileStore.open(VERTX, server.options(server.database()), meters);
  }

  @Override
  protected Set<String> ownNames() {
    return Set.of("sealift.storage.connections.open", "sealift.storage.connections.busy");
  }

  @Override
  protected List<String> reasons() {
    return List.of(
        "constraint",
        "serialization",
        "lock_timeout",
        "disk_full",
        "no_resources",
        "cancelled",
        "shutdown",
        "read_only",
        "denied",
        "damaged",
        "statement",
        "not_replicated",
        "connection");
  }
}
