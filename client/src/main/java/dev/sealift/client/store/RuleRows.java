package dev.sealift.client.store;

import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.rule.Reference;
import dev.sealift.client.rule.RowName;
import dev.sealift.client.rule.Rows;
import dev.sealift.client.rule.Unique;
import dev.sealift.client.store.RuleSql.ReferenceSql;
import dev.sealift.client.store.RuleSql.UniqueSql;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rows as this store's writer sees them, each looked up by an index. */
final class RuleRows implements Rows, AutoCloseable {
  private final Db db;
  private final Catalog catalog;
  private final RowMerger merger;
  private final LocalWriter local;
  private final ClaimOrder order;
  private final Map<Reference, ReferenceSql> references;
  private final Map<Unique, UniqueSql> uniques;
  private final Map<String, Statement> kept = new HashMap<>();

  RuleRows(
      Db db,
      Catalog catalog,
      RowMerger merger,
      LocalWriter local,
      ClaimOrder order,
      Map<Reference, ReferenceSql> references,
      Map<Unique, UniqueSql> uniques) {
    this.db = db;
    this.catalog = catalog;
    this.merger = merger;
    this.local = local;
    this.order = order;
    this.references = references;
    this.uniques = uniques;
  }

  /** As many as there are rules, a few for each. */
  private Statement statement(String sql) {
    return kept.computeIfAbsent(sql, db::prepare);
  }

  @Override
  public void close() {
    kept.values().forEach(Statement::close);
    kept.clear();
  }

  private RowMerger.@Nullable Found find(RowName row) {
    TableInfo table = catalog.table(row.table());
    return table == null ? null : merger.find(table, row.key());
  }

  @Override
  public String label(String table) {
    TableInfo known = catalog.table(table);
    return known == null ? table : known.label();
  }

  @Override
  public Presence presence(RowName row) {
    RowMerger.Found found = find(row);
    if (found != null && merger.isVisible(found.state())) {
      return Presence.THERE;
    }
    boolean wasRemoved = found != null && found.state().removal().isPresent();
    return wasRemoved ? Presence.REMOVED : Presence.NEVER; // such as one whose writes came too late
  }

  @Override
  public Origin origin(RowName row) {
    RowMerger.Found found = find(row);
    if (found == null) {
      throw new IllegalArgumentException("a row that was never there has no origin");
    }
    RowState state = found.state();
    List<Stamp> stamps =
        merger.isVisible(state) ? cells(state) : state.removal().stream().toList();
    return new Origin(
        stamps.stream()
            .mapToLong(stamp -> new HybridTime(stamp.time()).millis())
            .max()
            .orElse(0),
        stamps.stream().anyMatch(stamp -> stamp.device() == Devices.SELF));
  }

  private static List<Stamp> cells(RowState state) {
    return Stream.concat(
            IntStream.range(0, state.cells()).mapToObj(state::cell).flatMap(Optional::stream),
            state.touch().stream())
        .toList();
  }

  @Override
  public boolean returnsWhole(RowName row) {
    RowMerger.Found found = find(row);
    return found != null && !merger.beginsAnew(found.state(), local.nextStamp());
  }

  @Override
  public Optional<RowName> target(Reference reference, String key) {
    ReferenceSql sql = references.get(reference);
    if (sql == null) {
      return Optional.empty();
    }
    Statement select = statement(sql.target()).bind(1, key);
    try {
      return select.next()
          ? Optional.of(new RowName(reference.target(), select.text(1)))
          : Optional.empty();
    } finally {
      select.reset();
    }
  }

  @Override
  public List<String> referring(
      Reference reference, String target, Presence presence, String afterKey, int most) {
    ReferenceSql sql = references.get(reference);
    if (sql == null) {
      return List.of();
    }
    Statement select = statement(sql.referring(presence));
    select.bind(1, target).bind(2, afterKey).bind(3, most);
    return keys(select);
  }

  private static List<String> keys(Statement select) {
    List<String> keys = new ArrayList<>();
    try {
      while (select.next()) {
        keys.add(select.text(1));
      }
    } finally {
      select.reset();
    }
    return keys;
  }

  @Override
  public List<String> claimants(Unique unique, String key, int most) {
    UniqueSql sql = uniques.get(unique);
    if (sql == null) {
      return List.of();
    }
    List<ClaimOrder.Claim> claims = new ArrayList<>();
    Statement select = statement(sql.claimants()).bind(1, key).bind(2, most);
    try {
      while (select.next()) {
        claims.add(ClaimOrder.claim(sql.columns(), select.text(1), select.blob(2)));
      }
    } finally {
      select.reset();
    }
    claims.sort(order);
    return claims.stream().map(ClaimOrder.Claim::key).toList();
  }

  @Override
  public boolean isFree(Unique unique, Value value) {
    return other(unique, List.of(value), "").isEmpty();
  }

  /** The key of a row that has these values, none of them null, and is another than the one with a key. */
  Optional<String> other(Unique unique, List<Value> values, String key) {
    UniqueSql sql = uniques.get(unique);
    if (sql == null) {
      return Optional.empty();
    }
    Statement select = statement(sql.other());
    for (int i = 0; i < values.size(); i++) {
      select.bind(i + 1, values.get(i));
    }
    return keys(select.bind(values.size() + 1, key)).stream().findFirst();
  }

  @Override
  public int changes(RowName row) {
    Statement select = statement("SELECT times FROM _sealift_changed WHERE tbl = ? AND row = ?");
    bind(select, row);
    try {
      return select.next() ? (int) select.integer(1) : 0;
    } finally {
      select.reset();
    }
  }

  /** A rule has given the row another value. */
  void addChange(RowName row) {
    Statement insert = statement("INSERT INTO _sealift_changed VALUES (?, ?, 1)"
        + " ON CONFLICT(tbl, row) DO UPDATE SET times = times + 1");
    bind(insert, row);
    insert.run();
  }

  private void bind(Statement statement, RowName row) {
    RowMerger.Found found = find(row);
    TableInfo table = catalog.table(row.table());
    if (found == null || table == null) {
      throw new IllegalArgumentException("a row that is given another value is there");
    }
    statement.bind(1, table.id()).bind(2, found.row());
  }

  @Override
  public Value value(RowName row, String column) {
    TableInfo table = catalog.table(row.table());
    ColumnInfo info = table == null ? null : table.column(column);
    return info == null
        ? Value.NULL
        : merger.values(table, row.key(), List.of(info)).get(0);
  }
}
