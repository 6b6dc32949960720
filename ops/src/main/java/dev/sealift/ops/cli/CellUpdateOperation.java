package dev.sealift.ops.cli;

import dev.sealift.client.store.ColumnType;
import dev.sealift.client.value.ValueLimits;
import dev.sealift.ops.terminal.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that takes one update for a cell: from a file, from standard input, or as an argument. */
abstract class CellUpdateOperation extends CellOperation {
  private static final String STANDARD_INPUT = "-";

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "FILE|-",
      description = "The file with the update's bytes (default: standard input).")
  private @Nullable String file;

  @Option(
      names = "--base64",
      paramLabel = "TEXT",
      description = "The update's bytes in base64, in the place of a file.")
  private @Nullable String base64;

  CellUpdateOperation(Surroundings surroundings) {
    super(surroundings, ColumnType.UPDATES);
  }

  abstract void run(Console console, Cell cell, byte[] update) throws Refusal;

  @Override
  final void run(Console console, Cell cell) throws Refusal {
    byte[] update = update();
    if (update.length == 0) {
      throw new Refusal("no-update", "There are no bytes to write. Nothing was changed.");
    }
    if (update.length > ValueLimits.MAX_VALUE_BYTES) {
      throw new Refusal(
          "update-too-large",
          "An update may take %,d bytes, and this takes more. Nothing was changed."
              .formatted(ValueLimits.MAX_VALUE_BYTES));
    }
    run(console, cell, update);
  }

  private byte[] update() throws Refusal {
    if (base64 == null) {
      return read(file == null ? STANDARD_INPUT : file);
    }
    if (file != null) {
      throw new Refusal(Refusal.WRONG_USAGE, "Give --base64 or a file, not both.");
    }
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new Refusal("bad-value", "--base64 is not base64.");
    }
  }

  /** No more than tells that it is too much. */
  private byte[] read(String from) throws Refusal {
    try {
      if (from.equals(STANDARD_INPUT)) {
        return surroundings().in().readNBytes(ValueLimits.MAX_VALUE_BYTES + 1);
      }
      try (InputStream in = Files.newInputStream(Path.of(from))) {
        return in.readNBytes(ValueLimits.MAX_VALUE_BYTES + 1);
      }
    } catch (IOException e) {
      throw new Refusal("no-such-file", "The file " + from + " cannot be read.");
    }
  }
}
