package dev.sealift.ops.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Finds the command that the arguments name, runs it, and answers with the exit code. */
public final class Cli {
  private static final Map<String, Function<Surroundings, SealiftCommand>> COMMANDS = commands();

  private final Surroundings surroundings;

  public Cli(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  private static Map<String, Function<Surroundings, SealiftCommand>> commands() {
    Map<String, Function<Surroundings, SealiftCommand>> commands = new LinkedHashMap<>();
    commands.put("up", UpCommand::new);
    commands.put("migrate", MigrateCommand::new);
    commands.put("backup", BackupCommand::new);
    commands.put("restore", RestoreCommand::new);
    commands.put("recover", RecoverCommand::new);
    commands.put("demo", DemoCommand::new);
    commands.put("create", CreateCommand::new);
    commands.put("invite", InviteCommand::new);
    commands.put("join", JoinCommand::new);
    commands.put("members", MembersCommand::new);
    commands.put("compare", CompareCommand::new);
    commands.put("delivery", DeliveryCommand::new);
    commands.put("remove", RemoveCommand::new);
    commands.put("leave", LeaveCommand::new);
    commands.put("role", RoleCommand::new);
    commands.put("rotate", RotateCommand::new);
    commands.put("recovery", RecoveryCommand::new);
    commands.put("declare", DeclareCommand::new);
    commands.put("import", ImportCommand::new);
    commands.put("export", ExportCommand::new);
    commands.put("put", PutCommand::new);
    commands.put("get", GetCommand::new);
    commands.put("delete", DeleteCommand::new);
    commands.put("cell", CellCommand::new);
    commands.put("inbox", InboxCommand::new);
    commands.put("misfits", MisfitsCommand::new);
    commands.put("revive", ReviveCommand::new);
    commands.put("dismiss", DismissCommand::new);
    commands.put("history", HistoryCommand::new);
    commands.put("undo", UndoCommand::new);
    commands.put("feed", FeedCommand::new);
    commands.put("query", QueryCommand::new);
    commands.put("search", SearchCommand::new);
    commands.put("sync", SyncCommand::new);
    commands.put("hand-over", HandOverCommand::new);
    commands.put("take-over", TakeOverCommand::new);
    commands.put("status", StatusCommand::new);
    commands.put("digest", DigestCommand::new);
    commands.put("evidence", EvidenceCommand::new);
    commands.put("verify", VerifyCommand::new);
    commands.put("token", TokenCommand::new);
    commands.put("bench", BenchCommand::new);
    commands.put("top", TopCommand::new);
    commands.put("compaction", CompactionCommand::new);
    commands.put("chaos", ChaosCommand::new);
    commands.put("simulate", SimulateCommand::new);
    commands.put("hostile", HostileCommand::new);
    return commands;
  }

  public int run(String... arguments) {
    CommandLine line = commandLine(arguments);
    Failures failures = new Failures(surroundings, arguments);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setOut(new PrintWriter(surroundings.out(), true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(surroundings.err(), true, StandardCharsets.UTF_8));
    line.setParameterExceptionHandler(failures);
    line.setExecutionExceptionHandler(failures);
    return line.execute(arguments);
  }

  /** Looking at one command instead of all saves a tenth of a second at each start. */
  private CommandLine commandLine(String... arguments) {
    CommandLine line = new CommandLine(new Root());
    boolean known = arguments.length > 0 && COMMANDS.containsKey(arguments[0]);
    COMMANDS.forEach((name, command) -> {
      if (!known || name.equals(arguments[0])) {
        line.addSubcommand(name, subcommand(command.apply(surroundings)));
      }
    });
    return line;
  }

  private static CommandLine subcommand(SealiftCommand command) {
    CommandLine line = new CommandLine(command);
    command.addSettings(line.getCommandSpec());
    command.subcommands().forEach((name, below) -> line.addSubcommand(name, subcommand(below)));
    return line;
  }

  @Command(
      name = "sealift",
      description = "End-to-end encrypted sync: runs a mesh, and works with data on a device.",
      synopsisSubcommandLabel = "COMMAND",
      versionProvider = Version.class,
      footer = {
        "",
        "Exit codes: 0 done, 1 refused or failed, 2 wrong usage. Settings and their environment variables:",
        "ops/README.md."
      })
  private static final class Root implements Runnable {
    @picocli.CommandLine.Spec
    private CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

    @Option(
        names = {"-h", "--help"},
        usageHelp = true,
        description = "Show this help and exit.")
    @SuppressWarnings("unused") // picocli acts on it
    private boolean help;

    @Option(
        names = {"-V", "--version"},
        versionHelp = true,
        description = "Show the version and exit.")
    @SuppressWarnings("unused") // picocli acts on it
    private boolean version;

    @Override
    public void run() {
      throw new CommandLine.ParameterException(
          java.util.Objects.requireNonNull(spec).commandLine(),
          "Which command? See the list below.");
    }
  }
}
