package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.QueryResult;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The result of a query at one time, in memory and within bounds, to be compared with a later one. Immutable.
 *
 * @param columns as the query names them
 * @param rows by what they are known again
 */
record QueryImage<R>(List<String> columns, Map<Identity, Shown<R>> rows) {
  /** Rows: more than anybody looks at. */
  private static final int MAX_ROWS = 10_000;

  /** Bytes of all values: with overhead, some tens of megabytes. */
  private static final long MAX_BYTES = 16 << 20;

  /**
   * @param known the value of the query's column, or the whole row
   * @param times how many of the same came before: a result may have a row twice
   */
  record Identity(Object known, int times) {}

  /** A row's values, and what is told of it. */
  record Shown<R>(List<Value> values, R row) {}

  static <R> QueryImage<R> empty() {
    return new QueryImage<>(List.of(), Map.of());
  }

  /**
   * Reads a result.
   *
   * @param key the column by which rows are known again
   * @param before is asked for rows that stayed as they were, so that they need not be made again
   * @return empty when it is too large
   */
  static <R> Optional<QueryImage<R>> read(
      QueryResult result,
      Optional<String> key,
      Function<List<Value>, R> maker,
      QueryImage<R> before) {
    int keyPlace = requireKey(result.columns(), key);
    Map<Identity, Shown<R>> rows = new LinkedHashMap<>();
    Map<Object, Integer> times = new HashMap<>();
    boolean sameColumns = before.columns().equals(result.columns());
    long bytes = 0;
    while (result.next()) {
      List<Value> values = result.row();
      bytes += values.stream().mapToLong(Value::canonicalLength).sum();
      if (rows.size() == MAX_ROWS || bytes > MAX_BYTES) {
        return Optional.empty();
      }
      Object known = keyPlace < 0 ? values : values.get(keyPlace);
      Identity identity = new Identity(known, times.merge(known, 1, Integer::sum));
      Shown<R> same = sameColumns ? before.rows().get(identity) : null;
      rows.put(
          identity,
          same != null && same.values().equals(values)
              ? same
              : new Shown<>(values, maker.apply(values)));
    }
    return Optional.of(new QueryImage<>(result.columns(), rows));
  }

  /** The place of the column by which rows are known again; -1 when it is the whole row. */
  static int requireKey(List<String> columns, Optional<String> key) {
    return key.map(column -> place(columns, column)).orElse(-1);
  }

  private static int place(List<String> columns, String wanted) {
    for (int i = 0; i < columns.size(); i++) {
      if (Names.folded(columns.get(i)).equals(Names.folded(wanted))) {
        return i;
      }
    }
    throw new SealiftException(
        ErrorCode.INVALID_INPUT,
        "The query has no column of the name by which its rows are to be known: select it.");
  }

  /** What is different here from what was before. */
  QueryChange<R> since(QueryImage<R> before) {
    List<R> all = new ArrayList<>(rows.size());
    List<R> added = new ArrayList<>();
    List<QueryChange.Changed<R>> changed = new ArrayList<>();
    rows.forEach((identity, now) -> {
      all.add(now.row());
      Shown<R> then = before.rows().get(identity);
      if (then == null) {
        added.add(now.row());
      } else if (then != now) {
        changed.add(new QueryChange.Changed<>(then.row(), now.row()));
      }
    });
    List<R> removed = new ArrayList<>();
    before.rows().forEach((identity, then) -> {
      if (!rows.containsKey(identity)) {
        removed.add(then.row());
      }
    });
    return new QueryChange<>(all, added, removed, changed, false);
  }
}
