package dev.sealift.ops.cli;

import dev.sealift.ops.terminal.Console;
import picocli.CommandLine.Command;

/** Adds an update. */
@Command(
    name = "append",
    description =
        "Add an update, which only the app can read, to those of a cell. Makes the row if there is none.")
final class CellAppendCommand extends CellUpdateOperation {
  CellAppendCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Cell cell, byte[] update) {
    cell.table().append(cell.key(), cell.columnName(), update);
    console.result(
        "Added an update of %,d bytes to %s.".formatted(update.length, cell.place()),
        cell.done("append").put("bytes", update.length));
  }
}
