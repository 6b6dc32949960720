package dev.sealift.ops.mesh;

import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.storage.FileStore;
import dev.sealift.storage.StoreOpenException;
import dev.sealift.storage.postgres.PostgresFileStore;
import dev.sealift.storage.postgres.PostgresOptions;
import dev.sealift.storage.postgres.PostgresUrl;
import dev.sealift.storage.sqlite.SqliteFileStore;
import dev.sealift.storage.sqlite.SqliteMigration;
import dev.sealift.storage.sqlite.SqliteOptions;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.InstantSource;

/** Where a storage-adapter keeps the mesh's files. */
public sealed interface StoreLocation {
  /** What a path of an embedded store begins with. */
  String SQLITE = "sqlite:";

  /** Brings an older schema up, where that is this process's to do. Blocks for as long as it takes. */
  default void bringUp() throws StoreOpenException {}

  /** Opens it. Blocks. */
  FileStore open(Vertx vertx, MeterRegistry meters) throws StoreOpenException;

  /** Whether no other process can reach it. */
  boolean embedded();

  /** A file of this machine. */
  record Sqlite(Path file) implements StoreLocation {
    @Override
    public void bringUp() throws StoreOpenException {
      SqliteMigration.run(file);
    }

    @Override
    public FileStore open(Vertx vertx, MeterRegistry meters) throws StoreOpenException {
      return SqliteFileStore.open(file, SqliteOptions.defaults(), InstantSource.system(), meters);
    }

    @Override
    public boolean embedded() {
      return true;
    }
  }

  /** A database that others share. */
  record Postgres(PostgresOptions options) implements StoreLocation {
    @Override
    public FileStore open(Vertx vertx, MeterRegistry meters) throws StoreOpenException {
      return PostgresFileStore.open(vertx, options, meters);
    }

    @Override
    public boolean embedded() {
      return false;
    }
  }

  /** The embedded store of a data folder. */
  static StoreLocation in(Path data) {
    return new Sqlite(data.resolve("store.db"));
  }

  static StoreLocation of(Configuration settings, Path data) throws MeshStartException {
    String url = settings.text(Setting.STORE_URL);
    if (url.isEmpty()) {
      return in(data);
    }
    if (url.startsWith(SQLITE) && url.length() > SQLITE.length()) {
      return new Sqlite(Path.of(url.substring(SQLITE.length())));
    }
    if (!PostgresUrl.isOne(url)) {
      throw MeshStartException.badSetting(
          "A store is sqlite:PATH or postgres://USER@HOST:PORT/DATABASE, and "
              + settings.place(Setting.STORE_URL) + " is neither.");
    }
    try {
      return new Postgres(PostgresUrl.parse(
          url, settings.path(Setting.STORE_PASSWORD_FILE), settings.path(Setting.STORE_CA)));
    } catch (IllegalArgumentException e) {
      throw MeshStartException.badSetting(String.valueOf(e.getMessage()));
    }
  }
}
