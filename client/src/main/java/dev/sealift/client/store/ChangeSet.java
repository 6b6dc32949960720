package dev.sealift.client.store;

import java.util.List;
import java.util.Set;

/**
 * What one batch changed.
 *
 * @param changes in the order in which they were made; a row may be there several times. Empty when {@link #isMany}
 * @param tables the tables in which something changed; none when only declarations were written
 * @param isMany whether there were too many changes to name each: look at the tables again
 */
public record ChangeSet(List<Change> changes, Set<String> tables, boolean isMany) {
  public ChangeSet {
    changes = List.copyOf(changes);
    tables = Set.copyOf(tables);
  }
}
