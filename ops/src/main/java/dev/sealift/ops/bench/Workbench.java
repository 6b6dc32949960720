package dev.sealift.ops.bench;

import dev.sealift.client.Space;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What measurements work with: the plan, a fresh folder and a fresh mesh for each round. */
final class Workbench {
  /** Nothing that is measured takes longer than this without being broken. */
  static final Duration DEADLINE = Duration.ofMinutes(15);

  private static final long START_SECONDS = 60;

  private final BenchPlan plan;
  private final Path folder;
  private int children;

  Workbench(BenchPlan plan, Path folder) {
    this.plan = plan;
    this.folder = folder;
  }

  BenchPlan plan() {
    return plan;
  }

  /** An empty folder, deleted by {@link #clear}. */
  Path fresh(String name) throws IOException {
    return Files.createTempDirectory(folder, name + "-");
  }

  /** A whole mesh in a JVM of its own. */
  Mesh mesh(Path home) throws Exception {
    return mesh(home, List.of());
  }

  Mesh mesh(Path home, List<String> flags) throws Exception {
    ChildProcess process = child(MeshMain.class, flags, home.resolve("mesh").toString());
    return new Mesh(process, URI.create(process.line(START_SECONDS)));
  }

  Mesh bareServer() throws Exception {
    ChildProcess process = child(BareServerMain.class, List.of());
    return new Mesh(process, URI.create(process.line(START_SECONDS)));
  }

  ChildProcess child(Class<?> main, List<String> flags, String... arguments) throws IOException {
    children++;
    String file = "%02d-%s.jfr".formatted(children, main.getSimpleName());
    Optional<Path> recording = plan.profile().map(to -> to.resolve(file));
    return ChildProcess.start(main, recording, flags, arguments);
  }

  /** A server in a JVM of its own, and where it is. */
  record Mesh(ChildProcess process, URI url) implements AutoCloseable {
    @Override
    public void close() throws InterruptedException {
      process.close();
    }
  }

  /** Deletes what a round left behind, as far as it can. */
  static void clear(Path home) {
    try (Stream<Path> files = Files.walk(home)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // A temporary folder: the system's own cleaning gets what is left.
    }
  }

  static void await(CompletableFuture<Void> done) throws Exception {
    done.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }

  /** What was measured counts only if the devices agree. */
  static void requireEqual(List<Space> spaces) throws Exception {
    for (Space space : spaces) {
      await(space.whenUpToDate());
    }
    if (spaces.stream().map(Space::digest).distinct().count() != 1) {
      throw new BenchFailedException("The devices do not agree: this is a bug, and no figure.");
    }
  }

  interface Work {
    void run() throws Exception;
  }

  /** Seconds that it takes. */
  static double seconds(Work work) throws Exception {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }
}
