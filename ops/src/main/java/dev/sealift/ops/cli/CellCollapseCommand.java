package dev.sealift.ops.cli;

import dev.sealift.ops.terminal.Console;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes one update in the place of several. */
@Command(
    name = "collapse",
    description = {
      "Write one update in the place of several, which the app has merged to it. What other devices add meanwhile stays beside it.",
      "'sealift cell values --output DIR' writes the updates to be merged. If this home has others by now, nothing is changed."
    })
final class CellCollapseCommand extends CellUpdateOperation {
  @Option(
      names = "--of",
      required = true,
      paramLabel = "DIR",
      description =
          "The folder with the updates that were merged, as 'sealift cell values' wrote it.")
  private Path merged = Path.of("");

  CellCollapseCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Cell cell, byte[] update) throws Refusal {
    int collapsed = collapse(cell, new UpdateFolder(merged), update);
    console.result(
        collapsed == 0
            ? "There is not more than one update in " + cell.place() + "; nothing was changed."
            : "Wrote one update in the place of " + collapsed + " in " + cell.place() + ".",
        cell.done("collapse").put("collapsed", collapsed));
  }

  private int collapse(Cell cell, UpdateFolder folder, byte[] update) throws Refusal {
    AtomicInteger collapsed = new AtomicInteger();
    try {
      cell.table().collapse(cell.key(), cell.columnName(), updates -> {
        requireSame(folder, updates);
        collapsed.set(updates.size());
        return update;
      });
      return collapsed.get();
    } catch (UncheckedIOException e) {
      throw new Refusal("no-such-file", "The folder " + merged + " cannot be read.");
    } catch (OtherUpdatesException e) {
      throw new Refusal(
          "cell-changed",
          "This home has other updates in %s than the folder %s: write them anew with 'sealift cell values --output', and merge those. Nothing was changed."
              .formatted(cell.place(), merged));
    }
  }

  /** Runs within the write: nothing comes between. */
  private static void requireSame(UpdateFolder folder, List<byte[]> updates) {
    try {
      if (!folder.has(updates)) {
        throw new OtherUpdatesException();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes the write back. */
  private static final class OtherUpdatesException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
