package dev.sealift.ops.cli;

import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.StoredTable;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import java.util.Set;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command on one cell that holds several values. */
abstract class CellOperation extends ClientCommand {
  private final Set<ColumnType> types;

  @Option(names = "--table", required = true, paramLabel = "T", description = "The table.")
  private String table = "";

  @Parameters(index = "0", paramLabel = "KEY", description = "The row's key.")
  private String key = "";

  @Parameters(index = "1", paramLabel = "COLUMN", description = "The column.")
  private String column = "";

  /**
   * A command on columns of some types.
   *
   * @param types at least one
   */
  CellOperation(Surroundings surroundings, ColumnType... types) {
    super(surroundings);
    this.types = Set.of(types);
  }

  abstract void run(Console console, Cell cell) throws Refusal;

  @Override
  final void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    Space space = space(sealift, settings);
    StoredTable known = Tables.require(space, table);
    run(console, new Cell(space.table(table), key, Columns.ofType(known, column, types)));
  }
}
