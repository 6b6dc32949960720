package dev.sealift.ops.simulate;

import java.nio.file.Path;

/** What a run is about. */
public enum Scenario {
  /** Whatever can go wrong: {@link Simulation}. */
  TROUBLE(Simulation::run),
  /** The same, where devices compact: {@link Simulation}. */
  COMPACTION(Simulation::runCompacting),
  /** Versions of one app side by side for a month: {@link MonthOfVersions}. */
  VERSIONS(MonthOfVersions::run);

  private interface Run {
    Result run(Path folder, long seed, boolean keepTrace);
  }

  private final Run run;

  Scenario(Run run) {
    this.run = run;
  }

  Result run(Path folder, long seed, boolean keepTrace) {
    return run.run(folder, seed, keepTrace);
  }
}
