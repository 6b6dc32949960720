package dev.sealift.ops.cli;

import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.ConfigurationException;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.terminal.Console;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all commands have in common: settings from four places, and a console that speaks to people or programs. */
abstract class SealiftCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec
  private @Nullable CommandSpec spec;

  @Option(names = "--json", description = "Print one JSON object a line on standard output.")
  private boolean json;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Read settings from this file (default: ~/.config/sealift/sealift.conf if it is there).")
  private @Nullable Path configurationFile;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("unused") // picocli acts on it
  private boolean help;

  SealiftCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Does it. Whatever is thrown becomes an exit code and a sentence in one place: {@link Failures}. */
  abstract void run(Console console, Configuration settings) throws Exception;

  /** Commands below this one, by name. */
  Map<String, SealiftCommand> subcommands() {
    return Map.of();
  }

  /** Whose settings this command takes as options; empty for none. */
  abstract Optional<Setting.Scope> scope();

  @Override
  public final Integer call() throws Exception {
    run(console(), settings());
    return exitCode();
  }

  /** For a command that has a result even when what it looked at is not as it should be. */
  int exitCode() {
    return ExitCode.DONE;
  }

  final Surroundings surroundings() {
    return surroundings;
  }

  final Console console() {
    return Console.of(surroundings.out(), surroundings.err(), surroundings.terminal())
        .withJson(json);
  }

  /** Adds the options that stand for settings. */
  final void addSettings(CommandSpec command) {
    scope().stream()
        .flatMap(s -> Setting.of(s).stream())
        .map(SealiftCommand::option)
        .forEach(command::addOption);
  }

  private static OptionSpec option(Setting setting) {
    boolean flag = setting.kind() == Setting.Kind.FLAG;
    boolean unsaid = setting.defaultText().isEmpty() || flag && !setting.isOnByDefault();
    String standard = unsaid ? "" : "; default " + setting.defaultText();
    return OptionSpec.builder(setting.option())
        .type(flag ? boolean.class : String.class)
        .arity(flag ? "0" : "1")
        .negatable(setting.isOnByDefault())
        .paramLabel(setting.kind().name())
        .description(setting.description() + " [" + setting.key() + standard + "]")
        .build();
  }

  private Configuration settings() throws ConfigurationException {
    return Configuration.of(
        said(),
        Optional.ofNullable(configurationFile),
        surroundings.environment(),
        surroundings.userHome());
  }

  /** What the command line says, once it was parsed. */
  final Map<Setting, String> said() {
    Map<Setting, String> options = new EnumMap<>(Setting.class);
    for (Setting setting : scope().map(Setting::of).orElse(java.util.List.of())) {
      Object value = java.util.Objects.requireNonNull(spec)
          .commandLine()
          .getParseResult()
          .matchedOptionValue(setting.option(), null);
      if (value != null) {
        options.put(setting, value.toString());
      }
    }
    return options;
  }
}
