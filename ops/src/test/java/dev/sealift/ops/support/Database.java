package dev.sealift.ops.support;

import dev.sealift.storage.postgres.PostgresMigration;
import dev.sealift.storage.postgres.PostgresOptions;
import dev.sealift.storage.postgres.PostgresUrl;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A database of one's own, at a real PostgreSQL that all tests of this JVM share. */
public final class Database {
  private static final String USER = "postgres";
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final String name;

  private Database(String name) {
    this.name = name;
  }

  /** Started when it is first asked for; it ends with this JVM. */
  private static final class Server {
    private static final EmbeddedPostgres INSTANCE = start();

    private static EmbeddedPostgres start() {
      try {
        Path data = Files.createTempDirectory("sealift-database");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> abandon(data)));
        return EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false) // an orderly stop takes longer than a JVM should
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("fsync", "on") // a store that may lose what it acknowledged is refused
            .start();
      } catch (IOException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private static void abandon(Path data) {
      try {
        String pid = Files.readAllLines(data.resolve("postmaster.pid")).get(0);
        ProcessHandle.of(Long.parseLong(pid)).ifPresent(server -> {
          List<ProcessHandle> children = server.descendants().toList();
          server.destroyForcibly();
          children.forEach(ProcessHandle::destroyForcibly);
          server.onExit().join();
        });
        try (Stream<Path> files = Files.walk(data)) {
          files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        }
      } catch (IOException | UncheckedIOException e) {
        System.err.println("left behind: " + data);
      }
    }
  }

  /** With the schema in it. */
  public static Database create() throws Exception {
    Database database = named("template1");
    new PostgresMigration(database.options()).run();
    return database;
  }

  /** This database as it is now, in another one. Whoever has it open must go first. */
  public Database copy() throws SQLException {
    return named(name);
  }

  private static Database named(String template) throws SQLException {
    String name = "mesh" + NUMBERS.incrementAndGet();
    try (Connection connection = Server.INSTANCE.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name + " TEMPLATE " + template);
    }
    return new Database(name);
  }

  /** What {@code --store} takes. */
  public String url() {
    return "postgres://%s@127.0.0.1:%d/%s".formatted(USER, Server.INSTANCE.getPort(), name);
  }

  public PostgresOptions options() {
    return PostgresUrl.parse(url(), Optional.empty(), Optional.empty());
  }

  public long number(String query) throws SQLException {
    try (Connection connection = Server.INSTANCE.getDatabase(USER, name).getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** How many files there are more than the spaces' heads or the devices' chains tell of, or fewer: none, if all is well. */
  public long filesThatDoNotFit() throws SQLException {
    return number("""
        SELECT abs(count(*) - (SELECT sum(size) FROM space))
          + abs(count(*) - count(DISTINCT (space_row, device_row, counter)))
          + abs(count(*) - (SELECT sum(chain.last) FROM (
              SELECT max(counter) AS last FROM file GROUP BY space_row, device_row) AS chain))
        FROM file""");
  }
}
