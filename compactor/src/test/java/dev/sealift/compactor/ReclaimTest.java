package dev.sealift.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.compactor.World.Manner;
import dev.sealift.protocol.mesh.proto.ReclaimHindrance;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReclaimTest {
  private static final long MINUTE = 60_000;
  private static final long GRACE = CompactorPolicy.GRACE.toMillis();

  private World world = new World();

  private List<ReclaimRequest> requests() {
    return world.done(Effect.Reclaim.class).stream()
        .map(Effect.Reclaim::request)
        .toList();
  }

  /** A compaction stands, and the compactor knows. */
  private void stand() {
    world.device(1, 10, Manner.WORKS);
    world.write(1, 400);
    world.pass(5 * MINUTE);
    assertThat(world.log(1).standing).hasSize(1);
  }

  @Test
  void nothingIsAskedForBeforeGraceIsOver() {
    stand();
    world.pass(GRACE - 10 * MINUTE);
    assertThat(requests()).isEmpty();
    assertThat(world.tally.waiting(ReclaimHindrance.RECLAIM_HINDRANCE_GRACE)).isEqualTo(1);
    world.pass(10 * MINUTE);
    assertThat(requests()).hasSize(1);
    assertThat(world.tally.waiting(ReclaimHindrance.RECLAIM_HINDRANCE_GRACE)).isZero();
  }

  @Test
  void theStoreIsToldWhatHasToHold() {
    stand();
    world.pass(GRACE);
    ReclaimRequest request = requests().get(0);
    long asked = World.WALL + world.now;
    assertThat(request.getSpace()).isEqualTo(Ids.space(1).byteString());
    assertThat(request.getCompaction()).isEqualTo(world.log(1).standing.get(0).getParts(0));
    assertThat(request.getStoodBeforeMillis())
        .isBetween(asked - GRACE - 10 * MINUTE, asked - GRACE);
    assertThat(request.getStoodBeforeMillis() - request.getSeenSinceMillis())
        .isEqualTo(CompactorPolicy.SEEN_WITHIN.toMillis() - GRACE);
  }

  @Test
  void itGoesOnWhereTheStoreStoppedAndNoFurtherThanTheEnd() {
    world.reclaims = request -> ReclaimReply.newBuilder()
        .setFiles(100)
        .setBytes(1_000)
        .setLookedAt(request.getAfter() < 300 ? request.getAfter() + 100 : 0)
        .build();
    stand();
    world.pass(GRACE + MINUTE);
    assertThat(requests())
        .extracting(ReclaimRequest::getAfter)
        .containsExactly(0L, 100L, 200L, 300L);
    assertThat(world.tally.files).isEqualTo(400);
    assertThat(world.tally.bytes).isEqualTo(4_000);
    world.pass(3 * GRACE);
    assertThat(requests()).as("done is done").hasSize(4);
  }

  @Test
  void aStoreThatDoesNotGetOnIsNotAskedOnAndOn() {
    world.reclaims = request -> ReclaimReply.newBuilder().setLookedAt(7).build();
    stand();
    world.pass(GRACE + 60 * MINUTE);
    assertThat(requests()).hasSize(2);
  }

  @Test
  void whatIsHinderedIsLookedAtAgainLater() {
    ReclaimHindrance behind = ReclaimHindrance.RECLAIM_HINDRANCE_DEVICES_BEHIND;
    world.reclaims = request -> ReclaimReply.newBuilder().setHindrance(behind).build();
    stand();
    world.pass(GRACE);
    assertThat(requests()).hasSize(1);
    assertThat(world.tally.waiting(behind)).isEqualTo(1);
    world.reclaims = request -> ReclaimReply.newBuilder().setFiles(400).build();
    world.pass(CompactorLimits.RECLAIM_AGAIN_MILLIS + MINUTE);
    assertThat(requests()).hasSize(2);
    assertThat(world.tally.waiting(behind)).isZero();
    assertThat(world.tally.files).isEqualTo(400);
  }

  @Test
  void whereGraceIsShortItIsLookedAtAgainSooner() {
    assertAskedAgainAfter(Duration.ofMinutes(10), Duration.ofMinutes(10));
    assertAskedAgainAfter(Duration.ZERO, Duration.ofSeconds(30));
  }

  private void assertAskedAgainAfter(Duration grace, Duration time) {
    world = new World(new CompactorPolicy(
        true,
        CompactorPolicy.FIRST_SYNC,
        CompactorPolicy.MOST_LIVE,
        CompactorPolicy.LOWER_SHARE,
        CompactorPolicy.SEEN_WITHIN,
        grace));
    world.reclaims = request -> ReclaimReply.newBuilder()
        .setHindrance(ReclaimHindrance.RECLAIM_HINDRANCE_DEVICES_BEHIND)
        .build();
    stand();
    world.pass(grace.toMillis());
    int before = requests().size();
    assertThat(before).isPositive();
    world.pass(10 * time.toMillis());
    assertThat(requests().size() - before).isBetween(9, 10);
  }

  @Test
  void afterARestartItIsFoundAgain() {
    stand();
    World again = new World();
    again.logs.putAll(world.logs);
    again.now = world.now + GRACE;
    again.pass(MINUTE);
    assertThat(again.done(Effect.Reclaim.class)).hasSize(1);
  }

  @Test
  void nothingIsReclaimedUnderACompactionThatDoesNotStandAnyMore() {
    stand();
    world.log(1).standing.clear();
    world.log(1).base = 0;
    world.pass(GRACE - MINUTE); // the daily pass comes by
    world.write(1, 1_000);
    world.pass(30_000);
    assertThat(requests()).isEmpty();
  }
}
