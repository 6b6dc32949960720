package dev.sealift.client.store;

import dev.sealift.client.rule.Reference;
import dev.sealift.client.rule.TableRules;
import dev.sealift.client.rule.Unique;
import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.value.Names;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What rules a table may be declared with. */
final class RuleCheck {
  /** Rules of one table, which cost an index each: more than any table meant for people. */
  static final int MOST_RULES = 64;

  /** Of one rule: their names stand together in a key. */
  static final int MOST_COLUMNS = 6;

  /** A function's name, in characters. */
  private static final int MOST_NAME = 128;

  private RuleCheck() {}

  static void require(String table, List<ColumnSchema> columns, TableRules rules) {
    Set<Object> once = new HashSet<>();
    rules.references().forEach(reference -> {
      requireOwn(table, reference.table());
      Names.requireTable(reference.target());
      require(
          isPlain(columns, reference.column()),
          "a reference is a plain column that was named before");
      require(once.add(reference.column()), "a column refers to one table only");
    });
    rules.uniques().forEach(unique -> {
      requireOwn(table, unique.table());
      require(
          !unique.columns().isEmpty()
              && unique.columns().size() <= MOST_COLUMNS
              && unique.columns().stream().allMatch(column -> isPlain(columns, column))
              && new HashSet<>(unique.columns()).size() == unique.columns().size(),
          "what is unique is in 1 to " + MOST_COLUMNS
              + " plain columns that were named before, each once");
      require(once.add(unique.columns()), "a rule for these columns is there already");
      requireRename(unique, rules);
    });
    require(
        rules.references().size() + rules.uniques().size() <= MOST_RULES,
        "a table may have " + MOST_RULES + " rules");
  }

  private static void requireRename(Unique unique, TableRules rules) {
    unique
        .rename()
        .ifPresent(name -> require(
            unique.columns().size() == 1
                && !name.isEmpty()
                && name.length() <= MOST_NAME
                && rules.renames().containsKey(name),
            "another value is given in one column, by a function with a name of 1 to " + MOST_NAME
                + " characters"));
  }

  private static void requireOwn(String table, String named) {
    if (!table.equals(named)) {
      throw new IllegalArgumentException("a table's rules are its own");
    }
  }

  private static boolean isPlain(List<ColumnSchema> columns, String name) {
    return columns.stream()
        .anyMatch(column -> column.wire().equals(name) && column.type().isRegister());
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new StoreException(Code.BAD_SCHEMA, otherwise);
    }
  }

  /** Declared as one thing here and as another there. */
  static StoreException contradiction(Reference reference, String targetLabel) {
    return new StoreException(
        Code.BAD_SCHEMA,
        "a column refers to " + targetLabel + " by " + reference.onRemove()
            + " in this space; declare it so");
  }

  static StoreException contradiction() {
    return new StoreException(
        Code.BAD_SCHEMA,
        "what is unique has another function in this space that gives other values; declare it by that name");
  }
}
