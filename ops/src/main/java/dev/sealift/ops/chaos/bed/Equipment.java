package dev.sealift.ops.chaos.bed;

import dev.sealift.ops.programs.PostgresPrograms;
import dev.sealift.ops.programs.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What this machine has of what the test needs. Nothing is installed.
 *
 * @param faketime the library, if it is there
 * @param postgres PostgreSQL's programs; empty when the mesh has an embedded store
 */
public record Equipment(Optional<Path> faketime, Optional<PostgresPrograms> postgres) {
  private static final Map<String, String> PACKAGE_OF = packages();
  private static final List<Path> LIBRARIES =
      List.of(Path.of("/usr/lib"), Path.of("/usr/lib64"), Path.of("/usr/local/lib"));
  private static final String FAKETIME = "libfaketime.so.1";

  /** Libraries of a platform lie at most so deep: lib/x86_64-linux-gnu/faketime/libfaketime.so.1. */
  private static final int LIBRARY_DEPTH = 3;

  private static Map<String, String> packages() {
    Map<String, String> packages = new LinkedHashMap<>();
    packages.put("ip", "iproute2");
    packages.put("tc", "iproute2");
    packages.put("iptables", "iptables");
    packages.put("nsenter", "util-linux");
    packages.put("setpriv", "util-linux");
    packages.put("fallocate", "util-linux");
    packages.put("bash", "bash");
    packages.put("timeout", "coreutils");
    packages.put("mount", "mount");
    packages.put("mkfs.ext4", "e2fsprogs");
    return packages;
  }

  /**
   * Looks around.
   *
   * @param postgresFolder where PostgreSQL's programs are; empty to look for them
   */
  public static Equipment find(Topology.Store store, Optional<Path> postgresFolder)
      throws ChaosFailedException {
    requireRoot();
    boolean wantsPostgres = store == Topology.Store.POSTGRES;
    Optional<PostgresPrograms> postgres =
        wantsPostgres ? PostgresPrograms.find(postgresFolder) : Optional.empty();
    TreeSet<String> missing = new TreeSet<>();
    PACKAGE_OF.forEach((program, name) -> {
      if (Program.find(program).isEmpty()) {
        missing.add(name);
      }
    });
    if (wantsPostgres && postgres.isEmpty()) {
      missing.add("postgresql");
    }
    if (!missing.isEmpty()) {
      throw ChaosFailedException.notEquipped(
          "The fault test needs programs that are not here. On Debian: apt install "
              + String.join(" ", missing)
              + (missing.contains("postgresql")
                  ? " (or name PostgreSQL's folder by --postgres, or choose --store sqlite)."
                  : "."));
    }
    return new Equipment(faketimeLibrary(), postgres);
  }

  private static void requireRoot() throws ChaosFailedException {
    if (!"root".equals(System.getProperty("user.name"))) {
      throw ChaosFailedException.notEquipped(
          "The fault test makes network namespaces and mounts a file: only root may. Run it with sudo, on a machine"
              + " for tests.");
    }
  }

  private static Optional<Path> faketimeLibrary() {
    for (Path folder : LIBRARIES) {
      try (Stream<Path> files =
          Files.find(folder, LIBRARY_DEPTH, (file, attributes) -> file.endsWith(FAKETIME))) {
        Optional<Path> found = files.findFirst();
        if (found.isPresent()) {
          return found;
        }
      } catch (IOException | java.io.UncheckedIOException e) {
        // Not a folder that can be read: it holds no library for us.
      }
    }
    return Optional.empty();
  }
}
