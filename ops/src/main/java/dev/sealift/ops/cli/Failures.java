package dev.sealift.ops.cli;

import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.StoreException;
import dev.sealift.client.value.InvalidValueException;
import dev.sealift.ops.bench.BenchFailedException;
import dev.sealift.ops.chaos.bed.ChaosFailedException;
import dev.sealift.ops.config.ConfigurationException;
import dev.sealift.ops.csv.CsvException;
import dev.sealift.ops.demo.DemoFailedException;
import dev.sealift.ops.mesh.MeshStartException;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Printable;
import dev.sealift.storage.StoreOpenException;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns whatever a command threw into an exit code, a sentence on standard error and, with --json, an object. */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
  private final Surroundings surroundings;
  private final boolean json;

  Failures(Surroundings surroundings, String... arguments) {
    this.surroundings = surroundings;
    this.json = Arrays.asList(arguments).contains("--json");
  }

  @Override
  public int handleParseException(ParameterException e, String[] arguments) {
    int exitCode = tell(ExitCode.WRONG_USAGE, Refusal.WRONG_USAGE, e.getMessage());
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(
        e, e.getCommandLine().getErr())) {
      e.getCommandLine().usage(e.getCommandLine().getErr());
    }
    return exitCode;
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine line, ParseResult parsed) {
    if (e instanceof ConfigurationException) {
      return tell(ExitCode.WRONG_USAGE, "bad-setting", e.getMessage());
    }
    if (e instanceof MeshStartException start) {
      int code = start.code().equals("bad-setting") ? ExitCode.WRONG_USAGE : ExitCode.FAILED;
      return tell(code, start.code(), e.getMessage());
    }
    if (e instanceof StoreOpenException store) {
      return tell(ExitCode.FAILED, store.code(), e.getMessage());
    }
    if (e instanceof CsvException csv) {
      return tell(ExitCode.FAILED, "csv-" + kebab(csv.code()), e.getMessage());
    }
    if (e instanceof SealiftException sealift) {
      return tell(ExitCode.FAILED, kebab(sealift.code()), e.getMessage());
    }
    if (e instanceof StoreException store) {
      return tell(ExitCode.FAILED, kebab(store.code()), sentence(store.getMessage()));
    }
    if (e instanceof InvalidValueException value) {
      return tell(ExitCode.FAILED, kebab(value.code()), sentence(value.getMessage()));
    }
    if (e instanceof DemoFailedException) {
      return tell(ExitCode.FAILED, "demo-failed", e.getMessage());
    }
    if (e instanceof BenchFailedException bench) {
      boolean unequipped = bench.code().equals(BenchFailedException.NOT_EQUIPPED);
      int code = unequipped ? ExitCode.WRONG_USAGE : ExitCode.FAILED;
      return tell(code, bench.code(), bench.getMessage());
    }
    if (e instanceof ChaosFailedException chaos) {
      boolean unequipped = chaos.code().equals(ChaosFailedException.NOT_EQUIPPED);
      int code = unequipped ? ExitCode.WRONG_USAGE : ExitCode.FAILED;
      return tell(code, chaos.code(), sentence(chaos.getMessage()));
    }
    if (e instanceof Refusal refusal) {
      int code =
          refusal.code().equals(Refusal.WRONG_USAGE) ? ExitCode.WRONG_USAGE : ExitCode.FAILED;
      return tell(code, refusal.code(), e.getMessage());
    }
    e.printStackTrace(surroundings.err());
    return tell(
        ExitCode.FAILED, "internal", "This is a bug in Sealift; please report the lines above.");
  }

  private int tell(int exitCode, String code, @Nullable String message) {
    String sentence = Printable.of(message == null ? "No reason given." : message);
    surroundings.err().println("sealift: " + sentence);
    Console.of(surroundings.out(), surroundings.err(), false)
        .withJson(json)
        .json(new JsonObject().put("error", code).put("message", sentence));
    return exitCode;
  }

  /** Libraries' messages begin small and end without a full stop; ours need not. */
  private static String sentence(@Nullable String message) {
    String text = message == null || message.isEmpty() ? "no reason given" : message;
    String begun = Character.toUpperCase(text.charAt(0)) + text.substring(1);
    return begun.endsWith(".") || begun.endsWith("?") ? begun : begun + ".";
  }

  private static String kebab(Enum<?> code) {
    return code.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
