package dev.sealift.storage.postgres;

import dev.sealift.storage.AgainstModelProperties;
import dev.sealift.storage.FileStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

class PostgresAgainstModelProperties extends AgainstModelProperties {
  private final Vertx vertx = Vertx.vertx();
  private final PostgresServer server = PostgresServer.shared();
  private final String database = server.database();

  PostgresAgainstModelProperties() throws Exception {}

  @Override
  protected FileStore open() throws Exception {
    return PostgresFileStore.open(vertx, server.options(database), new SimpleMeterRegistry());
  }

  @Override
  protected void remove() throws Exception {
    vertx.close().await(30, TimeUnit.SECONDS);
  }
}
