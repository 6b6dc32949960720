package dev.sealift.ops.chaos.bed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * Takes away what a run made on this machine, knowing nothing but its id: processes (all that live in its namespaces), namespaces and
 * with them bridge, interfaces and rules, mounts. Works after the run's own process was killed, and twice.
 */
public final class Leftovers {
  private static final Path MOUNTS = Path.of("/proc/mounts");
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  /** So long a process may take to close what it has open before it is killed. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private Leftovers() {}

  /** Clears away every run whose process is gone; answers how many there were. */
  public static int clearDeadRuns() throws InterruptedException {
    TreeSet<String> dead = new TreeSet<>();
    for (String name : Namespaces.ofRuns()) {
      RunId.in(name).filter(run -> !run.isGoingOn()).map(RunId::text).ifPresent(dead::add);
    }
    for (String mount : mounts(name -> true)) {
      RunId.in(mount).filter(run -> !run.isGoingOn()).map(RunId::text).ifPresent(dead::add);
    }
    for (String run : dead) {
      clear(RunId.in(run).orElseThrow());
    }
    return dead.size();
  }

  /** Clears away one run. A database may close what it shares with its children; nobody else has anything to close. */
  static void clear(RunId run) throws InterruptedException {
    List<String> namespaces = Namespaces.of(run);
    for (String namespace : namespaces) {
      List<String> pids = Namespaces.pids(namespace);
      if (namespace.endsWith(Part.POSTGRES.text())) {
        Namespaces.signal(namespace, "CONT");
        Namespaces.signal(namespace, "INT");
        awaitEmpty(namespace);
      }
      Namespaces.signal(namespace, "KILL");
      removeClockMemory(pids);
    }
    for (String namespace : namespaces) {
      Namespaces.delete(namespace);
    }
    for (String mount : mounts(name -> RunId.in(name).equals(Optional.of(run)))) {
      Shell.runAnyway("umount", "--lazy", mount);
    }
  }

  private static void awaitEmpty(String namespace) throws InterruptedException {
    long end = System.nanoTime() + GRACE.toNanos();
    while (!Namespaces.pids(namespace).isEmpty() && System.nanoTime() < end) {
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }

  /** Where file systems of runs are mounted, the deepest first. */
  private static List<String> mounts(Predicate<String> wanted) {
    try {
      List<String> found =
          new java.util.ArrayList<>(Files.readAllLines(MOUNTS, StandardCharsets.UTF_8).stream()
              .map(line -> line.split(" ", -1)[1])
              .filter(mount -> RunId.in(mount).isPresent() && wanted.test(mount))
              .sorted()
              .toList());
      Collections.reverse(found);
      return found;
    } catch (IOException e) {
      return List.of();
    }
  }

  /** What libfaketime shares between a process and its children, and a killed one cannot remove. */
  static void removeClockMemory(List<String> pids) {
    for (String pid : pids) {
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(SHARED_MEMORY, "*faketime_*_" + pid)) {
        for (Path file : files) {
          Files.deleteIfExists(file);
        }
      } catch (IOException e) {
        // A page of memory stays until the machine starts again.
      }
    }
  }
}
