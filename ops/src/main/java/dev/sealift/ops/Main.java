package dev.sealift.ops;

import dev.sealift.ops.cli.Cli;
import dev.sealift.ops.cli.Surroundings;

/** Where the launcher script hands over. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    Surroundings surroundings = Surroundings.ofThisProcess();
    int exitCode = new Cli(surroundings).run(arguments);
    surroundings.out().flush();
    surroundings.err().flush();
    System.exit(exitCode);
  }
}
