package dev.sealift.ops.cli;

import dev.sealift.client.store.ColumnType;
import dev.sealift.client.value.Value;
import dev.sealift.ops.terminal.Console;
import picocli.CommandLine.Command;

/** Takes out of a set. */
@Command(
    name = "discard",
    description =
        "Take a value out of a set. Where another device adds it that has not seen that, it stays.")
final class CellDiscardCommand extends CellValueOperation {
  CellDiscardCommand(Surroundings surroundings) {
    super(surroundings, ColumnType.SET);
  }

  @Override
  void run(Console console, Cell cell, Value value) throws Refusal {
    requireMember(value);
    boolean changed = cell.table().discard(cell.key(), cell.columnName(), value);
    console.result(
        changed ? "Took it out of " + cell.place() + "." : cell.place() + " did not have it.",
        cell.done("discard").put("changed", changed));
  }
}
