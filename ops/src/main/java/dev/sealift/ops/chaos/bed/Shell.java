package dev.sealift.ops.chaos.bed;

import dev.sealift.ops.programs.Program;
import dev.sealift.ops.programs.ProgramException;
import java.util.Arrays;
import java.util.List;

/** The machine's programs as the test runs them: their failure is the run's. */
public final class Shell {
  private Shell() {}

  /** Runs one program and answers with what it printed. */
  public static String run(List<String> command) throws ChaosFailedException, InterruptedException {
    try {
      return Program.run(command);
    } catch (ProgramException e) {
      throw ChaosFailedException.of(e);
    }
  }

  public static String run(String... command) throws ChaosFailedException, InterruptedException {
    return run(Arrays.asList(command));
  }

  /** Runs one program whose failure is an answer too. */
  static Program.Answer ask(List<String> command)
      throws ChaosFailedException, InterruptedException {
    try {
      return Program.ask(command);
    } catch (ProgramException e) {
      throw ChaosFailedException.of(e);
    }
  }

  /** Runs one program whose failure makes no difference: what it should undo may be undone already. */
  static void runAnyway(String... command) throws InterruptedException {
    try {
      run(command);
    } catch (ChaosFailedException e) {
      // As said.
    }
  }
}
