package dev.sealift.ops.cli;

import dev.sealift.client.store.ColumnType;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Values;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Adds to a counter. */
@Command(
    name = "increment",
    description =
        "Add to a counter; what several devices add at a time is all counted. Makes the row if there is none.")
final class CellIncrementCommand extends CellOperation {
  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "BY",
      description = "How much; may be negative (default: 1).")
  private long by = 1;

  CellIncrementCommand(Surroundings surroundings) {
    super(surroundings, ColumnType.COUNTER);
  }

  @Override
  void run(Console console, Cell cell) {
    cell.table().increment(cell.key(), cell.columnName(), by);
    cell.values().stream()
        .findFirst()
        .ifPresent(total -> console.result(
            "Added " + by + " to " + cell.place() + ": " + Values.shown(total) + " in all.",
            cell.done("increment").put("total", Values.json(total))));
  }
}
