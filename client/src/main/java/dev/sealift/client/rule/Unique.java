package dev.sealift.client.rule;

import java.util.List;
import java.util.Optional;

/**
 * No two rows of a table should have the same values, as SQL compares them, in some columns together. A row with a null in one of them counts with none.
 *
 * @param columns in the order of their names
 * @param rename the name of the function that gives the later of two another value; empty when both stay as they are. Of one column only
 */
public record Unique(String table, List<String> columns, Optional<String> rename) {
  public Unique {
    columns = columns.stream().sorted().toList();
  }
}
