package dev.sealift.ops.cli;

import dev.sealift.client.store.ColumnType;
import dev.sealift.client.value.Value;
import dev.sealift.ops.terminal.Console;
import picocli.CommandLine.Command;

/** Writes a multi-value register. */
@Command(
    name = "assign",
    description =
        "Write a multi-value register: the value takes the place of those that this home has. Makes the row if there is none.")
final class CellAssignCommand extends CellValueOperation {
  CellAssignCommand(Surroundings surroundings) {
    super(surroundings, ColumnType.MULTI_VALUE);
  }

  @Override
  void run(Console console, Cell cell, Value value) {
    cell.table().assign(cell.key(), cell.columnName(), value);
    console.result("Wrote " + cell.place() + ".", cell.done("assign"));
  }
}
