package dev.sealift.ops.chaos.bed;

import dev.sealift.ops.programs.PostgresFolder;
import dev.sealift.ops.programs.PostgresPrograms;
import dev.sealift.ops.programs.ProgramException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The run's PostgreSQL, with data on its disk. Whoever reaches its namespace may do everything: nobody else does. */
final class Postgres {
  static final int PORT = 5432;

  /** The disk is small, and is to be filled by faults alone. */
  private static final List<String> SETTINGS = List.of("max_wal_size = 256MB");

  private final PostgresFolder folder;
  private final Node node;

  Postgres(PostgresPrograms programs, Disk disk, Node node) {
    this.folder = new PostgresFolder(programs, disk.folder().resolve("postgres"));
    this.node = node;
  }

  /** Makes an empty database; its server is not started. */
  void initialize(String subnet) throws ChaosFailedException, InterruptedException, IOException {
    try {
      folder.initialize(node.address(), subnet, SETTINGS);
    } catch (ProgramException e) {
      throw ChaosFailedException.of(e);
    }
  }

  /** The server, to be run in its node's namespace. */
  Supervised server(Network network, Path logs) throws ChaosFailedException, InterruptedException {
    try {
      return new Supervised(
          node,
          network.inside(node, folder.server(PORT)),
          Map.of("LC_ALL", "C"),
          logs.resolve(node.name() + ".log"),
          PostgresFolder::saysReady);
    } catch (ProgramException e) {
      throw ChaosFailedException.of(e);
    }
  }
}
