package dev.sealift.ops.cli;

import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.csv.CsvException;
import dev.sealift.ops.csv.CsvFile;
import dev.sealift.ops.csv.CsvImport;
import dev.sealift.ops.csv.CsvSurvey;
import dev.sealift.ops.csv.CsvSurveyor;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Progress;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the rows of a CSV file. */
@Command(
    name = "import",
    description = {
      "Write the rows of a CSV file (UTF-8, with a header; gzip is fine) into a table, which is made if there is none.",
      "The whole file is checked before the first row is written."
    })
final class ImportCommand extends ClientCommand {
  @Parameters(paramLabel = "FILE.csv", description = "The file.")
  private Path file = Path.of("");

  @Option(names = "--table", required = true, paramLabel = "T", description = "The table.")
  private String table = "";

  @Option(
      names = "--key",
      required = true,
      paramLabel = "COLUMN",
      description = "The column that tells rows apart.")
  private String key = "";

  @Option(
      names = "--searchable",
      paramLabel = "COLUMN",
      split = ",",
      description = "Columns of text to be searched for words; for good, and on every device.")
  private Set<String> searchable = Set.of();

  ImportCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal, CsvException {
    Space space = space(sealift, settings);
    CsvFile csv = CsvFile.of(file);
    CsvSurvey survey = CsvSurveyor.survey(csv, key);
    requireColumns(survey);
    try (Progress progress = console.progress("import", survey.rows(), "rows")) {
      new CsvImport(space, table, searchable, progress).run(csv, survey);
    }
    console.result(
        "Imported " + survey.rows() + " rows into " + table + ".",
        new JsonObject().put("done", "import").put("table", table).put("rows", survey.rows()));
  }

  private void requireColumns(CsvSurvey survey) throws Refusal {
    for (String column : searchable) {
      if (!survey.columns().contains(column) || column.equals(key)) {
        throw new Refusal(
            "no-such-column",
            "The file has no column '" + column + "' beside its key. Nothing was imported.");
      }
    }
  }
}
