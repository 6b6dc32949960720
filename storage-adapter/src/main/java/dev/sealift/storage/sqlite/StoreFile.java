package dev.sealift.storage.sqlite;

import dev.sealift.storage.StoreMeters;
import dev.sealift.storage.StoreOpenException;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open file: its lock, and everything that has a connection to it or works for it. */
final class StoreFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreFile.class);

  /** What to release, last first. */
  private final Deque<AutoCloseable> opened;

  private final Database database;
  private final Statements firstWriter;
  private final Checkpointer checkpointer;
  private final ReaderPool readers;
  private final ExecutorService hashers;

  /** Fails with everything released again. */
  static StoreFile open(
      Path path, SqliteOptions options, MeterRegistry registry, StoreMeters meters)
      throws StoreOpenException {
    Path real = realPath(path);
    StoreLock lock = StoreLock.acquire(real);
    Database database = new Database(real, options.maxDatabaseBytes());
    Deque<AutoCloseable> opened = new ArrayDeque<>(List.of(lock));
    try {
      StoreFiles.of(real).refuseRemains();
      return new StoreFile(database, opened, options, registry, meters);
    } catch (SQLException e) {
      release(opened);
      throw openFailure(real, e);
    } catch (StoreOpenException | RuntimeException e) {
      release(opened);
      throw e;
    }
  }

  private StoreFile(
      Database database,
      Deque<AutoCloseable> opened,
      SqliteOptions options,
      MeterRegistry registry,
      StoreMeters meters)
      throws SQLException, StoreOpenException {
    this.database = database;
    this.opened = opened;
    this.firstWriter = opening(opened, new Statements(database.openWriter()));
    Schema.bringUp(database, firstWriter.connection());
    this.checkpointer = opening(opened, new Checkpointer(database.openCheckpointer(), registry));
    this.readers = opening(opened, new ReaderPool(openReaders(options.readers()), meters));
    this.hashers = Executors.newFixedThreadPool(
        options.readers(), task -> StoreThreads.create(task, "hasher"));
    opened.push(hashers::shutdown);
  }

  private static <T extends AutoCloseable> T opening(Deque<AutoCloseable> opened, T resource) {
    opened.push(resource);
    return resource;
  }

  private List<Statements> openReaders(int count) throws SQLException {
    List<Statements> connections = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      connections.add(opening(opened, new Statements(database.openReader())));
    }
    return connections;
  }

  /** One lock for one file, by whatever path it is reached. */
  static Path realPath(Path path) throws StoreOpenException {
    Path absolute = path.toAbsolutePath().normalize();
    try {
      return Files.exists(absolute)
          ? absolute.toRealPath()
          : absolute.resolveSibling(".").toRealPath().resolve(absolute.getFileName());
    } catch (IOException e) {
      throw new StoreOpenException.Inaccessible(path.toString(), e);
    }
  }

  static StoreOpenException openFailure(Path file, SQLException e) {
    String store = file.toString();
    return switch (SqlFailure.of(e)) {
      case DAMAGED -> new StoreOpenException.Damaged(store, e);
      case LOCKED -> new StoreOpenException.InUse(store, "a program that is not Sealift");
      default -> new StoreOpenException.Inaccessible(store, e);
    };
  }

  /** The connection that the schema was checked on, for the writer's first transactions. */
  Statements firstWriter() {
    return firstWriter;
  }

  /** Another, after a transaction failed. */
  Statements reopenWriter() throws SQLException {
    return new Statements(database.openWriter());
  }

  Checkpointer checkpointer() {
    return checkpointer;
  }

  ReaderPool readers() {
    return readers;
  }

  Executor hashers() {
    return hashers;
  }

  @Override
  public void close() {
    release(opened);
  }

  private static void release(Deque<AutoCloseable> opened) {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        LOG.warn("A part of the store did not close well.", e);
      }
    }
  }
}
