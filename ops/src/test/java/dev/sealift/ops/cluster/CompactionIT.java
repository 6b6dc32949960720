package dev.sealift.ops.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.support.Await;
import dev.sealift.ops.support.ChildJvm;
import dev.sealift.ops.support.Database;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mesh in processes of its own whose compactor tells real devices to compact, and reclaims what that supersedes. */
class CompactionIT {
  private static final int FILES = 120;

  @TempDir
  Path folder;

  @Test
  void anEmbeddedStoreIsCompactedAndReclaimed() throws Exception {
    compact(KeptFiles.of(folder.resolve("mesh").resolve("store.db")));
  }

  @Test
  void aDatabaseIsCompactedAndReclaimed() throws Exception {
    Database database = Database.create();
    compact(KeptFiles.of(database), "--store", database.url());
  }

  private void compact(KeptFiles kept, String... options) throws Exception {
    try (Processes processes = new Processes(folder.resolve("mesh"), options)) {
      start(processes, "storage-adapter,merge-engine,gateway");
      ChildJvm compactor = start(processes, "compactor");
      try (CompactingSpace space = new CompactingSpace(folder, processes.mesh(), 2)) {
        space.write(FILES);
        space.awaitCompacted(16);
        assertThat(kept.lost()).isZero();
        space.write(FILES);
        space.assertAllAgree();

        compactor.kill(); // the next one looks at all spaces at once, and not when it is time
        start(processes, "compactor");
        awaitReclaimed(kept);

        space.awaitDone();
        assertThat(kept.gone()).isGreaterThanOrEqualTo(16);
        assertThat(kept.lost()).isZero();
        CompactingDevice young = space.join();
        assertThat(young.holdsFiles()).as("it came in by steps").isFalse();
        space.write(10);
        space.assertAllAgree();
        assertThat(kept.unfit()).isZero();
      }
    }
  }

  static ChildJvm start(Processes processes, String roles) throws Exception {
    return Processes.awaitUp(processes.start(CompactingMesh.class, List.of(), roles));
  }

  static void awaitReclaimed(KeptFiles kept) {
    Await.until(
        Processes.DEADLINE,
        () -> unchecked(kept::gone) > 0 && unchecked(kept::left) == 0,
        () -> unchecked(kept::left) + " files are left that could go, " + unchecked(kept::gone)
            + " are gone, under " + unchecked(kept::standing) + " compactions");
  }

  interface Number {
    long get() throws SQLException;
  }

  static long unchecked(Number number) {
    try {
      return number.get();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
