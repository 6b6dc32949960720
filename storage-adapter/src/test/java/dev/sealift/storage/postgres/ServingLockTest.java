package dev.sealift.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.storage.StoreOpenException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A store is marked as restored only while no storage-adapter runs on it. */
class ServingLockTest {
  private final Vertx vertx = Vertx.vertx();
  private PostgresServer server;
  private String database;
  private PostgresFileStore store;

  @BeforeEach
  void openStore() throws Exception {
    server = PostgresServer.shared();
    database = server.database();
    store = PostgresFileStore.open(vertx, server.options(database), new SimpleMeterRegistry());
  }

  @AfterEach
  void closeStore() throws Exception {
    store.close();
    vertx.close().await(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }

  private void mark() throws StoreOpenException {
    new PostgresMigration(server.options(database)).markRestored(InstantSource.system());
  }

  private long restorations() throws SQLException {
    return server.number(database, "SELECT count(*) FROM restoration");
  }

  @Test
  void aStoreThatIsServedIsNotMarkedAndOneThatIsNotIs() throws Exception {
    assertThatThrownBy(this::mark)
        .isInstanceOf(StoreOpenException.StillServed.class)
        .hasMessageContaining("Stop all of them");
    assertThat(restorations()).isZero();

    store.close();
    mark();
    assertThat(restorations()).isEqualTo(1);
  }

  /** As after a restart of the server, which a restoration needs. */
  @Test
  void anIdleAdapterWhoseSessionsEndedIsSoonKnownAgain() throws Exception {
    server.sql(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + database
            + "'");
    Await.until("it holds the lock again", () -> locks() > 0);

    assertThatThrownBy(this::mark).isInstanceOf(StoreOpenException.StillServed.class);
  }

  private long locks() {
    try {
      return server.number(
          database,
          "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
              + " WHERE locktype = 'advisory' AND datname = current_database() AND mode = 'ShareLock'");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void severalAdaptersServeOneStore() throws Exception {
    PostgresFileStore.open(vertx, server.options(database), new SimpleMeterRegistry())
        .close();

    assertThatThrownBy(this::mark).isInstanceOf(StoreOpenException.StillServed.class);
  }
}
