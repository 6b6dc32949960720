package dev.sealift.storage.postgres;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;

/** A real server of one's own on loopback: started, stopped, killed, copied. Works as root too. */
final class PostgresServer implements AutoCloseable {
  static final String USER = "postgres";

  private static final long DEADLINE_SECONDS = 60;
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static PostgresServer shared;

  private final Path folder;
  private final int port;
  private final List<String> settings = new ArrayList<>();
  private Process process;
  private boolean hasTemplate;

  private PostgresServer(Path folder) throws IOException {
    this.folder = folder;
    this.port = freePort();
  }

  /** The one that tests share which do it no harm; each takes a database of its own. */
  static synchronized PostgresServer shared() throws Exception {
    if (shared == null) {
      shared = create();
      shared.start();
      Runtime.getRuntime().addShutdownHook(new Thread(shared::abandon));
    }
    return shared;
  }

  /** Not started yet. */
  static PostgresServer create() throws Exception {
    PostgresServer server = new PostgresServer(Files.createTempDirectory("sealift-postgres"));
    List<String> initdb = command(
        "initdb",
        "-D",
        server.data().toString(),
        "-U",
        USER,
        "--auth=trust",
        "-E",
        "UTF8",
        "--no-locale",
        "--no-sync");
    Process made = new ProcessBuilder(initdb)
        .redirectErrorStream(true)
        .redirectOutput(server.folder.resolve("initdb.log").toFile())
        .start();
    if (!made.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS) || made.exitValue() != 0) {
      throw new AssertionError(Files.readString(server.folder.resolve("initdb.log")));
    }
    return server;
  }

  /** A copy of one that is stopped. */
  PostgresServer copy() throws IOException {
    PostgresServer copy = new PostgresServer(Files.createTempDirectory("sealift-postgres"));
    Folders.copy(data(), copy.data());
    return copy;
  }

  /** A copy of one that is stopped, which follows it once both run, under this name. */
  PostgresServer standby(String name) throws IOException {
    PostgresServer standby = copy();
    Files.createFile(standby.data().resolve("standby.signal"));
    return standby.set(
        "primary_conninfo",
        "host=127.0.0.1 port=%d user=%s application_name=%s".formatted(port, USER, name));
  }

  /** Returns when the standby takes writes. */
  void promote() throws SQLException {
    sql("postgres", "SELECT pg_promote()");
    awaitTrue("postgres", "NOT pg_is_in_recovery()");
  }

  /** PostgreSQL refuses to run as root; in a user namespace of its own root is nobody. */
  private static List<String> command(String program, String... arguments) {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(PostgresBinaries.program(program).toString());
    command.addAll(List.of(arguments));
    return command;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  Path data() {
    return folder.resolve("data");
  }

  int port() {
    return port;
  }

  PostgresServer set(String name, String value) {
    settings.add("-c");
    settings.add(name + "=" + value);
    return this;
  }

  void start() throws Exception {
    process = launch();
    awaitReady();
  }

  private Process launch() throws IOException {
    List<String> command = command(
        "postgres",
        "-D",
        data().toString(),
        "-p",
        "" + port,
        "-k",
        folder.toString(),
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "max_connections=60",
        "-c",
        "shared_buffers=32MB");
    command.addAll(settings);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(
            ProcessBuilder.Redirect.appendTo(folder.resolve("server.log").toFile()))
        .start();
  }

  private void awaitReady() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (true) {
      try (Connection connection = connect("postgres")) {
        return;
      } catch (SQLException e) {
        if (System.nanoTime() - deadline > 0) {
          throw new AssertionError(Files.readString(folder.resolve("server.log")), e);
        }
        if (!process
            .isAlive()) { // a process that was killed may hold the shared memory for a moment
          // longer
          process = launch();
        }
        Thread.sleep(50);
      }
    }
  }

  /** As an administrator does: sessions are ended. */
  void stop() throws Exception {
    process.destroy(); // SIGTERM waits for clients
    signal("INT");
    process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
  }

  /** At whatever instruction it is, every process of it. */
  void kill() throws Exception {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    process.waitFor();
    Files.deleteIfExists(data().resolve("postmaster.pid"));
  }

  Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?sslmode=prefer", USER, "");
  }

  void sql(String database, String statement) throws SQLException {
    try (Connection connection = connect(database);
        Statement each = connection.createStatement()) {
      each.execute(statement);
    }
  }

  /** The rows of a table, as far as the other one has its columns too. */
  void copy(String from, String to, String table) throws SQLException, IOException {
    try (Connection source = connect(from);
        Connection target = connect(to)) {
      StringWriter rows = new StringWriter();
      String columns = columns(target, table);
      source
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyOut("COPY (SELECT " + columns + " FROM " + table + ") TO STDOUT", rows);
      target
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn(
              "COPY " + table + " (" + columns + ") FROM STDIN", new StringReader(rows.toString()));
    }
  }

  private static String columns(Connection connection, String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT string_agg(column_name, ', ')"
            + " FROM information_schema.columns WHERE table_name = '" + table + "'")) {
      row.next();
      return row.getString(1);
    }
  }

  long number(String database, String query) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Returns when this condition holds, which it must in time. */
  void awaitTrue(String database, String condition) throws SQLException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (number(database, "SELECT (" + condition + ")::int") == 0) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not in time: " + condition);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }

  String emptyDatabase() throws SQLException {
    String name = "t" + DATABASES.incrementAndGet();
    sql("postgres", "CREATE DATABASE " + name);
    return name;
  }

  /** With the schema in it. */
  synchronized String database() throws Exception {
    if (!hasTemplate) {
      sql("postgres", "CREATE DATABASE migrated");
      new PostgresMigration(options("migrated")).run();
      hasTemplate = true;
    }
    String name = "t" + DATABASES.incrementAndGet();
    sql("postgres", "CREATE DATABASE " + name + " TEMPLATE migrated");
    return name;
  }

  PostgresOptions options(String database) {
    return PostgresOptions.of(
        List.of(new PostgresOptions.Host("127.0.0.1", port)),
        database,
        USER,
        Optional.empty(),
        false,
        Optional.empty());
  }

  /** For the end of the JVM, which must not wait. */
  private void abandon() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    Folders.delete(folder);
  }

  @Override
  public void close() {
    try {
      if (process != null && process.isAlive()) {
        kill();
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    } finally {
      Folders.delete(folder);
    }
  }
}
