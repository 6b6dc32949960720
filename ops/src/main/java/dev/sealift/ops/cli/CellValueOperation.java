package dev.sealift.ops.cli;

import dev.sealift.client.store.ColumnType;
import dev.sealift.client.value.Value;
import dev.sealift.ops.csv.CellText;
import dev.sealift.ops.csv.ColumnTypes;
import dev.sealift.ops.terminal.Console;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that takes one value for a cell. */
abstract class CellValueOperation extends CellOperation {
  private static final Set<ColumnType> OF_ONE_VALUE =
      Set.of(ColumnType.TEXT, ColumnType.INTEGER, ColumnType.REAL, ColumnType.BYTES);

  @Parameters(
      index = "2",
      paramLabel = "VALUE",
      description =
          "The value: a number if it looks like one, null if it is empty, or else text. Before text that begins with - put --.")
  private String text = "";

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "Take it as text, integer, real or bytes (base64), whatever it looks like.")
  private @Nullable String type;

  CellValueOperation(Surroundings surroundings, ColumnType column) {
    super(surroundings, column);
  }

  abstract void run(Console console, Cell cell, Value value) throws Refusal;

  @Override
  final void run(Console console, Cell cell) throws Refusal {
    run(console, cell, value());
  }

  private Value value() throws Refusal {
    if (type == null) {
      return CellText.parse(ColumnType.ANY, text).orElseThrow(() -> isNone(ColumnType.TEXT));
    }
    Optional<ColumnType> named = ColumnTypes.named(type).filter(OF_ONE_VALUE::contains);
    ColumnType wanted = named.orElseThrow(() -> new Refusal(
        Refusal.WRONG_USAGE, "--type must be text, integer, real or bytes, and not " + type + "."));
    return CellText.exactly(wanted, text).orElseThrow(() -> isNone(wanted));
  }

  private Refusal isNone(ColumnType wanted) {
    return new Refusal(
        "bad-value", "'" + text + "' is not of type " + ColumnTypes.name(wanted) + ".");
  }

  /** A set has no nulls, and a person who typed nothing may have meant an empty text. */
  static void requireMember(Value value) throws Refusal {
    if (value == Value.NULL) {
      throw new Refusal("bad-value", "A set has no nulls; for an empty text say --type text.");
    }
  }
}
