package dev.sealift.ops.chaos.bed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A server of PostgreSQL from the machine's own programs, as an unprivileged user, with data on the run's disk. It waits for the disk
 * (fsync) as in production. Whoever reaches its namespace may do everything: nobody else does.
 */
final class Postgres {
  static final int PORT = 5432;
  static final String USER = "sealift";
  static final String DATABASE = "postgres";

  private static final List<String> SETTINGS = List.of(
      "fsync = on",
      "synchronous_commit = on",
      "full_page_writes = on",
      "unix_socket_directories = ''",
      "dynamic_shared_memory_type = mmap", // a file in its folder: nothing stays when it is killed
      "max_connections = 100",
      "max_wal_size = 256MB",
      "logging_collector = off",
      "log_min_messages = warning");

  private static final List<String> UNPRIVILEGED = List.of("postgres", "nobody");

  private final Path programs;
  private final Path data;
  private final Node node;

  Postgres(Path programs, Disk disk, Node node) {
    this.programs = programs;
    this.data = disk.folder().resolve("postgres");
    this.node = node;
  }

  /** Makes an empty database; its server is not started. */
  void initialize(String subnet) throws ChaosFailedException, InterruptedException, IOException {
    Files.createDirectories(data);
    Shell.run("chown", user(), data.toString());
    Shell.run(unprivileged(List.of(
        programs.resolve("initdb").toString(),
        "-D",
        data.toString(),
        "-U",
        USER,
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C")));
    append("postgresql.conf", SETTINGS);
    append("postgresql.conf", List.of("listen_addresses = '" + node.address() + "'"));
    append("pg_hba.conf", List.of("host all all " + subnet + " trust"));
  }

  private void append(String file, List<String> lines) throws IOException {
    Files.write(data.resolve(file), lines, StandardOpenOption.APPEND);
  }

  /** The server, to be run in its node's namespace. */
  Supervised server(Network network, Path logs) throws ChaosFailedException, InterruptedException {
    List<String> command = unprivileged(
        List.of(programs.resolve("postgres").toString(), "-D", data.toString(), "-p", "" + PORT));
    return new Supervised(
        node,
        network.inside(node, command),
        Map.of("LC_ALL", "C"),
        logs.resolve(node.name() + ".log"),
        line -> line.contains("ready to accept connections"));
  }

  private static List<String> unprivileged(List<String> command)
      throws ChaosFailedException, InterruptedException {
    List<String> all = new ArrayList<>(
        List.of("setpriv", "--reuid=" + user(), "--regid=" + group(), "--clear-groups", "--"));
    all.addAll(command);
    return all;
  }

  private static String group() throws ChaosFailedException, InterruptedException {
    return Shell.run("id", "-g", user()).strip();
  }

  private static String user() throws ChaosFailedException, InterruptedException {
    for (String name : UNPRIVILEGED) {
      try {
        Shell.run("id", "-u", name);
        return name;
      } catch (ChaosFailedException e) {
        // The next one, then.
      }
    }
    throw ChaosFailedException.notEquipped(
        "PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody.");
  }
}
