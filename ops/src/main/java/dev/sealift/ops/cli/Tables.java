package dev.sealift.ops.cli;

import dev.sealift.client.Space;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.QueryResult;
import dev.sealift.client.store.StoredTable;
import java.util.stream.Collectors;

/** Tables by the names that people give on the command line. */
final class Tables {
  private Tables() {}

  static StoredTable require(Space space, String name) {
    return space.tables().stream()
        .filter(table -> table.name().equals(name))
        .findFirst()
        .orElseThrow(() -> missing(space));
  }

  private static SealiftException missing(Space space) {
    String names = space.tables().stream().map(StoredTable::name).collect(Collectors.joining(", "));
    return new SealiftException(
        ErrorCode.NO_SUCH_TABLE,
        names.isEmpty()
            ? "The space has no tables yet: declare one, import a CSV file, or sync."
            : "The space has no such table; it has " + names + ".");
  }

  /** All rows, ordered by key. */
  static QueryResult all(Space space, String name) {
    StoredTable table = require(space, name);
    return space.query(
        "select * from " + quoted(table.name()) + " order by " + quoted(table.key()));
  }

  /** Names have no quotes in them, but some are keywords. */
  static String quoted(String name) {
    return "\"" + name + "\"";
  }
}
