package dev.sealift.client.store;

import dev.sealift.client.value.Names;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects what a batch changes, within bounds. */
final class ChangeCollector {
  /** Beyond this nobody looks at single rows any more, and a first sync must not keep every key in memory. */
  static final int MAX_CHANGES = 10_000;

  private final List<Change> changes = new ArrayList<>();
  private final Set<String> tables = new HashSet<>();
  private boolean many;
  private boolean told;

  void add(TableInfo table, String key, Change.Kind kind, Change.Origin origin) {
    told = true;
    if (Names.isReserved(table.name())) {
      return;
    }
    tables.add(table.label());
    if (many) {
      return;
    }
    if (changes.size() == MAX_CHANGES) {
      many = true;
      changes.clear();
      return;
    }
    changes.add(new Change(table.label(), key, kind, origin));
  }

  /** Something was written that no row shows. */
  void addUnseen() {
    told = true;
  }

  /** Whether nothing was written, not even a declaration. */
  boolean isEmpty() {
    return !told;
  }

  ChangeSet take() {
    ChangeSet taken = new ChangeSet(changes, tables, many);
    clear();
    return taken;
  }

  void clear() {
    changes.clear();
    tables.clear();
    many = false;
    told = false;
  }
}
