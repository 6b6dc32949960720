package dev.sealift.ops.cli;

import dev.sealift.client.Sealift;
import dev.sealift.client.store.QueryResult;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.TextTable;
import dev.sealift.ops.terminal.Values;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Runs a query. */
@Command(
    name = "query",
    description =
        "Run read-only SQL on the space's tables. Prints an aligned table, or with --json one object a row.")
final class QueryCommand extends ClientCommand {
  /** Column widths are taken from so many rows at a time: a long result is not held in memory. */
  private static final int ALIGNED_ROWS = 1_000;

  @Parameters(
      paramLabel = "SQL",
      description = "Such as \"select country, count(*) from cities group by 1\".")
  private String sql = "";

  QueryCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    try (QueryResult rows = space(sealift, settings).query(sql)) {
      if (console.isJson()) {
        printObjects(console, rows);
      } else {
        printTables(console, rows);
      }
    }
  }

  private static void printObjects(Console console, QueryResult rows) {
    List<String> columns = rows.columns();
    while (rows.next() && !console.isDeaf()) {
      console.json(Values.json(columns, rows.row()));
    }
  }

  private static void printTables(Console console, QueryResult rows) {
    boolean more = true;
    do {
      TextTable table = new TextTable(rows.columns());
      int count = 0;
      while (count < ALIGNED_ROWS && (more = rows.next())) {
        table.add(rows.row().stream().map(Values::shown).toList());
        count++;
      }
      table.lines().forEach(console::say);
    } while (more && !console.isDeaf());
  }
}
