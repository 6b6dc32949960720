package dev.sealift.ops.cli;

import dev.sealift.ops.bench.Bench;
import dev.sealift.ops.bench.BenchFailedException;
import dev.sealift.ops.bench.BenchPlan;
import dev.sealift.ops.bench.BenchRow;
import dev.sealift.ops.bench.Comparison;
import dev.sealift.ops.bench.Figure;
import dev.sealift.ops.bench.Part;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.TextTable;
import dev.sealift.protocol.crypto.NativeCrypto;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures, and says how the figures stand to their floors and budgets. */
@Command(
    name = "bench",
    description = {
      "Measure writing, uploading, first sync, compaction, propagation, admission, connections, memory and, with",
      "--store postgres, commits, each beside its floor from the same run: what the same work costs without Sealift. A",
      "ratio says how many times the floor it took. All of it takes some twenty minutes; the machine should have",
      "nothing else to do. Figures of one machine say little about another's, ratios do."
    },
    footer = {"", "What is measured, against what, and the budgets: ops/README.md."})
final class BenchCommand extends SealiftCommand {
  private static final int MOST_ROWS = 10_000_000;

  /** 64 of them are one Put, which fits into a frame; 256 are one commit. */
  private static final int MOST_FILE_BYTES = 8 << 10;

