package dev.sealift.ops.cli;

import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.rule.OnRemove;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.Keep;
import dev.sealift.client.store.StoredTable;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.csv.ColumnTypes;
import dev.sealift.ops.terminal.Console;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a table, adds columns to one, or changes what the space says of them. */
@Command(
    name = "declare",
    description = {
      "Make a table, add columns to one, or make a column's type wider. What is there already stays as it is, and apps go on",
      "calling it what they have declared.",
      "Types: text, integer, real, bytes; any, for all of these; and of cells that hold several values, which 'sealift cell' changes:",
      "multi-value (keeps what was written concurrently), counter, set, updates (bytes that an app merges, as Yjs makes them).",
      "A type becomes wider from integer to real, and from any of the plain ones to any.",
      "Rules across rows hold for good, on every device. What breaks one is put right by new writes, or told by 'sealift inbox'."
    })
final class DeclareCommand extends ClientCommand {
  @Option(names = "--table", paramLabel = "T", description = "The table.")
  private @Nullable String table;

  @Option(
      names = "--key",
      paramLabel = "NAME",
      description = "The name under which queries see a row's key; of a new table.")
  private @Nullable String key;

  @Option(names = "--rename", paramLabel = "COLUMN=NAME", description = "Give a column a new name.")
  private Map<String, String> renames = new LinkedHashMap<>();

  @Option(names = "--rename-table", paramLabel = "NAME", description = "Give the table a new name.")
  private @Nullable String newName;

  @Option(
      names = "--default",
      paramLabel = "COLUMN=VALUE",
      description = "What null reads as in a column.")
  private Map<String, String> defaults = new LinkedHashMap<>();

  @Option(
      names = "--drop",
      paramLabel = "COLUMN",
      description = "Hide a column from whoever does not declare it; its values are kept.")
  private List<String> drops = List.of();

  @Option(
      names = "--drop-table",
      description = "Hide the table from whoever does not declare it; its rows are kept.")
  private boolean dropsTable;

  @Option(
      names = "--minimum-version",
      paramLabel = "N",
      description =
          "Let apps below this version read and receive only. It may be lower than what the space asks for now; 0 lets all of them write.")
  private @Nullable Integer minimumVersion;

  @Option(
      names = "--keep",
      paramLabel = "WHAT",
      defaultValue = "latest",
      description =
          "What is kept of what is written: latest, window (everything for the review window), all, or feed (all, and rows are only appended, in a new table). It can be raised, on all devices for good; default ${DEFAULT-VALUE}.")
  private Keep keep = Keep.LATEST;

  @Option(
      names = "--expire-after",
      paramLabel = "SPAN",
      description =
          "What is written counts for so long, by the mesh's clock, and then goes by itself, on every device: in minutes, hours or days (30m, 12h, 90d). On all devices for good; it can be made shorter.")
  private @Nullable String expireAfter;

  @Option(
      names = "--online-only",
      description =
          "From now on every device writes to the table only while it is connected and up to date.")
  private boolean onlineOnly;

  @Parameters(
      arity = "0..*",
      paramLabel = "COLUMN:TYPE",
      description = "Columns and their types, in the order in which queries show them.")
  private List<String> columns = List.of();

  @Option(
      names = "--references",
      paramLabel = "COLUMN=TABLE:POLICY",
      description =
          "The column holds keys of that table's rows. When such a row is removed while another device refers to it, it comes back (restamp), what refers to it goes as well (remove), or both stay as they are (report).")
  private Map<String, String> references = Map.of();

  @Option(
      names = "--unique",
      paramLabel = "COLUMN[,COLUMN]",
      description = "No two rows should have the same in these columns together.")
  private List<String> unique = List.of();

  private static final Pattern SPAN = Pattern.compile("([1-9][0-9]{0,6})([mhd])");

  DeclareCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    requireSense();
    Space space = space(sealift, settings);
    Optional<StoredTable> before =
        space.tables().stream().filter(known -> known.name().equals(table)).findFirst();
    Schema schema = Schema.empty();
    Declaration declaration = new Declaration(before, table == null ? "" : table);
    if (dropsTable) {
      schema = schema.drops(declaration.present().wire());
    } else if (table != null) {
      describe(declaration);
      addRules(declaration, space);
      if (before.isEmpty() || keep.compareTo(space.table(table).keep()) > 0) {
        declaration.keep(keep);
      }
      if (onlineOnly) {
        declaration.onlineOnly();
      }
      if (expireAfter != null) {
        declaration.expireAfter(span(expireAfter));
      }
      schema = Schema.of(declaration.builder(newName, key(before)));
    }
    if (minimumVersion != null) {
      schema = minimumVersion == 0
          ? schema.anyVersion()
          : schema.version(minimumVersion).minimumVersion(minimumVersion);
    }
    space.amend(schema);
    tell(console, before, declaration);
  }

  private void requireSense() throws Refusal {
    boolean describes = key != null
        || newName != null
        || keep != Keep.LATEST
        || onlineOnly
        || expireAfter != null
        || !(renames.isEmpty() && defaults.isEmpty() && drops.isEmpty() && columns.isEmpty())
        || !(references.isEmpty() && unique.isEmpty());
    if (table == null && (describes || dropsTable || minimumVersion == null)) {
      throw new Refusal(Refusal.WRONG_USAGE, "Name the table by --table.");
    }
    if (dropsTable && describes) {
      throw new Refusal(
          Refusal.WRONG_USAGE, "A table that is dropped is not declared: drop it alone.");
    }
  }

  private static Duration span(String text) throws Refusal {
    Matcher parts = SPAN.matcher(text);
    if (!parts.matches()) {
      throw new Refusal(
          Refusal.WRONG_USAGE,
          "--expire-after is a span in minutes, hours or days: 30m, 12h, 90d.");
    }
    long count = Long.parseLong(parts.group(1));
    return switch (parts.group(2)) {
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  private String key(Optional<StoredTable> before) throws Refusal {
    if (key != null && before.isPresent() && !before.get().key().equals(key)) {
      throw Declaration.contradiction("The table %s has the key %s, and not %s."
          .formatted(table, before.get().key(), key));
    }
    if (key == null && before.isEmpty()) {
      throw new Refusal(
          Refusal.WRONG_USAGE,
          "The table is new: name its key by --key, as queries are to see it.");
    }
    return key == null ? before.get().key() : key;
  }

  private void describe(Declaration declaration) throws Refusal {
    for (String column : columns) {
      int colon = column.indexOf(':');
      if (colon < 1) {
        throw new Refusal(Refusal.WRONG_USAGE, "'" + column + "' is not of the form COLUMN:TYPE.");
      }
      declaration.add(column.substring(0, colon), type(column.substring(colon + 1)));
    }
    for (Map.Entry<String, String> value : defaults.entrySet()) {
      declaration.byDefault(value.getKey(), value.getValue());
    }
    for (Map.Entry<String, String> name : renames.entrySet()) {
      declaration.rename(name.getKey(), name.getValue());
    }
    for (String column : drops) {
      declaration.drop(column);
    }
  }

  private void addRules(Declaration declaration, Space space) throws Refusal {
    for (Map.Entry<String, String> rule : references.entrySet()) {
      int colon = rule.getValue().lastIndexOf(':');
      if (colon < 1) {
        throw badReference(rule.getValue());
      }
      declaration.refer(
          rule.getKey(),
          wire(space, rule.getValue().substring(0, colon)),
          policy(rule.getValue(), rule.getValue().substring(colon + 1)));
    }
    for (String together : unique) {
      declaration.unique(List.of(together.split(",", -1)));
    }
  }

  private static String wire(Space space, String target) {
    return space.tables().stream()
        .filter(known -> known.name().equals(target))
        .map(StoredTable::wire)
        .findFirst()
        .orElse(target);
  }

  private static OnRemove policy(String rule, String name) throws Refusal {
    for (OnRemove policy : OnRemove.values()) {
      if (policy.name().equalsIgnoreCase(name)) {
        return policy;
      }
    }
    throw badReference(rule);
  }

  private static Refusal badReference(String rule) {
    return new Refusal(
        Refusal.WRONG_USAGE,
        "'" + rule + "' is not of the form TABLE:POLICY, with one of restamp, remove and report.");
  }

  private static ColumnType type(String name) throws Refusal {
    return ColumnTypes.named(name)
        .orElseThrow(() -> new Refusal(
            Refusal.WRONG_USAGE,
            "'" + name + "' is no type; use one of " + String.join(", ", ColumnTypes.names())
                + "."));
  }

  private void tell(Console console, Optional<StoredTable> before, Declaration declaration) {
    JsonObject done = new JsonObject().put("done", "declare");
    List<String> said = new ArrayList<>();
    if (dropsTable) {
      done.put("table", table).put("dropped", true);
      said.add("Dropped the table " + table + "; its rows are kept.");
    } else if (table != null) {
      List<String> added = declaration.added();
      List<String> changed = declaration.changed();
      done.put("table", table).put("added", new JsonArray(added));
      if (newName != null || !changed.isEmpty()) {
        done.put("changed", new JsonArray(changed));
      }
      said.add(
          before.isEmpty()
              ? "Declared the table " + table + "."
              : declaration.what(newName).isEmpty()
                  ? "The table " + table + " has all of this already."
                  : "Changed the table " + table + ": "
                      + String.join(", ", declaration.what(newName)) + ".");
    }
    if (minimumVersion != null) {
      done.put("minimumVersion", minimumVersion);
      said.add(
          minimumVersion == 0
              ? "Apps of any version can write."
              : "Apps below version " + minimumVersion + " can read and receive only from now on.");
    }
    console.result(String.join(" ", said), done);
  }
}
