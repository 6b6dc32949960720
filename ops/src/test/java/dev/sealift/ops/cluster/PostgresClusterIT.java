package dev.sealift.ops.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.support.ChildJvm;
import dev.sealift.ops.support.Database;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two storage-adapters on one PostgreSQL, two merge-engines and a gateway, each in a JVM of its own. */
class PostgresClusterIT {
  /** What is promised of a killed process. */
  private static final Duration KILLED = Duration.ofSeconds(10);

  @TempDir
  Path folder;

  @Test
  void devicesGoOnWhenOneStorageAdapterAfterTheOtherIsKilledUnderWrites() throws Exception {
    Database database = Database.create();
    try (Processes processes = new Processes(folder.resolve("mesh"), "--store", database.url())) {
      ChildJvm first = Processes.awaitUp(processes.start("storage-adapter"));
      ChildJvm engine = processes.start("merge-engine");
      ChildJvm second = processes.start("storage-adapter");
      Processes.awaitUp(engine);
      ChildJvm gateway = processes.start("gateway");
      ChildJvm otherEngine = processes.start("merge-engine");
      Processes.awaitUp(second);
      Processes.awaitUp(gateway);
      Processes.awaitUp(otherEngine);
      try (Household household = new Household(folder, processes.mesh())) {
        household.write();
        household.startWriting();
        household.awaitMore(5);

        first.kill();
        household.awaitMore(5);
        Processes.awaitUp(processes.start("storage-adapter"));
        second.kill(); // so that one of the two was the one that an engine commits at
        household.awaitMore(5);

        assertThat(household.stopWriting()).isLessThan(KILLED);
        household.assertNothingIsLost();
      }
    }
    assertThat(database.filesThatDoNotFit()).isZero();
  }
}
