package dev.sealift.ops.cli;

import dev.sealift.client.store.ColumnType;
import dev.sealift.client.value.Value;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Printable;
import dev.sealift.ops.terminal.Values;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what is in a cell. */
@Command(
    name = "values",
    description = {
      "Show what is in a cell, a value a line. With --json {\"value\":…} a line; bytes are base64.",
      "Of a multi-value register the value that queries see comes first, a set has each value once, updates come in the order of their times,",
      "and a counter has its total."
    })
final class CellValuesCommand extends CellOperation {
  @Option(
      names = "--output",
      paramLabel = "DIR",
      description =
          "Write updates to this folder, which must be empty or not there: a file each, in their order.")
  private @Nullable Path output;

  CellValuesCommand(Surroundings surroundings) {
    super(
        surroundings,
        ColumnType.MULTI_VALUE,
        ColumnType.COUNTER,
        ColumnType.SET,
        ColumnType.UPDATES);
  }

  @Override
  void run(Console console, Cell cell) throws Refusal {
    if (cell.table().get(cell.key()).isEmpty()) {
      throw new Refusal(
          "no-such-row", "The table " + cell.table().name() + " has no row of this key.");
    }
    if (output == null) {
      print(console, cell.values());
    } else {
      write(console, cell, output);
    }
  }

  private static void print(Console console, List<Value> values) {
    for (Value value : values) {
      if (console.isDeaf()) {
        return;
      }
      console.result(
          Printable.of(Values.shown(value)), new JsonObject().put("value", Values.json(value)));
    }
  }

  private static void write(Console console, Cell cell, Path folder) throws Refusal {
    if (cell.column().type() != ColumnType.UPDATES) {
      throw new Refusal(Refusal.WRONG_USAGE, "--output is for columns of type updates.");
    }
    List<byte[]> updates = updates(cell);
    try {
      if (!new UpdateFolder(folder).write(updates)) {
        throw new Refusal(
            "folder-not-empty", "The folder " + folder + " has something in it; name another.");
      }
    } catch (IOException e) {
      throw new Refusal("not-written", "The folder " + folder + " cannot be written.");
    }
    console.result(
        "Wrote " + updates.size() + " updates of " + cell.place() + " to " + folder + ".",
        cell.done("values").put("updates", updates.size()));
  }

  private static List<byte[]> updates(Cell cell) {
    return cell.values().stream()
        .map(update -> ((Value.Blob) update).value().toByteArray())
        .toList();
  }
}
