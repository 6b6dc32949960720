package dev.sealift.ops.bench;

import dev.sealift.ops.programs.PostgresPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Runs what a plan asks for, one measurement after another, in a temporary folder. */
public final class Bench {
  private final BenchPlan plan;
  private final Listener listener;

  /** Hears how far it has got. */
  public interface Listener {
    /** One round begins. */
    void round(List<BenchRow> rows, int round, int rounds, boolean warmUp);
  }

  public Bench(BenchPlan plan, Listener listener) {
    this.plan = plan;
    this.listener = listener;
  }

  /**
   * Measures. Blocks for minutes.
   *
   * @return one figure for each row that the plan wants, in the order of {@link BenchRow}
   * @throws BenchFailedException when something did not do what it should; no figure is believed then
   */
  public List<Figure> run() throws BenchFailedException, InterruptedException {
    Optional<PostgresPrograms> programs = programs();
    Path folder;
    try {
      folder = Files.createTempDirectory("sealift-bench-");
    } catch (IOException e) {
      throw new BenchFailedException(
          "No temporary folder can be made. Is the disk full, or java.io.tmpdir not writable?", e);
    }
    Workbench bench = new Workbench(plan, folder, programs);
    Thread cleaning = new Thread(() -> clean(bench, folder), "sealift-bench-cleaning");
    Runtime.getRuntime().addShutdownHook(cleaning);
    try {
      return measure(bench);
    } finally {
      clean(bench, folder);
      forget(cleaning);
    }
  }

  private static void forget(Thread cleaning) {
    try {
      Runtime.getRuntime().removeShutdownHook(cleaning);
    } catch (IllegalStateException e) {
      // The run is being ended by a person: it cleans already.
    }
  }

  /** Looked for before anything is measured: it would be a pity to miss them after minutes. */
  private Optional<PostgresPrograms> programs() throws BenchFailedException {
    if (plan.store() != BenchPlan.Store.POSTGRES) {
      return Optional.empty();
    }
    Optional<PostgresPrograms> programs = PostgresPrograms.find(plan.postgres());
    if (programs.isEmpty()) {
      throw BenchFailedException.notEquipped(
          "--store postgres needs PostgreSQL's programs, and they are not here. On Debian: apt install postgresql"
              + " (or name their folder by --postgres, or choose --store sqlite).");
    }
    return programs;
  }

  private static void clean(Workbench bench, Path folder) {
    try {
      bench.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Workbench.clear(folder);
  }

  private List<Figure> measure(Workbench bench) throws BenchFailedException, InterruptedException {
    Figures figures = new Figures(plan.cluster());
    for (Measurement measurement : measurements(bench)) {
      if (!Collections.disjoint(measurement.rows(), plan.only())) {
        measure(measurement, figures);
      }
    }
    return figures.all().stream().filter(f -> plan.only().contains(f.row())).toList();
  }

  private static List<Measurement> measurements(Workbench bench) {
    return List.of(
        new BulkTransfer(bench),
        new SingleWrites(bench),
        new Updates(bench),
        new AfterUpdates(bench),
        new Making(bench),
        new Propagation(bench),
        new IdleConnections(bench),
        new AdmissionCore(),
        new AdmissionParts(bench),
        new Revocation(bench),
        new ReceiptChecks(),
        new PostgresCommit(bench),
        new Memory(bench));
  }

  private void measure(Measurement measurement, Figures figures)
      throws BenchFailedException, InterruptedException {
    List<BenchRow> rows =
        measurement.rows().stream().filter(plan.only()::contains).sorted().toList();
    int warmUp = measurement.warmsUp() ? plan.warmUp() : 0;
    for (int i = 0; i < warmUp; i++) {
      listener.round(rows, i, warmUp, true);
      round(measurement, plan.rounds() + i, new Figures(plan.cluster()));
    }
    int rounds = Math.min(plan.rounds(), measurement.mostRounds());
    for (int i = 0; i < rounds; i++) {
      listener.round(rows, i, rounds, false);
      round(measurement, i, figures);
    }
  }

  private void round(Measurement measurement, int number, Figures figures)
      throws BenchFailedException, InterruptedException {
    Optional<Path> file =
        plan.profile().map(to -> to.resolve("%s-%d.jfr".formatted(name(measurement), number)));
    try (Recording recording = Recording.into(file)) {
      measurement.round(number, figures);
    } catch (BenchFailedException | InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new BenchFailedException(
          name(measurement) + " could not be measured: " + e.getMessage(), e);
    }
  }

  private static String name(Measurement measurement) {
    return measurement.getClass().getSimpleName();
  }
}
