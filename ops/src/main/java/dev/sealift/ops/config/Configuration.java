package dev.sealift.ops.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of one run. An option goes before the environment, the environment before the file, the file
 * before the default. Every value is checked when it is read here, so that a wrong one is refused by the name
 * of the place it came from.
 */
public final class Configuration {
  /** Names the configuration file. */
  public static final String FILE_VARIABLE = "SEALIFT_CONFIG";

  /** Variables that look like settings and belong to the launcher or to this class. */
  private static final Set<String> OTHER_VARIABLES = Set.of(FILE_VARIABLE, "SEALIFT_JAVA_OPTS");

  private static final List<String> LEVELS = List.of("error", "warn", "info", "debug", "trace");

  private static final int MAX_PORT = 65_535;

  /** Longer than an hour is a slip of the pen. */
  private static final int MAX_SECONDS = 3_600;

  private record Found(String text, String place) {}

  private final Map<Setting, Found> found;
  private final Path userHome;

  private Configuration(Map<Setting, Found> found, Path userHome) {
    this.found = found;
    this.userHome = userHome;
  }

  /**
   * Collects the settings.
   *
   * @param options what the command line says
   * @param file the file that the command line names, if it names one
   */
  public static Configuration of(
      Map<Setting, String> options,
      Optional<Path> file,
      Map<String, String> environment,
      Path userHome)
      throws ConfigurationException {
    Map<Setting, Found> found = new EnumMap<>(Setting.class);
    Optional<Path> chosen = file.or(() -> chosenFile(environment, userHome));
    if (chosen.isPresent()) {
      ConfigurationFile.read(chosen.get())
          .forEach((s, text) -> found.put(s, new Found(text, s.key() + " in " + chosen.get())));
    }
    fromEnvironment(environment).forEach((s, text) -> found.put(s, new Found(text, s.variable())));
    options.forEach((s, text) -> found.put(s, new Found(text, s.option())));
    Configuration configuration = new Configuration(found, userHome);
    for (Setting setting : found.keySet()) {
      configuration.check(setting);
    }
    return configuration;
  }

  private static Optional<Path> chosenFile(Map<String, String> environment, Path userHome) {
    String named = environment.getOrDefault(FILE_VARIABLE, "");
    if (!named.isEmpty()) {
      return Optional.of(Path.of(named));
    }
    Path usual = userHome.resolve(".config").resolve("sealift").resolve("sealift.conf");
    return Files.exists(usual) ? Optional.of(usual) : Optional.empty();
  }

  private static Map<Setting, String> fromEnvironment(Map<String, String> environment)
      throws ConfigurationException {
    Map<Setting, String> values = new EnumMap<>(Setting.class);
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      String name = variable.getKey();
      if (name.startsWith(Setting.ENVIRONMENT_PREFIX) && !OTHER_VARIABLES.contains(name)) {
        values.put(
            Setting.ofVariable(name).orElseThrow(() -> unknownVariable(name)), variable.getValue());
      }
    }
    return values;
  }

  private static ConfigurationException unknownVariable(String name) {
    return new ConfigurationException("The environment variable "
        + name
        + " is no setting."
        + Suggestion.sentence(
            name, Arrays.stream(Setting.values()).map(Setting::variable).toList()));
  }

  /** True when someone said so, wherever; false when the default holds. */
  public boolean isSet(Setting setting) {
    return found.containsKey(setting) && !text(setting).isEmpty();
  }

  /** The text, empty where there is neither a value nor a default. */
  public String text(Setting setting) {
    Found value = found.get(setting);
    return value == null ? setting.defaultText() : value.text();
  }

  public Optional<String> optionalText(Setting setting) {
    return Optional.of(text(setting)).filter(text -> !text.isEmpty());
  }

  public boolean flag(Setting setting) {
    return text(setting).equals("true");
  }

  public double share(Setting setting) {
    return Double.parseDouble(text(setting));
  }

  public Optional<Integer> port(Setting setting) {
    return optionalText(setting).map(Integer::valueOf);
  }

  /** Of a setting whose kind is seconds. */
  public Duration duration(Setting setting) {
    return Duration.ofSeconds(Integer.parseInt(text(setting)));
  }

  public long number(Setting setting) {
    return Long.parseLong(text(setting));
  }

  /** A path; {@code ~/} at its beginning is the user's home. */
  public Optional<Path> path(Setting setting) {
    return optionalText(setting)
        .map(t -> t.startsWith("~/") ? userHome.resolve(t.substring(2)) : Path.of(t));
  }

  /** Where a value came from, to be named in a refusal. */
  public String place(Setting setting) {
    Found value = found.get(setting);
    return value == null ? setting.option() : value.place();
  }

  private void check(Setting setting) throws ConfigurationException {
    String text = text(setting);
    switch (setting.kind()) {
      case PORT -> require(text.isEmpty() || isPort(text), setting, "a port, 0 to " + MAX_PORT);
      case NUMBER ->
        require(isNumber(text), setting, "a whole number of 1 to 18 digits, more than 0");
      case COUNT -> require(isCount(text), setting, "a whole number of 1 to 18 digits");
      case FLAG -> require(text.equals("true") || text.equals("false"), setting, "true or false");
      case SECONDS -> require(isSeconds(text), setting, "whole seconds, 0 to " + MAX_SECONDS);
      case LEVEL -> require(LEVELS.contains(text), setting, "one of " + String.join(", ", LEVELS));
      case SHARE -> require(isShare(text), setting, "a number from 0 to 1, such as 0.01");
      case TEXT, PATH -> {}
    }
  }

  private void require(boolean condition, Setting setting, String expected)
      throws ConfigurationException {
    if (!condition) {
      throw new ConfigurationException(
          place(setting) + " must be " + expected + ", not '" + text(setting) + "'.");
    }
  }

  private static boolean isShare(String text) {
    return text.matches("0|1|1\\.0|0?\\.[0-9]{1,9}");
  }

  private static boolean isSeconds(String text) {
    return text.matches("[0-9]{1,4}") && Integer.parseInt(text) <= MAX_SECONDS;
  }

  private static boolean isNumber(String text) {
    return isCount(text) && Long.parseLong(text) > 0;
  }

  private static boolean isCount(String text) {
    return text.matches("[0-9]{1,18}");
  }

  private static boolean isPort(String text) {
    return text.matches("[0-9]{1,5}") && Integer.parseInt(text) <= MAX_PORT;
  }
}
