package dev.sealift.ops.cli;

import dev.sealift.client.Schema;
import dev.sealift.client.rule.OnRemove;
import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.Keep;
import dev.sealift.client.store.StoredTable;
import dev.sealift.client.value.Value;
import dev.sealift.ops.csv.CellText;
import dev.sealift.ops.csv.ColumnTypes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is to be said of a table and its columns, by the names that people see. Refuses in the names of the caller what the library refuses without names. */
final class Declaration {
  private final Optional<StoredTable> before;
  private final String table;
  private final Map<String, ColumnSchema> columns = new LinkedHashMap<>();
  private final List<String> drops = new ArrayList<>();
  private final Map<String, Target> references = new LinkedHashMap<>();
  private final List<List<String>> uniques = new ArrayList<>();
  private Keep keep = Keep.LATEST;
  private boolean onlineOnly;
  private @Nullable Duration lifetime;
  private final List<String> added = new ArrayList<>();
  private final List<String> changed = new ArrayList<>();
  private final List<String> what = new ArrayList<>();

  Declaration(Optional<StoredTable> before, String table) {
    this.before = before;
    this.table = table;
  }

  StoredTable present() throws Refusal {
    return before.orElseThrow(
        () -> new Refusal("no-such-table", "The space has no table " + table + "."));
  }

  static Refusal contradiction(String message) {
    return new Refusal("contradiction", message + " Nothing was declared.");
  }

  private Optional<ColumnSchema> known(String name) {
    return before.stream()
        .flatMap(known -> known.columns().stream())
        .filter(column -> column.name().equals(name))
        .findFirst();
  }

  void add(String name, ColumnType type) throws Refusal {
    Optional<ColumnSchema> present = known(name);
    if (present.isEmpty()) {
      requireFree(name);
      columns.put(name, new ColumnSchema(name, type));
      added.add(name);
      what.add("added " + name);
      return;
    }
    ColumnType was = present.get().type();
    if (was != type && was != ColumnType.ANY && !was.isWithin(type)) {
      throw contradiction(
          "The column %s of the table %s is of type %s, and not %s: use another name."
              .formatted(name, table, ColumnTypes.name(was), ColumnTypes.name(type)));
    }
    columns.put(name, of(present.get(), type));
    if (was != type) {
      changed.add(name);
      what.add(name + " is " + ColumnTypes.name(type));
    }
  }

  private static ColumnSchema of(ColumnSchema present, ColumnType type) {
    return new ColumnSchema(present.name(), type, present.group())
        .was(present.wire())
        .byDefault(present.fallback());
  }

  private void requireFree(String name) throws Refusal {
    for (ColumnSchema column : before.map(StoredTable::columns).orElse(List.of())) {
      if (column.wire().equals(name)) {
        throw contradiction(
            "The column %s of the table %s was called %s at first, and that stays its own: use another name."
                .formatted(column.name(), table, name));
      }
    }
  }

  void byDefault(String name, String text) throws Refusal {
    ColumnSchema column = described(name);
    Value value = CellText.exactly(column.type(), text)
        .orElseThrow(() -> new Refusal(
            "bad-value",
            "The column " + name + " is of type " + ColumnTypes.name(column.type()) + ", and '"
                + text + "' is not."));
    columns.put(name, column.byDefault(value));
    changed.add(name);
    what.add(name + " is " + text + " by default");
  }

  void rename(String name, String newName) throws Refusal {
    ColumnSchema column = described(name);
    if (known(newName).isPresent()) {
      throw contradiction("The table %s has a column %s already.".formatted(table, newName));
    }
    columns.put(
        name,
        new ColumnSchema(
            newName,
            column.type(),
            column.group(),
            column.wire(),
            column.fallback(),
            column.through()));
    changed.add(name);
    what.add(name + " is called " + newName);
  }

  /** A column that is there, or was named before. */
  private ColumnSchema described(String name) throws Refusal {
    ColumnSchema added = columns.get(name);
    return added == null ? Columns.register(present(), name) : added;
  }

  private record Target(String wire, OnRemove onRemove) {}

  /** The column holds keys of rows of another table. */
  void refer(String name, String targetWire, OnRemove onRemove) throws Refusal {
    columns.put(name, described(name));
    references.put(name, new Target(targetWire, onRemove));
    changed.add(name);
    what.add(name + " refers to a table");
  }

  /** No two rows should have the same in these columns together. */
  void unique(List<String> together) throws Refusal {
    for (String name : together) {
      columns.put(name, described(name));
      changed.add(name);
    }
    uniques.add(together);
    what.add(String.join(" and ", together) + (together.size() == 1 ? " is" : " are") + " unique");
  }

  void drop(String name) throws Refusal {
    ColumnSchema column = known(name)
        .orElseThrow(() ->
            new Refusal("no-such-column", "The table " + table + " has no column " + name + "."));
    drops.add(column.wire());
    changed.add(name);
    what.add(name + " is hidden, and kept");
  }

  /** More is kept of what is written than so far. */
  void keep(Keep more) {
    keep = more;
    if (more != Keep.LATEST) {
      what.add(
          more == Keep.WINDOW
              ? "what is written is kept for the review window"
              : "what is written is kept for good");
    }
  }

  /** What is written counts for so long. */
  void expireAfter(Duration newLifetime) {
    lifetime = newLifetime;
    what.add("what is written expires");
  }

  /** It is written only while a device is connected and up to date. */
  void onlineOnly() {
    onlineOnly = true;
    what.add("it is written online only");
  }

  Schema.TableBuilder builder(@Nullable String newName, String key) {
    Schema.TableBuilder builder = Schema.table(newName == null ? table : newName, key)
        .was(before.map(StoredTable::wire).orElse(table));
    columns.forEach((name, column) -> {
      builder.column(column);
      Target target = references.get(name);
      if (target != null) {
        builder.references(target.wire(), target.onRemove());
      }
    });
    uniques.forEach(together -> builder.unique(
        together.stream().map(name -> columns.get(name).name()).toArray(String[]::new)));
    drops.forEach(builder::drops);
    if (onlineOnly) {
      builder.onlineOnly();
    }
    if (lifetime != null) {
      builder.expireAfter(lifetime);
    }
    return switch (keep) {
      case LATEST -> builder;
      case WINDOW -> builder.keepWindow();
      case ALL -> builder.keepAll();
      case FEED -> builder.feed();
    };
  }

  List<String> added() {
    return added;
  }

  List<String> changed() {
    return changed;
  }

  /** For people. */
  List<String> what(@Nullable String newName) {
    List<String> all = new ArrayList<>(what);
    if (newName != null) {
      all.add("it is called " + newName);
    }
    return all;
  }
}