  /** A gateway takes 20,000, of which the first few hundred only warm up; and each needs a port on this side. */
  private static final int MOST_CONNECTIONS = 19_000;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "Rows of data (default: ${DEFAULT-VALUE}).")
  private int rows = 300_000;

  @Option(
      names = "--row-bytes",
      paramLabel = "N",
      description = "About so many bytes a row (default: ${DEFAULT-VALUE}; at least 100).")
  private int rowBytes = 120;

  @Option(
      names = "--devices",
      paramLabel = "N",
      description = "Devices in a space: one writes, the others read (default: ${DEFAULT-VALUE}).")
  private int devices = 2;

  @Option(
      names = "--spaces",
      paramLabel = "N",
      description = "Spaces that the rows are spread over (default: ${DEFAULT-VALUE}).")
  private int spaces = 1;

  @Option(
      names = "--store",
      paramLabel = "STORE",
      description =
          "What the mesh keeps files in: sqlite, or postgres, for which a server of this run is started on"
              + " loopback (default: sqlite, and postgres with --cluster).")
  private @Nullable String store;

  @Option(
      names = "--postgres",
      paramLabel = "DIR",
      description = "Where PostgreSQL's programs are (default: the newest that is installed).")
  private @Nullable Path postgres;

  @Option(
      names = "--cluster",
      description =
          "Run the mesh as in production: gateway, merge-engine and storage-adapter each in a JVM of its own.")
  private boolean cluster;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds that count; the median of them is shown (default: ${DEFAULT-VALUE}).")
  private int rounds = 5;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      description = "Rounds before them, which do not (default: ${DEFAULT-VALUE}).")
  private int warmUp = 1;

  @Option(
      names = "--only",
      paramLabel = "ROW",
      split = ",",
      description = "Measure these rows alone, separated by commas.")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--connections",
      paramLabel = "N",
      description =
          "Idle connections (default: ${DEFAULT-VALUE}; at most " + MOST_CONNECTIONS + ").")
  private int connections = 2_000;

  @Option(
      names = "--files",
      paramLabel = "N",
      description =
          "Small files for the admission rows and postgres-commit (default: ${DEFAULT-VALUE}).")
  private int files = 20_000;

  @Option(
      names = "--file-bytes",
      paramLabel = "N",
      description = "Bytes of the payloads of small files (default: ${DEFAULT-VALUE}; at most "
          + MOST_FILE_BYTES + ").")
  private int fileBytes = 128;

  @Option(
      names = "--writes",
      paramLabel = "N",
      description =
          "Single writes for propagation and local-write-one (default: ${DEFAULT-VALUE}).")
  private int writes = 4_000;

  @Option(
      names = "--compare",
      paramLabel = "OLD.json",
      description = "Show how the ratios changed since these figures of bench --json.")
  private @Nullable Path compare;

  @Option(
      names = "--encrypted",
      description =
          "Give homes a passphrase and encrypted stores, but for idle devices and compaction. Needs a build with"
              + " the profile cipher.")
  private boolean encrypted;

  @Option(
      names = "--parts",
      description =
          "Show what the time of local-write, upload and first-sync goes to, in µs a row of data.")
  private boolean parts;

  @Option(
      names = "--profile",
      paramLabel = "DIR",
      description = "Write flight recordings (*.jfr) of all JVMs into this folder.")
  private @Nullable Path profile;

  BenchCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Optional<Setting.Scope> scope() {
    return Optional.empty();
  }

  @Override
  void run(Console console, Configuration settings)
      throws Refusal, BenchFailedException, InterruptedException {
    BenchPlan plan = plan();
    Optional<Comparison> before =
        compare == null ? Optional.empty() : Optional.of(Comparison.read(compare));
    List<Figure> figures = new Bench(
            plan,
            (rowsNow, round, of, warming) -> console.note(progress(rowsNow, round, of, warming)))
        .run();
    if (!console.isJson()) {
      table(figures, before).forEach(console::say);
      parts(figures).forEach(console::say);
    }
    figures.forEach(figure -> console.json(json(figure, before)));
    console.result(surroundingsText(), surroundingsJson(plan));
  }

  private BenchPlan plan() throws Refusal {
    atLeast("--rows", rows, 1);
    atLeast("--row-bytes", rowBytes, 100);
    atLeast("--devices", devices, 2);
    atLeast("--spaces", spaces, 1);
    atLeast("--rounds", rounds, 1);
    atLeast("--warm-up", warmUp, 0);
    atLeast("--connections", connections, 1);
    atLeast("--files", files, 1);
    atLeast("--file-bytes", fileBytes, 1);
    atLeast("--writes", writes, 1);
    if (fileBytes > MOST_FILE_BYTES) {
      throw new Refusal(
          Refusal.WRONG_USAGE, "--file-bytes can be at most " + MOST_FILE_BYTES + ".");
    }
    if (connections > MOST_CONNECTIONS) {
      throw new Refusal(
          Refusal.WRONG_USAGE, "--connections can be at most %,d.".formatted(MOST_CONNECTIONS));
    }
    if (rows > MOST_ROWS || spaces > rows) {
      throw new Refusal(
          Refusal.WRONG_USAGE,
          "--rows can be at most %,d, and --spaces at most as many as rows.".formatted(MOST_ROWS));
    }
    return new BenchPlan(
        rows,
        rowBytes,
        devices,
        spaces,
        store(),
        cluster,
        Optional.ofNullable(postgres),
        rounds,
        warmUp,
        only(),
        connections,
        files,
        fileBytes,
        writes,
        encrypted,
        parts,
        profileFolder());
  }

  private static void atLeast(String option, int value, int least) throws Refusal {
    if (value < least) {
      throw new Refusal(
          Refusal.WRONG_USAGE, option + " must be at least " + least + ", not " + value + ".");
    }
  }

  private BenchPlan.Store store() throws Refusal {
    if (store == null) {
      return cluster ? BenchPlan.Store.POSTGRES : BenchPlan.Store.SQLITE;
    }
    return Arrays.stream(BenchPlan.Store.values())
        .filter(known -> known.text().equals(store))
        .findFirst()
        .orElseThrow(
            () -> new Refusal(Refusal.WRONG_USAGE, "--store is one of sqlite and postgres."));
  }

  private Set<BenchRow> only() throws Refusal {
    if (only.isEmpty()) {
      BenchPlan.Store kept = store();
      return Arrays.stream(BenchRow.values())
          .filter(row -> row.isMeasured(kept, cluster))
          .collect(Collectors.toCollection(() -> EnumSet.noneOf(BenchRow.class)));
    }
    EnumSet<BenchRow> wanted = EnumSet.noneOf(BenchRow.class);
    for (String text : only) {
      wanted.add(row(text));
    }
    return wanted;
  }

  private BenchRow row(String text) throws Refusal {
    BenchRow row = BenchRow.of(text)
        .orElseThrow(() -> new Refusal(
            Refusal.WRONG_USAGE,
            "--only names a row that is not measured. There are: "
                + String.join(", ", BenchRow.texts()) + "."));
    if (!row.isMeasured(store(), cluster)) {
      throw new Refusal(
          Refusal.WRONG_USAGE, "--only %s needs %s.".formatted(row.text(), row.needs()));
    }
    return row;
  }

  private Optional<Path> profileFolder() throws Refusal {
    if (profile == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.createDirectories(profile).toAbsolutePath());
    } catch (IOException e) {
      throw new Refusal(
          "profile-folder-unusable",
          "The folder %s cannot be made. Choose another --profile, or check the permissions."
              .formatted(profile));
    }
  }

  private static String progress(List<BenchRow> rows, int round, int of, boolean warming) {
    String names = rows.stream().map(BenchRow::text).collect(Collectors.joining(", "));
    return "%s: %s %d of %d".formatted(names, warming ? "warm-up" : "round", round + 1, of);
  }

  private static List<String> table(List<Figure> figures, Optional<Comparison> before) {
    List<String> headings = new ArrayList<>(List.of(
        "row", "median", "lowest", "highest", "unit", "floor", "ratio", "budget", "within"));
    before.ifPresent(b -> headings.add("since"));
    TextTable table = new TextTable(headings);
    figures.forEach(figure -> table.add(cells(figure, before)));
    return table.lines();
  }

  /** What the time goes to, a column for each figure that was taken apart. */
  private static List<String> parts(List<Figure> figures) {
    List<Figure> apart = figures.stream().filter(f -> !f.parts().isEmpty()).toList();
    if (apart.isEmpty()) {
      return List.of();
    }
    List<String> headings = new ArrayList<>(List.of("µs a row of data", "laws"));
    apart.forEach(figure -> headings.add(figure.row().text()));
    TextTable table = new TextTable(headings);
    for (Part part : Part.values()) {
      table.add(partCells(
          part.text(), part.laws(), apart, figure -> figure.parts().getOrDefault(part, 0.0)));
    }
    table.add(partCells(
        "all",
        "",
        apart,
        figure -> figure.parts().values().stream().mapToDouble(micros -> micros).sum()));
    List<String> lines = new ArrayList<>(List.of(""));
    lines.addAll(table.lines());
    return lines;
  }

  private static List<String> partCells(
      String text, String laws, List<Figure> figures, ToDoubleFunction<Figure> micros) {
    List<String> cells = new ArrayList<>(List.of(text, laws));
    figures.forEach(figure -> cells.add(number(micros.applyAsDouble(figure))));
    return cells;
  }

  private static List<String> cells(Figure figure, Optional<Comparison> before) {
    BenchRow.Budget budget = figure.budget();
    boolean judged = budget.ratio().isPresent() || budget.absolute().isPresent();
    List<String> cells = new ArrayList<>(List.of(
        figure.row().text(),
        number(figure.median()),
        number(figure.lowest()),
        number(figure.highest()),
        figure.row().unit().text(),
        number(figure.floor()),
        number(figure.ratio()) + "×",
        budgetText(figure.row().unit(), budget),
        judged ? (figure.isWithinBudget() ? "yes" : "NO") : ""));
    before.ifPresent(b -> cells.add(b.change(figure)
        .map(change -> String.format(Locale.ROOT, "%+.0f %%", (change - 1) * 100))
        .orElse("new")));
    return cells;
  }

  private static String budgetText(BenchRow.Unit unit, BenchRow.Budget budget) {
    if (budget.ratio().isPresent()) {
      return "≤ " + number(budget.ratio().getAsDouble()) + "×";
    }
    String bound = unit.isRate() ? "≥ " : "≤ ";
    return budget.absolute().isPresent() ? bound + number(budget.absolute().getAsDouble()) : "";
  }

  private static String number(double number) {
    return number >= 1000
        ? String.format(Locale.ROOT, "%,.0f", number)
        : String.format(Locale.ROOT, number >= 100 ? "%.0f" : "%.2f", number);
  }

  private static JsonObject json(Figure figure, Optional<Comparison> before) {
    JsonObject json = figure.json();
    before.flatMap(b -> b.change(figure)).ifPresent(change -> json.put("ratioSince", change));
    return json;
  }

  private static String surroundingsText() {
    return "%s, %d processors, JDK %s, Sealift %s"
        .formatted(
            System.getProperty("os.name"),
            Runtime.getRuntime().availableProcessors(),
            Runtime.version(),
            Version.text());
  }

  private static JsonObject surroundingsJson(BenchPlan plan) {
    return new JsonObject()
        .put(
            "machine",
            new JsonObject()
                .put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"))
                .put("arch", System.getProperty("os.arch"))
                .put("processors", Runtime.getRuntime().availableProcessors())
                .put("heapMaxBytes", Runtime.getRuntime().maxMemory()))
        .put("jdk", System.getProperty("java.vendor") + " " + Runtime.version())
        .put("ed25519", NativeCrypto.isUsed() ? "Conscrypt" : "Java")
        .put("version", Version.text())
        .put("commit", Version.commit())
        .put(
            "settings",
            new JsonObject()
                .put("rows", plan.rows())
                .put("rowBytes", plan.rowBytes())
                .put("devices", plan.devices())
                .put("spaces", plan.spaces())
                .put("store", plan.store().text())
                .put("cluster", plan.cluster())
                .put("rounds", plan.rounds())
                .put("warmUp", plan.warmUp())
                .put("connections", plan.connections())
                .put("files", plan.files())
                .put("fileBytes", plan.fileBytes())
                .put("writes", plan.writes())
                .put("encrypted", plan.encrypted())
                .put(
                    "only",
                    new JsonArray(plan.only().stream().map(BenchRow::text).toList())));
  }
}
