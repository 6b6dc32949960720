package dev.sealift.client;

import java.util.List;

/**
 * How the result of a query differs from the one that was told before, which was empty at the beginning.
 *
 * @param rows the result now, all of one state, in the query's order
 * @param added what was not there before, in that order
 * @param removed what is not there any more
 * @param changed rows that the query's column knows again, in the order of {@code rows}; none for a query without such a column
 * @param isTooMany whether there are more rows than a watch keeps: run the query to see them. Everything else is empty then, and what is told after it begins from
 *     nothing again
 */
public record QueryChange<R>(
    List<R> rows, List<R> added, List<R> removed, List<Changed<R>> changed, boolean isTooMany) {
  /** A row before and after. */
  public record Changed<R>(R before, R after) {}

  public QueryChange {
    rows = List.copyOf(rows);
    added = List.copyOf(added);
    removed = List.copyOf(removed);
    changed = List.copyOf(changed);
  }

  static <R> QueryChange<R> tooMany() {
    return new QueryChange<>(List.of(), List.of(), List.of(), List.of(), true);
  }

  boolean isNone() {
    return added.isEmpty() && removed.isEmpty() && changed.isEmpty() && !isTooMany;
  }
}
