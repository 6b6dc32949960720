package dev.sealift.ops.cli;

import dev.sealift.ops.chaos.Chaos;
import dev.sealift.ops.chaos.ChaosListener;
import dev.sealift.ops.chaos.ChaosPlan;
import dev.sealift.ops.chaos.ChaosResult;
import dev.sealift.ops.chaos.bed.ChaosFailedException;
import dev.sealift.ops.chaos.bed.Topology.Store;
import dev.sealift.ops.chaos.fault.FaultKind;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.terminal.Console;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lets a mesh meet faults, and looks whether it kept its promises. */
@Command(
    name = "chaos",
    description = {
      "Run a mesh of real processes in network namespaces of this machine, let devices write to it, let faults befall it",
      "that are drawn by a seed, heal it, and check that every acknowledged write is there, once, on every device.",
      "Exit code 0 only if nothing was lost or doubled and all devices agree. Needs root, and leaves nothing behind."
    },
    footer = {"", "What is done, measured and checked, and the packages it needs: ops/README.md."})
final class ChaosCommand extends SealiftCommand {
  private static final int MOST_DEVICES = 120;

  /** Short enough to be typed again. */
  private static final long SEEDS = 1_000_000;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "Begin faults for so long (default: ${DEFAULT-VALUE}).")
  private double minutes = 5;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "End after so many rounds, if that is earlier.")
  private @Nullable Integer rounds;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Draw the same faults as the run that printed it (default: by chance).")
  private @Nullable Long seed;

  @Option(
      names = "--faults",
      paramLabel = "KIND",
      split = ",",
      description = "Draw these kinds alone, separated by commas (default: all that can be).")
  private List<String> faults = new ArrayList<>();

  @Option(
      names = "--devices",
      paramLabel = "N",
      description = "Devices that write and read, three in a space (default: ${DEFAULT-VALUE}).")
  private int devices = 12;

  @Option(
      names = "--store",
      paramLabel = "STORE",
      description = "What the mesh keeps files in: postgres, or sqlite with one storage-adapter"
          + " (default: ${DEFAULT-VALUE}).")
  private String store = DEFAULT_STORE.text();

  private static final Store DEFAULT_STORE = Store.POSTGRES;

  @Option(
      names = "--postgres",
      paramLabel = "DIR",
      description = "Where PostgreSQL's programs are (default: the newest that is installed).")
  private @Nullable Path postgres;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Make the run's folder in this one (default: the system's temporary folder).")
  private Path dir = Path.of(System.getProperty("java.io.tmpdir"));

  @Option(
      names = "--keep",
      description =
          "Keep the folder with logs and notes; it is kept anyway when something is wrong.")
  private boolean keep;

  private boolean good;

  ChaosCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Optional<Setting.Scope> scope() {
    return Optional.empty();
  }

  @Override
  void run(Console console, Configuration settings)
      throws Refusal, ChaosFailedException, InterruptedException {
    ChaosResult result = new Chaos(plan(), new OnConsole(console)).run();
    result.lines().forEach(console::say);
    console.json(result.json());
    good = result.isGood();
  }

  @Override
  int exitCode() {
    return good ? ExitCode.DONE : ExitCode.FAILED;
  }

  private record OnConsole(Console console) implements ChaosListener {
    @Override
    public void says(String line) {
      console.note(line);
    }

    @Override
    public void event(JsonObject event) {
      console.json(event);
      console.data().flush();
    }
  }

  private ChaosPlan plan() throws Refusal {
    if (!(minutes > 0) || (rounds != null && rounds < 1)) {
      throw new Refusal(Refusal.WRONG_USAGE, "--minutes and --rounds must be more than 0.");
    }
    if (devices < 2 || devices > MOST_DEVICES) {
      throw new Refusal(Refusal.WRONG_USAGE, "--devices must be 2 to " + MOST_DEVICES + ".");
    }
    return new ChaosPlan(
        minutes,
        Optional.ofNullable(rounds),
        seed == null ? ThreadLocalRandom.current().nextLong(SEEDS) : seed,
        kinds(),
        devices,
        store(),
        Optional.ofNullable(postgres),
        dir,
        keep);
  }

  private List<FaultKind> kinds() throws Refusal {
    List<FaultKind> kinds = new ArrayList<>();
    for (String text : faults) {
      kinds.add(FaultKind.of(text)
          .orElseThrow(() -> new Refusal(
              Refusal.WRONG_USAGE,
              "--faults names a kind that there is not. There are: "
                  + Arrays.stream(FaultKind.values())
                      .map(FaultKind::text)
                      .collect(Collectors.joining(", "))
                  + ".")));
    }
    return kinds;
  }

  private Store store() throws Refusal {
    return Arrays.stream(Store.values())
        .filter(known -> known.text().equals(store))
        .findFirst()
        .orElseThrow(
            () -> new Refusal(Refusal.WRONG_USAGE, "--store is one of postgres and sqlite."));
  }
}
