package dev.sealift.client.store;

import dev.sealift.client.compact.CodePoints;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.rule.RowName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds what a store has between two rows of a step from the beginning that does not carry it: the log has nothing of it any more. */
final class Wiping {
  private static final String KEYS = " > ?2 AND (?3 IS NULL OR %1$s <= ?3) ORDER BY %1$s LIMIT ?4";

  private final Db db;
  private final Catalog catalog;

  Wiping(Db db, Catalog catalog) {
    this.db = db;
    this.catalog = catalog;
  }

  /**
   * Rows behind one and up to another that are not carried, in their order.
   *
   * @param to null for the end
   * @param most how many of them
   */
  List<RowName> between(RowName from, @Nullable RowName to, Set<RowName> carried, int most) {
    List<RowName> found = new ArrayList<>();
    List<TableInfo> ordered = catalog.tables().values().stream()
        .sorted(Comparator.comparing(TableInfo::name, CodePoints::compare))
        .toList();
    for (TableInfo table : ordered) {
      boolean begun = CodePoints.compare(table.name(), from.table()) >= 0;
      boolean over = to != null && CodePoints.compare(table.name(), to.table()) > 0;
      if (begun && !over) {
        String after = table.name().equals(from.table()) ? from.key() : "";
        String upTo = to != null && table.name().equals(to.table()) ? to.key() : null;
        keys(table, after, upTo, carried.size() + most).stream()
            .map(key -> new RowName(table.name(), key))
            .filter(name -> !carried.contains(name))
            .forEach(found::add);
      }
    }
    return found.subList(0, Math.min(most, found.size()));
  }

  private Set<String> keys(TableInfo table, String after, @Nullable String upTo, int most) {
    Set<String> keys = new TreeSet<>(CodePoints::compare);
    String rows =
        "SELECT _key FROM " + TableSql.quoted(table.physical()) + " WHERE _meta <> ?1 AND _key";
    try (Statement select = db.prepare(rows + KEYS.formatted("_key"))) {
      add(keys, select.bind(1, RowState.ABSENT.toBytes()), after, upTo, most);
    }
    for (String beside : List.of("_sealift_loser", "_sealift_history", "_sealift_feed")) {
      String sql = "SELECT DISTINCT key FROM " + beside + " WHERE tbl = ?1 AND key";
      try (Statement select = db.prepare(sql + KEYS.formatted("key"))) {
        add(keys, select.bind(1, table.id()), after, upTo, most);
      }
    }
    return keys;
  }

  private static void add(
      Set<String> keys, Statement select, String after, @Nullable String upTo, int most) {
    select.bind(2, after).bind(3, upTo).bind(4, most);
    while (select.next()) {
      keys.add(select.text(1));
    }
  }
}
