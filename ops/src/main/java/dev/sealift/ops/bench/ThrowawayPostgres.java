package dev.sealift.ops.bench;

import dev.sealift.ops.programs.FreePort;
import dev.sealift.ops.programs.PostgresFolder;
import dev.sealift.ops.programs.PostgresPrograms;
import dev.sealift.ops.programs.ProgramException;
import dev.sealift.storage.StoreOpenException;
import dev.sealift.storage.postgres.PostgresMigration;
import dev.sealift.storage.postgres.PostgresOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A PostgreSQL server on loopback, there for one run and gone with it: also when this process is killed, because whoever started the
 * server reads from a pipe that ends then.
 */
final class ThrowawayPostgres implements AutoCloseable {
  static final String ADDRESS = "127.0.0.1";

  private static final long START_SECONDS = 60;
  private static final long STOP_SECONDS = 30;

  /** Checkpoints come with time and not with every few rounds, as on a server that is set up for its load. */
  private static final List<String> SETTINGS = List.of("max_wal_size = 4GB");

  /**
   * Starts the server, waits until its own input ends, stops the server. Ctrl-C reaches it too, as every process of the terminal; it is not
   * to go before the server has.
   */
  private static final String GUARD =
      "trap '' INT TERM HUP; exec 3<&0; \"$@\" </dev/null 3<&- & server=$!; exec >/dev/null 2>&1;"
          + " cat <&3; kill -INT $server; wait $server";

  private final int port;
  private final Process guard;
  private final CountDownLatch ready = new CountDownLatch(1);
  private final Thread reader = new Thread(this::read, "sealift-bench-postgres");
  private volatile boolean isReady;
  private volatile String lastLine = "";
  private int databases;

  private ThrowawayPostgres(Process guard, int port) {
    this.guard = guard;
    this.port = port;
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts one, and waits until it takes connections.
   *
   * @param folder whose children an unprivileged user can reach
   */
  static ThrowawayPostgres start(PostgresPrograms programs, Path folder)
      throws BenchFailedException, InterruptedException, IOException {
    PostgresFolder data = new PostgresFolder(programs, folder.resolve("data"));
    int port = FreePort.next();
    List<String> command = new ArrayList<>(List.of("sh", "-c", GUARD, "sh"));
    try {
      data.initialize(ADDRESS, ADDRESS + "/32", SETTINGS);
      command.addAll(data.server(port));
    } catch (ProgramException e) {
      throw BenchFailedException.of(e);
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    ThrowawayPostgres server = new ThrowawayPostgres(builder.start(), port);
    server.awaitReady();
    return server;
  }

  private void read() {
    try (BufferedReader output =
        new BufferedReader(new InputStreamReader(guard.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lastLine = line;
        if (PostgresFolder.saysReady(line)) {
          isReady = true;
          ready.countDown();
        }
      }
    } catch (IOException e) {
      // It was stopped in the middle of a line.
    }
    ready.countDown();
  }

  private void awaitReady() throws BenchFailedException, InterruptedException {
    boolean said = ready.await(START_SECONDS, TimeUnit.SECONDS);
    if (!said || !isReady) {
      close();
      throw new BenchFailedException("PostgreSQL did not start"
          + (said ? "" : " within " + START_SECONDS + " seconds") + ". It said last: " + lastLine);
    }
  }

  /** A store of its own: empty, with the schema that this version needs. */
  synchronized PostgresOptions freshStore() throws BenchFailedException {
    databases++;
    String name = "bench_" + databases;
    sql("CREATE DATABASE " + name);
    PostgresOptions options = options(name);
    try {
      new PostgresMigration(options).run();
    } catch (StoreOpenException e) {
      throw new BenchFailedException("The schema could not be made: " + e.getMessage(), e);
    }
    return options;
  }

  private PostgresOptions options(String database) {
    return PostgresOptions.of(
        List.of(new PostgresOptions.Host(ADDRESS, port)),
        database,
        PostgresFolder.USER,
        Optional.empty(),
        false,
        Optional.empty());
  }

  /** As {@code up --store} takes it. */
  static String url(PostgresOptions options) {
    return options.place().replace("://", "://" + options.user() + "@") + "?sslmode=disable";
  }

  /** Takes a store away, whoever still uses it. */
  void drop(PostgresOptions options) throws BenchFailedException {
    sql("DROP DATABASE " + options.database() + " WITH (FORCE)");
  }

  /** Whatever is still to be written into the tables' files is written now, and not while something is measured. */
  void settle() throws BenchFailedException {
    sql("CHECKPOINT");
  }

  private void sql(String statement) throws BenchFailedException {
    String url = "jdbc:postgresql://" + ADDRESS + ":" + port + "/" + PostgresFolder.DATABASE
        + "?sslmode=disable&socketTimeout=" + START_SECONDS;
    try (Connection connection = DriverManager.getConnection(url, PostgresFolder.USER, "");
        Statement each = connection.createStatement()) {
      each.execute(statement);
    } catch (SQLException e) {
      throw new BenchFailedException("PostgreSQL refused " + statement + ": " + e.getMessage(), e);
    }
  }

  /** Stops it, by force if it takes too long. From any thread, and twice. */
  @Override
  public void close() throws InterruptedException {
    List<ProcessHandle> servers = guard.descendants().toList();
    try {
      guard.getOutputStream().close();
    } catch (IOException e) {
      // The guard is gone.
    }
    if (!guard.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      servers.forEach(ProcessHandle::destroyForcibly);
      guard.destroyForcibly().waitFor();
    }
    reader.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
  }
}
