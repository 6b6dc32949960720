package dev.sealift.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.storage.SampleLog;
import dev.sealift.storage.StoreDriver;
import dev.sealift.storage.StoreOpenException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged is there after the process was killed at any moment, and nothing is there by half. */
class SqliteDurabilityTest {
  private static final int KILLS = 3;

  @TempDir
  Path directory;

  private final long[] acknowledged = new long[CommitLoop.SPACES];

  @RepeatedTest(2)
  void whatWasAcknowledgedSurvivesKilling() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int kill = 0; kill < KILLS; kill++) {
      commitAndKill(30 + random.nextInt(400));
      assertEverythingIsThere(seed);
    }
  }

  private Path store() {
    return directory.resolve("store.db");
  }

  private void commitAndKill(int acknowledgements) throws Exception {
    Process child = JavaProcess.start(CommitLoop.class, store().toString());
    try (BufferedReader lines = child.inputReader()) {
      for (int i = 0; i < acknowledgements; i++) {
        note(lines.readLine());
      }
      assertThatThrownBy(this::open)
          .isInstanceOf(StoreOpenException.InUse.class)
          .hasMessageContaining("process " + child.pid());
      child.toHandle().destroyForcibly(); // unlike the process's own method leaves the pipe open
      noteTheRest(lines);
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  /** What it had printed before it died; the last line may be cut off. */
  private void noteTheRest(BufferedReader lines) throws IOException {
    String previous = null;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (previous != null) {
        note(previous);
      }
      previous = line;
    }
  }

  private void note(String line) {
    assertThat(line).as("the committing process came to an end").isNotNull();
    String[] words = line.split(" ", -1);
    acknowledged[Integer.parseInt(words[0])] = Long.parseLong(words[1]);
  }

  private SqliteFileStore open() throws StoreOpenException {
    return SqliteFileStore.open(
        store(), SqliteOptions.defaults(), InstantSource.system(), new SimpleMeterRegistry());
  }

  private void assertEverythingIsThere(long seed) throws Exception {
    try (SqliteFileStore store = open()) {
      StoreDriver driver = new StoreDriver(store);
      for (int i = 0; i < CommitLoop.SPACES; i++) {
        SampleLog log = CommitLoop.restored(driver, i);
        LoadSpaceReply loaded = driver.load(log);
        assertThat(log.size()).as("seed %d", seed).isGreaterThanOrEqualTo(acknowledged[i]);
        assertThat(loaded.getRoot()).isEqualTo(log.rootAt(log.size()).byteString());
        assertThat(loaded.getFrontier()).isEqualTo(log.frontier());
      }
    }
    assertThat(number("SELECT count(*) FROM file"))
        .isEqualTo(number("SELECT sum(size) FROM space"));
    assertThat(number("SELECT count(*) FROM payload"))
        .isEqualTo(number("SELECT sum(size) FROM space"));
  }

  private long number(String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
