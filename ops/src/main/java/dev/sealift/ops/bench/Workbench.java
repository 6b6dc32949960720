package dev.sealift.ops.bench;

import dev.sealift.client.Space;
import dev.sealift.ops.programs.PostgresPrograms;
import dev.sealift.storage.postgres.PostgresOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What measurements work with: the plan, a fresh folder and a fresh mesh for each round. */
final class Workbench implements AutoCloseable {
  /** Nothing that is measured takes longer than this without being broken. */
  static final Duration DEADLINE = Duration.ofMinutes(15);

  /** Longer than a process of the mesh tries by itself, so that it can say why it did not start. */
  static final long START_SECONDS = 90;

  private final BenchPlan plan;
  private final Path folder;
  private final Optional<PostgresPrograms> programs;
  private int children;
  private @Nullable ThrowawayPostgres postgres;

  /** @param programs PostgreSQL's, where the plan needs them */
  Workbench(BenchPlan plan, Path folder, Optional<PostgresPrograms> programs) {
    this.plan = plan;
    this.folder = folder;
    this.programs = programs;
  }

  BenchPlan plan() {
    return plan;
  }

  /** An empty folder, deleted by {@link #clear}. */
  Path fresh(String name) throws IOException {
    return Files.createTempDirectory(folder, name + "-");
  }

  /** The run's server, started when it is first needed. */
  synchronized ThrowawayPostgres postgres() throws Exception {
    if (postgres == null) {
      Path data = fresh("postgres");
      reachable(folder);
      reachable(data);
      postgres = ThrowawayPostgres.start(programs.orElseThrow(), data);
    }
    return postgres;
  }

  /** Temporary folders are their owner's alone; the server's user has to pass through. */
  private static void reachable(Path passed) throws IOException {
    Files.setPosixFilePermissions(passed, PosixFilePermissions.fromString("rwx--x--x"));
  }

  /** Ends what is there for the whole run. */
  @Override
  public synchronized void close() throws InterruptedException {
    if (postgres != null) {
      postgres.close();
      postgres = null;
    }
  }

  /** A mesh as the plan wants it: in a JVM of its own, or in one for each role; on a store of its own. */
  Mesh mesh(Path home) throws Exception {
    if (plan.store() == BenchPlan.Store.SQLITE) {
      return mesh(home, MeshMain.EMBEDDED, () -> {});
    }
    ThrowawayPostgres server = postgres();
    PostgresOptions store = server.freshStore();
    server.settle();
    return mesh(home, ThrowawayPostgres.url(store), () -> server.drop(store));
  }

  /** A mesh in a JVM of its own, with the embedded store, that takes compactions. */
  Mesh compactingMesh(Path home) throws Exception {
    String data = home.resolve("mesh").toString();
    ChildProcess process =
        child(MeshMain.class, List.of(), data, MeshMain.EMBEDDED, MeshMain.COMPACTIONS);
    return Mesh.of(URI.create(process.line(START_SECONDS)), process, () -> {});
  }

  private Mesh mesh(Path home, String store, Mesh.Ending ending) throws Exception {
    String data = home.resolve("mesh").toString();
    if (plan.cluster()) {
      return new ClusterStart(this, data, store).start(ending);
    }
    ChildProcess process = child(MeshMain.class, List.of(), data, store);
    return Mesh.of(URI.create(process.line(START_SECONDS)), process, ending);
  }

  /** Nothing but a gateway, with nothing behind it. */
  Mesh bareServer() throws Exception {
    List<String> flags = plan.cluster() ? Container.FLAGS : List.of();
    ChildProcess process = child(BareServerMain.class, flags);
    return Mesh.of(URI.create(process.line(START_SECONDS)), process, () -> {});
  }

  ChildProcess child(Class<?> main, List<String> flags, String... arguments) throws IOException {
    children++;
    String file = "%02d-%s.jfr".formatted(children, main.getSimpleName());
    Optional<Path> recording = plan.profile().map(to -> to.resolve(file));
    return ChildProcess.start(main, recording, flags, arguments);
  }

  /** Deletes what a round left behind, as far as it can. */
  static void clear(Path home) {
    try (Stream<Path> files = Files.walk(home)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      deepestFirst.forEach(Workbench::delete);
    } catch (IOException | UncheckedIOException e) {
      // A temporary folder: the system's own cleaning gets what is left.
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // A process that is just ending may still write into it: the others are deleted all the same.
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
