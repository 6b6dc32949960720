package dev.sealift.ops.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The data of a PostgreSQL server that is there for a run, and the commands that make it and serve it. It waits for the disk (fsync) as in
 * production. Whoever reaches the address that it listens on may do everything. PostgreSQL refuses to run as root; root runs it as an
 * unprivileged user, who must be able to reach the folder.
 */
public final class PostgresFolder {
  public static final String USER = "sealift";
  public static final String DATABASE = "postgres";

  private static final List<String> SETTINGS = List.of(
      "fsync = on",
      "synchronous_commit = on",
      "full_page_writes = on",
      "unix_socket_directories = ''",
      "dynamic_shared_memory_type = mmap", // a file in its folder: nothing stays when it is killed
      "max_connections = 100",
      "logging_collector = off",
      "log_min_messages = warning");

  private static final List<String> UNPRIVILEGED = List.of("postgres", "nobody");

  private final PostgresPrograms programs;
  private final Path data;

  /** @param data where it is to be; its parent is there */
  public PostgresFolder(PostgresPrograms programs, Path data) {
    this.programs = programs;
    this.data = data;
  }

  /**
   * Makes an empty database; its server is not started.
   *
   * @param address that the server is to listen on
   * @param subnet from which whoever comes may do everything
   * @param settings besides those that every run needs, such as {@code max_wal_size = 1GB}
   */
  public void initialize(String address, String subnet, List<String> settings)
      throws ProgramException, InterruptedException, IOException {
    Files.createDirectories(data);
    if (isRoot()) {
      Program.run("chown", user(), data.toString());
    }
    Program.run(unprivileged(List.of(
        programs.program("initdb"),
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
    append("postgresql.conf", settings);
    append("postgresql.conf", List.of("listen_addresses = '" + address + "'"));
    append("pg_hba.conf", List.of("host all all " + subnet + " trust"));
  }

  private void append(String file, List<String> lines) throws IOException {
    Files.write(data.resolve(file), lines, StandardOpenOption.APPEND);
  }

  /** Serves it, in the foreground. SIGINT stops it in good order. */
  public List<String> server(int port) throws ProgramException, InterruptedException {
    return unprivileged(
        List.of(programs.program("postgres"), "-D", data.toString(), "-p", "" + port));
  }

  /** Whether a line that the server says means that it takes connections. */
  public static boolean saysReady(String line) {
    return line.contains("ready to accept connections");
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static List<String> unprivileged(List<String> command)
      throws ProgramException, InterruptedException {
    if (!isRoot()) {
      return command;
    }
    String setpriv = Program.find("setpriv")
        .orElseThrow(() -> ProgramException.lacking(
            "PostgreSQL does not run as root, and this machine lacks setpriv to run it as somebody else. On Debian:"
                + " apt install util-linux."))
        .toString();
    List<String> all = new ArrayList<>(
        List.of(setpriv, "--reuid=" + user(), "--regid=" + group(), "--clear-groups", "--"));
    all.addAll(command);
    return all;
  }

  private static String group() throws ProgramException, InterruptedException {
    return Program.run("id", "-g", user()).strip();
  }

  private static String user() throws ProgramException, InterruptedException {
    for (String name : UNPRIVILEGED) {
      try {
        Program.run("id", "-u", name);
        return name;
      } catch (ProgramException e) {
        // The next one, then.
      }
    }
    throw ProgramException.lacking(
        "PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody.");
  }
}
