package dev.sealift.ops.cli;

import dev.sealift.client.store.ColumnType;
import dev.sealift.client.value.Value;
import dev.sealift.ops.terminal.Console;
import picocli.CommandLine.Command;

/** Adds to a set. */
@Command(name = "add", description = "Add a value to a set. Makes the row if there is none.")
final class CellAddCommand extends CellValueOperation {
  CellAddCommand(Surroundings surroundings) {
    super(surroundings, ColumnType.SET);
  }

  @Override
  void run(Console console, Cell cell, Value value) throws Refusal {
    requireMember(value);
    boolean changed = cell.table().add(cell.key(), cell.columnName(), value);
    console.result(
        changed ? "Added it to " + cell.place() + "." : cell.place() + " had it already.",
        cell.done("add").put("changed", changed));
  }
}
