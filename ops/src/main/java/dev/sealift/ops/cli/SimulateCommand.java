package dev.sealift.ops.cli;

import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.simulate.Campaign;
import dev.sealift.ops.simulate.Result;
import dev.sealift.ops.simulate.Scenario;
import dev.sealift.ops.simulate.StateFile;
import dev.sealift.ops.simulate.Tally;
import dev.sealift.ops.simulate.TwoYears;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Progress;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs whole devices and a mesh under a simulated network, disk and clock, a run for each seed. */
@Command(
    name = "simulate",
    description = {
      "Run devices and a mesh in one thread, under a simulated network, disks that lose power and clocks that go wrong, all",
      "drawn by a seed; heal them, and check that all devices agree and that the laws held. Ends at the first seed that fails,",
      "and shows what happened. Exit code 0 only if none did."
    },
    footer = {"", "What is simulated and checked: ops/README.md."})
final class SimulateCommand extends SealiftCommand {
  /** What a run that was stopped does again at the most. */
  private static final long NOTE_MILLIS = 1_000;

  private static final String TWO_YEARS = "two-years";

  /** Ten years: hours of work. */
  private static final int MOST_DAYS = 3_650;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Run so many seeds (default: ${DEFAULT-VALUE}).")
  private long seeds = 1_000;

  @Option(
      names = "--from",
      paramLabel = "S",
      description = "Begin with this one (default: ${DEFAULT-VALUE}).")
  private long from = 1;

  @Option(
      names = "--scenario",
      paramLabel = "NAME",
      description = {
        "What is simulated (default: ${DEFAULT-VALUE}):",
        "trouble: whatever can go wrong, by chance;",
        "compaction: the same, where devices compact and the mesh reclaims;",
        "versions: a month of daily edits by versions 1, 2 and 3 of an app in one space;",
        "two-years: a space with compaction and without, by --days, with table and plot."
      })
  private String scenarioName = "trouble";

  private Scenario scenario = Scenario.TROUBLE;

  @Option(names = "--seed", paramLabel = "S", description = "Run this one alone.")
  private @Nullable Long seed;

  @Option(names = "--trace", description = "Show what happens, line by line; with --seed.")
  private boolean trace;

