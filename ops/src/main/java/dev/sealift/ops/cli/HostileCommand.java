package dev.sealift.ops.cli;

import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.hostile.Hostile;
import dev.sealift.ops.hostile.HostileTally;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Progress;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lets liars stand between devices and their mesh, and under it. */
@Command(
    name = "hostile",
    description = {
      "Put liars between real devices and a real mesh, and under it: a proxy, a mesh that signs what it likes, a store that",
      "forgets. Each lie has to be named as what it is, with evidence that a third party can check, nothing of it applied, and",
      "the truth believed again. Then honest runs with crashes, retries and restored meshes, in which nobody may be blamed.",
      "Exit code 0 only if all of that holds."
    },
    footer = {"", "What liars do and what devices answer: --list, and ops/README.md."})
final class HostileCommand extends SealiftCommand {
  /** What is wrong is shown so often; how often it is, the figures say. */
  private static final int MOST_SHOWN = 20;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description =
          "Tell the lies of so many seeds (default: ${DEFAULT-VALUE}). Each draws one to four; with as many seeds as there are kinds each kind is told.")
  private long seeds = 400;

  @Option(
      names = "--from",
      paramLabel = "S",
      description = "Begin with this one (default: ${DEFAULT-VALUE}).")
  private long from = 1;

  @Option(
      names = "--kind",
      paramLabel = "NAME",
      description = "Tell lies of this kind alone, and do no honest runs but those asked for.")
  private @Nullable String kind;

  @Option(
      names = "--honest",
      paramLabel = "N",
      description = "Do so many honest runs (default: as many as seeds).")
  private @Nullable Long honest;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "Runs at once (default: as many as there are processors).")
  private int parallel = Runtime.getRuntime().availableProcessors();

  @Option(names = "--list", description = "Say what kinds of lies there are, and tell none.")
  private boolean list;

  private boolean good;

  HostileCommand(Surroundings surroundings) {
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
    if (seeds < 1 || parallel < 1 || honestRuns() < 0) {
      throw new Refusal(
          Refusal.WRONG_USAGE, "--seeds and --parallel must be at least 1, --honest at least 0.");
    }
    if (list) {
      list(console);
      good = true;
      return;
    }
    String only = kind;
    if (only != null && Hostile.kinds().stream().noneMatch(one -> one.name().equals(only))) {
      throw new Refusal(
          Refusal.WRONG_USAGE, "No kind of lie is named %s. --list shows all.".formatted(only));
    }
    tell(console);
  }

  private long honestRuns() {
    return honest != null ? honest : kind == null ? seeds : 0;
  }

  private static void list(Console console) {
    for (Hostile.Kind one : Hostile.kinds()) {
      console.result(
          "%-34s %-7s %s; %s".formatted(one.name(), one.by(), one.what(), one.answer()),
          new JsonObject()
              .put("kind", one.name())
              .put("by", one.by())
              .put("what", one.what())
              .put("answer", one.answer())
              .put("counted", one.counted()));
    }
  }

  private void tell(Console console) throws InterruptedException {
    long runs = seeds + honestRuns();
    try (Progress progress = console.progress("hostile", runs, "runs")) {
      Reached reached = new Reached(progress);
      Hostile hostile = new Hostile(parallel, reached::next);
      if (kind == null) {
        hostile.tell(from, seeds);
      } else {
        hostile.tell(kind, from, seeds);
      }
      hostile.honest(from, honestRuns());
      end(console, hostile.tally());
    }
  }

  private void end(Console console, HostileTally tally) {
    tally.failures().stream()
        .limit(MOST_SHOWN)
        .forEach(what -> console.result(what, new JsonObject().put("failure", what)));
    console.result(tally.text(), tally.json());
    good = tally.isGood();
  }

  /** How many runs are over. */
  private static final class Reached {
    private final Progress progress;
    private long count;

    Reached(Progress progress) {
      this.progress = progress;
    }

    void next(HostileTally now) {
      count++;
      progress.reached(count);
    }
  }
}
