package dev.sealift.ops.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.mesh.NextVersion;
import dev.sealift.ops.support.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes of this version and of one that speaks another besides and says more than this one knows, side by side. */
class RollingUpgradeIT {
  /** A process starts within seconds; while the only storage-adapter or gateway does, writes wait. */
  private static final Duration SHORT = Duration.ofSeconds(30);

  private static final int ROWS_BETWEEN = 5;

  @TempDir
  Path folder;

  @Test
  void everyProcessGivesWayToTheNextVersionUnderWritesAndNothingIsLost() throws Exception {
    try (Processes processes = new Processes(folder.resolve("mesh"))) {
      ChildJvm store = Processes.awaitUp(processes.start("storage-adapter"));
      ChildJvm first = processes.start("merge-engine");
      ChildJvm second = processes.start("merge-engine");
      ChildJvm gateway = processes.start("gateway");
      Processes.awaitUp(first);
      Processes.awaitUp(second);
      Processes.awaitUp(gateway);
      try (Household household = new Household(folder, processes.mesh())) {
        household.write();
        household.startWriting();

        ChildJvm nextFirst = Processes.awaitUp(next(processes, "merge-engine"));
        stop(first);
        household.awaitMore(ROWS_BETWEEN);
        stop(gateway);
        ChildJvm nextGateway = Processes.awaitUp(next(processes, "gateway"));
        household.awaitMore(ROWS_BETWEEN);
        ChildJvm nextSecond = Processes.awaitUp(next(processes, "merge-engine"));
        stop(second);
        household.awaitMore(ROWS_BETWEEN);
        stop(store);
        ChildJvm nextStore = Processes.awaitUp(next(processes, "storage-adapter"));
        household.awaitMore(ROWS_BETWEEN);

        assertThat(household.stopWriting()).isLessThan(SHORT);
        household.assertNothingIsLost();
        assertThat(List.of(nextFirst, nextGateway, nextSecond, nextStore))
            .noneMatch(ChildJvm::hasEnded);
      }
      ChildJvm stranger = processes.start(NextVersion.class, List.of("3-4"), "merge-engine");
      assertThat(Processes.event(stranger).getString("error")).isEqualTo("mesh-version");
    }
  }

  private static ChildJvm next(Processes processes, String roles) throws Exception {
    return processes.start(NextVersion.class, List.of("1-2"), roles);
  }

  private static void stop(ChildJvm process) throws Exception {
    assertThat(process.stop(Processes.DEADLINE)).isZero();
  }
}