  @Option(names = "--seconds", paramLabel = "N", description = "Begin no more runs after so long.")
  private @Nullable Long seconds;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "Runs at once (default: as many as there are processors).")
  private int parallel = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description = "Note here how far it has got, and go on from there the next time.")
  private @Nullable Path state;

  @Option(
      names = "--days",
      paramLabel = "N",
      description = "Of two-years: so many days (default: ${DEFAULT-VALUE}).")
  private int days = TwoYears.DAYS;

  @Option(
      names = "--to",
      paramLabel = "FOLDER",
      description =
          "Of two-years: the folder for two-years.csv and two-years.svg (default: this one).")
  private Path to = Path.of("");

  private boolean good;

  SimulateCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Optional<Setting.Scope> scope() {
    return Optional.empty();
  }

  @Override
  int exitCode() {
    return good ? ExitCode.DONE : ExitCode.FAILED;
  }

  @Override
  void run(Console console, Configuration settings) throws Refusal, InterruptedException {
    if (seeds < 1 || parallel < 1 || (seconds != null && seconds < 1)) {
      throw new Refusal(
          Refusal.WRONG_USAGE, "--seeds, --parallel and --seconds must be at least 1.");
    }
    if (trace && seed == null) {
      throw new Refusal(Refusal.WRONG_USAGE, "--trace shows one run: name it with --seed.");
    }
    if (scenarioName.equals(TWO_YEARS)) {
      twoYears(console);
      return;
    }
    scenario = Arrays.stream(Scenario.values())
        .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(scenarioName))
        .findFirst()
        .orElseThrow(() -> new Refusal(
            Refusal.WRONG_USAGE, "--scenario is trouble, compaction, versions or two-years."));
    if (seed != null) {
      one(console, seed);
    } else {
      many(console);
    }
  }

  private void twoYears(Console console) throws Refusal, InterruptedException {
    if (days < 1 || days > MOST_DAYS) {
      throw new Refusal(Refusal.WRONG_USAGE, "--days is 1 to %d.".formatted(MOST_DAYS));
    }
    if (trace || state != null || seconds != null) {
      throw new Refusal(
          Refusal.WRONG_USAGE, "--trace, --state and --seconds are not for two-years.");
    }
    good = new TwoYearsRun(console, to).run(seed == null ? from : seed, days);
  }

  private void one(Console console, long which) {
    long began = System.nanoTime();
    Result result = Campaign.one(scenario, which, trace);
    result.trace().forEach(console::say);
    end(console, new Tally(which).plus(result).after(millisSince(began)), Optional.of(result));
  }

  private void many(Console console) throws Refusal, InterruptedException {
    Optional<StateFile> file = Optional.ofNullable(state).map(StateFile::new);
    Tally before = before(file);
    long began = System.nanoTime();
    try (Progress progress = console.progress("simulate", seeds, "seeds")) {
      Watch watch = new Watch(before, began, file, progress);
      new Campaign(
              scenario, parallel, () -> seconds == null || millisSince(began) < seconds * 1_000)
          .run(from + before.seeds(), seeds - before.seeds(), watch::take);
      watch.note();
      end(console, watch.tally(), watch.failed());
    } catch (IllegalNoteException e) {
      throw unusable(e.reason());
    }
  }

  private Tally before(Optional<StateFile> file) throws Refusal {
    if (file.isEmpty()) {
      return new Tally(from);
    }
    try {
      Tally noted = file.get().read().orElse(new Tally(from));
      if (noted.from() != from || noted.failed() > 0) {
        throw new Refusal(
            Refusal.WRONG_USAGE,
            "%s is of a simulation from seed %d that %s. Name another file, or take it away."
                .formatted(state, noted.from(), noted.failed() > 0 ? "failed" : "began elsewhere"));
      }
      return noted;
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private Refusal unusable(IOException why) {
    return new Refusal(
        "state-file-unusable",
        "The file %s cannot be used: %s. Name another one with --state."
            .formatted(state, why.getMessage()));
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  private void end(Console console, Tally tally, Optional<Result> last) {
    good = tally.failed() == 0;
    last.filter(result -> result.fault().isPresent()).ifPresent(result -> {
      if (!trace) {
        Campaign.one(scenario, result.seed(), true).trace().forEach(console::say);
      }
      String fault = result.fault().orElseThrow();
      console.result(
          "Seed %d fails. %s".formatted(result.seed(), fault),
          new JsonObject().put("seed", result.seed()).put("fault", fault));
      console.say("Again: ops/sealift simulate --scenario %s --seed %d --trace"
          .formatted(scenarioName, result.seed()));
    });
    console.result(tally.text(), tally.json());
  }

  /** The state could not be noted. */
  private static final class IllegalNoteException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final IOException reason;

    IllegalNoteException(IOException reason) {
      super(reason);
      this.reason = reason;
    }

    IOException reason() {
      return reason;
    }
  }

  /** Adds up the runs, and notes from time to time how far they have got. */
  private static final class Watch {
    private final long beganNanos;
    private final long millisBefore;
    private final Optional<StateFile> file;
    private final Progress progress;
    private Tally tally;
    private Optional<Result> failed = Optional.empty();
    private long notedNanos = System.nanoTime();

    Watch(Tally before, long beganNanos, Optional<StateFile> file, Progress progress) {
      this.tally = before;
      this.millisBefore = before.millis();
      this.beganNanos = beganNanos;
      this.file = file;
      this.progress = progress;
    }

    void take(Result result) {
      tally = tally.plus(result).after(millisBefore + millisSince(beganNanos));
      progress.reached(tally.seeds());
      if (result.fault().isPresent()) {
        failed = Optional.of(result);
      }
      if (millisSince(notedNanos) >= NOTE_MILLIS) {
        note();
      }
    }

    void note() {
      notedNanos = System.nanoTime();
      file.ifPresent(to -> {
        try {
          to.write(tally);
        } catch (IOException e) {
          throw new IllegalNoteException(e);
        }
      });
    }

    Tally tally() {
      return tally;
    }

    Optional<Result> failed() {
      return failed;
    }
  }
}
