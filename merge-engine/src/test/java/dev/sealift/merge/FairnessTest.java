package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.mesh.MeshFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Spaces that flood the engine and one that writes a file now and then, in simulated time: a store
 * that takes {@link #COMMIT_MILLIS} for a commit is what all of them wait for.
 */
class FairnessTest {
  private static final int COMMIT_MILLIS = 10;
  private static final int RUN_MILLIS = 400;

  /** Not in step with commits, so that every place within one is met. */
  private static final int QUIET_EVERY_MILLIS = 7;

  /** A commit under way that just missed the file, one that is full already, and its own. */
  private static final int LONGEST_WAIT_MILLIS = 3 * COMMIT_MILLIS;

  private static EngineLimits limits(int spaceFiles) {
    return new EngineLimits(
        512, 32 << 20, spaceFiles, 32 << 20, 32, 64, 8 << 20, 64, 1000, 4, 500, 30_000);
  }

  private record Seen(int refused, List<Long> waits, int floodRequests) {
    long longestWait() {
      return waits.stream().mapToLong(Long::longValue).max().orElseThrow();
    }
  }

  private static Seen run(int spaceFiles, int floods) {
    CoreHarness core = new CoreHarness(new FakeStore(), limits(spaceFiles));
    World quiet = new World(core);
    List<Flood> flooding =
        IntStream.range(0, floods).mapToObj(i -> new Flood(core, "flood " + i)).toList();
    List<Long> waits = new ArrayList<>();
    int refused = 0;
    long waitingFor = -1;
    long sentAt = 0;
    long storeFreeAt = core.nowMillis;
    long end = core.nowMillis + RUN_MILLIS;
    for (; core.nowMillis < end; core.nowMillis++) {
      flooding.forEach(Flood::sendAll);
      while (core.engine.hasWork()) {
        core.engine.resume(core.nowMillis);
      }
      boolean due = core.nowMillis % QUIET_EVERY_MILLIS == 0;
      if (waitingFor < 0 && due) {
        Upload next = quiet.owner.draft(quiet.space);
        long id = core.send(quiet.space, quiet.owner, next);
        if (core.failures.containsKey(id)) {
          refused++;
        } else {
          quiet.owner.next(quiet.space);
          waitingFor = id;
          sentAt = core.nowMillis;
        }
      }
      if (core.asked.isEmpty()) {
        storeFreeAt = core.nowMillis + COMMIT_MILLIS;
      } else if (core.nowMillis >= storeFreeAt) {
        core.step(CoreHarness.Fate.ANSWERED);
        storeFreeAt = core.nowMillis + COMMIT_MILLIS;
      }
      if (waitingFor >= 0 && core.isAnswered(waitingFor)) {
        World.receiptOf(core.reply(waitingFor));
        waits.add(core.nowMillis - sentAt);
        waitingFor = -1;
      }
    }
    return new Seen(
        refused, waits, flooding.stream().mapToInt(Flood::takenRequests).sum());
  }

  @Test
  void aQuietSpaceAloneWaitsForItsCommit() {
    Seen alone = run(64, 0);
    assertThat(alone.refused()).isZero();
    assertThat(alone.longestWait()).isLessThanOrEqualTo(COMMIT_MILLIS);
  }

  @Test
  void aFloodingSpaceMakesAQuietOneWaitThreeCommitsAtMostAndNeverTurnsItAway() {
    Seen flooded = run(64, 1);
    assertThat(flooded.refused()).isZero();
    assertThat(flooded.longestWait()).isLessThanOrEqualTo(LONGEST_WAIT_MILLIS);
    assertThat(flooded.waits()).hasSizeGreaterThan(RUN_MILLIS / LONGEST_WAIT_MILLIS / 2);
    assertThat(flooded.floodRequests()).isGreaterThan(100); // or it was no flood
  }

  @Test
  void soDoSeveral() {
    Seen flooded = run(64, 3);
    assertThat(flooded.refused()).isZero();
    assertThat(flooded.longestWait()).isLessThanOrEqualTo(LONGEST_WAIT_MILLIS + COMMIT_MILLIS);
  }

  /** What the share is for: with all of the room for one space the quiet one is turned away. */
  @Test
  void withoutAShareAFloodTurnsTheQuietSpaceAway() {
    assertThat(run(512, 1).refused()).isPositive();
  }

  @Test
  void halfOfTheRoomIsForWhoeverComesAndBeyondItAShareForEach() {
    CoreHarness core = new CoreHarness(new FakeStore(), limits(64));
    Flood one = new Flood(core, "one");
    Flood two = new Flood(core, "two");
    one.sendAll();
    assertThat(core.engine.pendingFiles()).isEqualTo(256);
    two.sendAll();
    assertThat(core.engine.pendingFiles()).isEqualTo(256 + 64);
  }

  @Test
  void whenUploadsHaveAllTheirRoomDevicesStillConnectAndGetEarlierReceipts() {
    CoreHarness core = new CoreHarness(new FakeStore(), limits(64));
    World world = new World(core);
    Upload early = world.owner.next(world.space);
    World.receiptOf(core.admit(world.space, world.owner, early));
    List<Flood> floods =
        IntStream.range(0, 8).mapToObj(i -> new Flood(core, "flood " + i)).toList();
    floods.forEach(Flood::sendAll);
    assertThat(core.engine.pendingFiles()).isEqualTo(512 - 32);

    long upload = core.send(world.space, world.owner, world.owner.draft(world.space));
    assertThat(core.failures).containsEntry(upload, MeshFailure.BUSY);
    long connecting = core.sendAuthorize(world.space, world.owner, null);
    long again = core.send(world.space, world.owner, early);
    assertThat(core.failures).doesNotContainKeys(connecting, again);
    core.settle();
    World.receiptOf(core.reply(again));
    assertThat(core.authorizeReplies).containsKey(connecting);
  }

  @Test
  void theRoomKeptForLookUpsIsBoundedTooAndComesBack() {
    CoreHarness core = new CoreHarness(new FakeStore(), limits(64));
    World world = new World(core);
    List<Flood> floods =
        IntStream.range(0, 8).mapToObj(i -> new Flood(core, "flood " + i)).toList();
    floods.forEach(Flood::sendAll);
    for (int i = 0; i < 32; i++) {
      long id = core.sendAuthorize(world.space, world.owner, null);
      assertThat(core.failures).doesNotContainKey(id);
    }
    long beyond = core.sendAuthorize(world.space, world.owner, null);
    assertThat(core.failures).containsEntry(beyond, MeshFailure.BUSY);
    core.settle();
    assertThat(core.engine.pendingFiles()).isZero();
    assertThat(core.engine.pendingHeaderBytes()).isZero();
  }
}
