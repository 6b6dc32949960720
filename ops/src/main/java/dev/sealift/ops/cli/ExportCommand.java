package dev.sealift.ops.cli;

import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.store.QueryResult;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.csv.RowExport;
import dev.sealift.ops.terminal.Console;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a table's rows to a file or to standard output. */
@Command(
    name = "export",
    description = {
      "Write all rows of a table, ordered by key, as queries show them.",
      "So a multi-value register has its latest value, a counter its total, a set is the text of a JSON array, and updates are",
      "the number of them: 'sealift cell values' writes what is in such a cell."
    })
final class ExportCommand extends ClientCommand {
  @Option(names = "--table", required = true, paramLabel = "T", description = "The table.")
  private String table = "";

  @Option(names = "--format", paramLabel = "csv|jsonl", description = "The format (default: csv).")
  private String format = "csv";

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description =
          "Where to (default: standard output). The file is replaced when all rows are written.")
  private @Nullable Path output;

  ExportCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal, IOException {
    RowExport export = format();
    Space space = space(sealift, settings);
    try (QueryResult rows = Tables.all(space, table)) {
      if (output == null) {
        export.write(rows, console.data());
        return;
      }
      long written = WholeFile.write(output, out -> export.write(rows, out));
      console.result(
          "Exported " + written + " rows to " + output + ".",
          new JsonObject().put("done", "export").put("table", table).put("rows", written));
    }
  }

  private RowExport format() throws Refusal {
    return switch (format) {
      case "csv" -> RowExport.CSV;
      case "jsonl" -> RowExport.JSONL;
      default -> throw new Refusal(Refusal.WRONG_USAGE, "--format must be csv or jsonl.");
    };
  }
}
