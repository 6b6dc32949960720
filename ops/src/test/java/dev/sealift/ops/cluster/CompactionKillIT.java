package dev.sealift.ops.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.support.ChildJvm;
import dev.sealift.ops.support.Database;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes of a mesh are killed at random points while devices write, compact, and the compactor reclaims: what has to stay stays, and the rest goes in the end. */
class CompactionKillIT {
  private static final String STORE = "storage-adapter";
  private static final String DOOR = "merge-engine,gateway";
  private static final String COMPACTOR = "compactor";

  private static final int ROUNDS = Integer.getInteger("kill.rounds", 3);

  /** Writes between two kills: as long as a compactor takes from its start until it has reclaimed and somebody has compacted, as a rule. */
  private static final int MOST_WRITES = 300;

  @TempDir
  Path folder;

  private final long seed = Long.getLong("kill.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Map<String, ChildJvm> running = new HashMap<>();

  @Test
  void anEmbeddedStoreLosesNothingItHasToKeep() throws Exception {
    killAndCompact(KeptFiles.of(folder.resolve("mesh").resolve("store.db")));
  }

  @Test
  void aDatabaseLosesNothingItHasToKeep() throws Exception {
    Database database = Database.create();
    killAndCompact(KeptFiles.of(database), "--store", database.url());
  }

  private void killAndCompact(KeptFiles kept, String... options) throws Exception {
    try (Processes processes = new Processes(folder.resolve("mesh"), options)) {
      for (String roles : List.of(STORE, DOOR, COMPACTOR)) {
        start(processes, roles);
      }
      try (CompactingSpace space = new CompactingSpace(folder, processes.mesh(), 2)) {
        space.startWriting();
        for (int round = 0; round < ROUNDS; round++) {
          killOne(kept, space, processes, List.of(STORE, DOOR).get(random.nextInt(2)));
          killOne(kept, space, processes, COMPACTOR);
          assertThat(kept.lost()).as("round %d of seed %d", round, seed).isZero();
        }
        space.stopWriting();
        space.assertAllAgree();
        space.awaitCompacted(16);
        killOne(processes, COMPACTOR); // so that the next one looks at once
        CompactionIT.awaitReclaimed(kept);

        assertThat(kept.lost()).as("seed %d", seed).isZero();
        CompactingDevice young = space.join();
        assertThat(young.holdsFiles()).as("it came in by steps").isFalse();
        space.assertAllAgree();
        assertThat(kept.unfit()).isZero();
      }
    }
  }

  private void start(Processes processes, String roles) throws Exception {
    running.put(roles, CompactionIT.start(processes, roles));
  }

  /** After some writes, or as soon as something is reclaimed, which the compactor may not know yet. */
  private void killOne(KeptFiles kept, CompactingSpace space, Processes processes, String roles)
      throws Exception {
    long gone = kept.gone();
    boolean sooner = random.nextBoolean();
    space.awaitMore(
        random.nextInt(MOST_WRITES), () -> sooner && CompactionIT.unchecked(kept::gone) > gone);
    killOne(processes, roles);
  }

  private void killOne(Processes processes, String roles) throws Exception {
    running.get(roles).kill();
    start(processes, roles);
  }
}
