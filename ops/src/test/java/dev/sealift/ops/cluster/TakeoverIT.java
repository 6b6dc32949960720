package dev.sealift.ops.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.support.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine goes without a word: how long its spaces take no writes. */
@Tag("alone")
class TakeoverIT {
  /** What is promised of a killed process. */
  private static final Duration KILLED = Duration.ofSeconds(10);

  /** Silence is noticed after 8 seconds; a write that waited so long goes to the next owner then. */
  private static final Duration SILENT = Duration.ofSeconds(20);

  @TempDir
  Path folder;

  private Processes processes;
  private ChildJvm engine;
  private Household household;

  @BeforeEach
  void startTheMesh() throws Exception {
    processes = new Processes(folder.resolve("mesh"));
    Processes.awaitUp(processes.start("storage-adapter"));
    engine = processes.start("merge-engine");
    ChildJvm second = processes.start("merge-engine");
    ChildJvm gateway = processes.start("gateway");
    Processes.awaitUp(engine);
    Processes.awaitUp(second);
    Processes.awaitUp(gateway);
    household = new Household(folder, processes.mesh());
    household.write();
  }

  @AfterEach
  void close() throws Exception {
    household.close();
    processes.close();
  }

  @Test
  void theSpacesOfAnEngineThatIsKilledAreWrittenToWithinTenSeconds() throws Exception {
    engine.kill();

    assertThat(household.write()).isLessThan(KILLED);
    household.assertNothingIsLost();
  }

  @Test
  void anEngineThatIsSilentIsPassedOverAndHarmlessWhenItWakesUp() throws Exception {
    engine.pause();
    assertThat(household.write()).isLessThan(SILENT);

    household.startWriting();
    engine.resume();
    household.awaitMore(20);
    Duration slowest = household.stopWriting();

    assertThat(slowest).isLessThan(SILENT);
    household.assertNothingIsLost();
  }
}
